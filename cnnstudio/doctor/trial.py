"""Weighing forks against their controls: how large is a gain, and is it larger than chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, sqrt
from statistics import fmean, variance

from cnnstudio.doctor.forks import CONTROLS, is_control
from cnnstudio.runs.findings import ForkResult

STUCK = 0.15
"""Share of the way from guessing to perfect under which a network learns nothing to speak of."""

HEALTHY = 0.8
"""Share of that way above which a network has learned what there is."""

MAJOR = 0.5
"""A fork that gains less than this share of the best one's gain is not another cause."""

MATERIAL = 0.25
"""A network that learns somewhat must come this share nearer to perfect before a suspect counts."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A fork beside the mean of its controls. `gain` and `noise` are accuracies 0..1."""

    result: ForkResult
    gain: float
    noise: float
    beats: bool

    @property
    def confidence(self) -> float:
        """From 0.5 at twice the noise towards 1."""
        times = self.gain / max(self.noise, 1e-6)
        return min(0.98, 1 - 0.5 * exp(-(max(times, 2) - 2) / 3))


@dataclass(frozen=True, slots=True)
class Trial:
    """All comparisons of one plan, the largest gain first.

    `accuracy` is the controls' mean clean accuracy, `noise` its standard deviation for one fork,
    `guess` the accuracy of guessing; `controls` were run to their end.
    """

    controls: int
    accuracy: float
    noise: float
    guess: float
    comparisons: tuple[Comparison, ...]

    @property
    def learned(self) -> float:
        """How far the controls are on the way from guessing (0) to perfect (1)."""
        return learned(self.accuracy, self.guess)

    @property
    def proofs(self) -> tuple[Comparison, ...]:
        """The comparisons whose suspect is guilty: the best one, and others not far behind."""
        beating = [c for c in self.comparisons if c.beats]
        return tuple(c for c in beating if c.gain >= MAJOR * beating[0].gain)

    @property
    def acquittals(self) -> tuple[Comparison, ...]:
        """The comparisons whose suspect is not."""
        proofs = self.proofs
        return tuple(c for c in self.comparisons if c not in proofs)


def learned(accuracy: float, guess: float) -> float:
    """How far `accuracy` is on the way from guessing (0) to perfect (1)."""
    return (accuracy - guess) / max(1e-9, 1 - guess)


def _diverged_guesses(result: ForkResult, guess: float) -> ForkResult:
    """A control whose loss became no number has been run to its end: it can only guess."""
    if is_control(result.probe) and not isfinite(result.loss_after):
        return result.model_copy(update={"clean_after": guess, "failed": None})
    return result


def weigh(forks: Sequence[ForkResult], guess: float) -> Trial | None:
    """Compare forks with their controls; None when no control came to its end.

    noise² = p(1−p)/n of the images that were evaluated + the variance over the control seeds. With
    fewer than three controls that variance is unknown, and nothing beats anything.
    """
    measured = [_diverged_guesses(f, guess) for f in forks if f.samples > 0]
    whole = [f for f in measured if f.failed is None and isfinite(f.clean_after)]
    controls = [f for f in whole if is_control(f.probe)]
    if not controls:
        return None
    accuracy = fmean(f.clean_after for f in controls)
    samples = min(f.samples for f in whole)
    # No sample proves an accuracy of exactly 0 or 1.
    p = min(max(accuracy, 0.5 / samples), 1 - 0.5 / samples)
    spread = variance([f.clean_after for f in controls]) if len(controls) > 1 else 0.0
    noise = sqrt(p * (1 - p) / samples + spread)
    enough = len(controls) >= CONTROLS
    progress = learned(accuracy, guess)
    # A fork that stays stuck itself has shown little, however quiet the controls are.
    share = (STUCK - progress) * (1 - guess) if progress < STUCK else MATERIAL * (1 - accuracy)
    least = max(2 * noise, share)
    comparisons = [
        Comparison(
            f,
            f.clean_after - accuracy,
            noise,
            enough and progress < HEALTHY and f.clean_after - accuracy > least,
        )
        for f in whole
        if not is_control(f.probe)
    ]
    comparisons.sort(key=lambda c: (-c.gain, c.result.probe))
    return Trial(len(controls), accuracy, noise, guess, tuple(comparisons))
