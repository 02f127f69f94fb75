"""The shared axis of a run: steps, with the epochs marked."""

from __future__ import annotations

from cnnstudio.gui.plots.paint import Tick
from cnnstudio.gui.plots.scale import number_words, ticks, whole_ticks

CAPTIONS = ("epoch", "step")


class RunAxis:
    """Ticks and words for a run of so many steps an epoch."""

    def __init__(self, steps_per_epoch: int) -> None:
        self.steps_per_epoch = max(1, steps_per_epoch)

    def ticks(self, low: float, high: float, most: int) -> list[Tick]:
        """Round epochs with their steps; between two epochs, round steps."""
        per_epoch = self.steps_per_epoch
        epochs = whole_ticks(low / per_epoch, high / per_epoch, most)
        if len(epochs) > 1:
            return [Tick(e * per_epoch, (f"{e}", f"{e * per_epoch:,}")) for e in epochs]
        found = []
        for step in ticks(low, high, most):
            epoch = step / per_epoch
            found.append(Tick(step, (number_words(round(epoch, 2)), f"{step:,.0f}")))
        return found

    def words(self, step: float) -> str:
        """The place of a step in words: `Epoch 6 · step 312`."""
        whole = max(1, round(step))
        return f"Epoch {(whole - 1) // self.steps_per_epoch + 1} · step {whole:,}"
