"""When a run writes its checkpoints: often enough to lose little, rarely enough to cost little."""

import time
from collections.abc import Callable
from pathlib import Path

from cnnstudio.training.snapshot import Checkpoints, Snapshot

EVERY = 60.0
"""Seconds of training that a crash in mid-epoch may cost at most, where saving is quick."""

SHARE = 25
"""Saving rests for so many times what it took: it stays below 4 % of the time."""


class Saving:
    """Writes checkpoints of what it is given. `told(path, snapshot, best)` hears of each.

    The best epoch is held in memory until it is written together with the newest state, and
    before it: whatever is cut, the newest checkpoint never knows of a best one that is not there.
    Raises `UserError` when the disk refuses; then nothing is lost from memory.
    """

    def __init__(
        self,
        checkpoints: Checkpoints,
        told: Callable[[Path, Snapshot, bool], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checkpoints = checkpoints
        self._told = told
        self._clock = clock
        self._best: Snapshot | None = None
        self._saved_step = -1
        self._saved_at = clock()
        self._not_before = self._saved_at

    def begin(self, initial: Snapshot | None, step: int) -> None:
        """The run is about to train from `step`; `initial` is kept as its step 0."""
        began = self._clock()
        if initial is None:
            self._saved_step = step
        else:
            self._checkpoints.save_initial(initial)
        self._rest(began)

    def remember(self, take: Callable[[], Snapshot]) -> None:
        """Holds the best epoch so far; what that takes is rested for as well."""
        began = self._clock()
        self._best = take()
        self._not_before += SHARE * (self._clock() - began)

    def due(self, epoch_ended: bool) -> bool:
        """Whether it is time to `keep`: at the end of an epoch, or `EVERY` seconds after the last.

        Never before saving has rested for `SHARE` times what it took.
        """
        now = self._clock()
        return now >= self._not_before and (epoch_ended or now - self._saved_at >= EVERY)

    def keep(self, take: Callable[[], Snapshot], step: int) -> None:
        """Writes the best epoch if a new one waits, then where the run stands, at `step`."""
        began = self._clock()
        self.keep_best()
        if self._saved_step != step:
            snapshot = take()
            path = self._checkpoints.save_last(snapshot)
            self._saved_step = step
            self._told(path, snapshot, False)
        self._rest(began)

    def keep_best(self) -> None:
        """Writes the best epoch if a new one waits."""
        if self._best is not None:
            path = self._checkpoints.save_best(self._best)
            best, self._best = self._best, None
            self._told(path, best, True)

    def _rest(self, began: float) -> None:
        self._saved_at = self._clock()
        self._not_before = self._saved_at + SHARE * (self._saved_at - began)
