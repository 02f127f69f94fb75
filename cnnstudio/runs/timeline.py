"""When things happened in a run: the seconds of each step, and moments worth a mark on a curve."""

from dataclasses import dataclass
from typing import Literal

from cnnstudio.runs.columns import Columns, Floats
from cnnstudio.runs.events import (
    BatchEnded,
    CheckpointSaved,
    Event,
    Extended,
    FindingRaised,
    Paused,
    Resumed,
    RunFinished,
    RunStarted,
)

Kind = Literal["checkpoint", "finding", "paused", "resumed", "extended"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened after a step (0: before the first), in a few words."""

    step: int
    kind: Kind
    words: str


class Timeline:
    """Folds a run's events, in order; only time in which the run was working counts."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self._seconds = Columns(("seconds",))
        self._worked = 0.0
        self._last: float | None = None
        self._step = 0
        self._is_new = True

    @property
    def seconds(self) -> Floats:
        """float64[n]: after how many seconds of work each step ended; steps as in the history."""
        return self._seconds.column("seconds")

    def add(self, event: Event) -> None:
        """Takes in the next event; kinds without a moment are ignored."""
        match event:
            case RunStarted():
                self._last, self._is_new = event.time, True
            case BatchEnded():
                if self._is_new and event.step > 1:
                    self._note(event.step - 1, "resumed", "taken up again")
                self._is_new = False
                self._work(event.time)
                self._step = event.step
                self._seconds.append(event.step, (self._worked,))
            case CheckpointSaved():
                best = ", the best so far" if event.best else ""
                self._note(event.step, "checkpoint", f"checkpoint{best}")
            case FindingRaised():
                self._note(self._step, "finding", event.finding.title)
            case Paused():
                self._work(event.time)
                self._last = None
                full = ": the disk is full" if event.reason == "disk full" else ""
                self._note(event.step, "paused", f"paused{full}")
            case Resumed():
                self._last = event.time
                self._note(event.step, "resumed", "went on")
            case Extended():
                self._note(self._step, "extended", f"extended to {event.epochs} epochs")
            case RunFinished():
                self._last = None
            case _:
                pass

    def _work(self, now: float) -> None:
        if self._last is not None:
            self._worked += max(now - self._last, 0.0)
        self._last = now

    def _note(self, step: int, kind: Kind, words: str) -> None:
        self.moments.append(Moment(step, kind, words))
