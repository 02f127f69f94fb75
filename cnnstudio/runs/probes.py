"""What a diagnosis' events add up to: each fork's course and the doctor's answer."""

from dataclasses import dataclass, field

from cnnstudio.runs.events import (
    DiagnosisReady,
    Event,
    PhaseChanged,
    ProbeEnded,
    ProbeProgress,
    ProbeStarted,
    RunFinished,
)
from cnnstudio.runs.findings import Diagnosis, ForkResult
from cnnstudio.runs.history import State


@dataclass(slots=True)
class ProbeCourse:
    """One fork so far: its points (step, loss, accuracy 0..1) and, at the end, its result."""

    probe: str
    title: str
    steps: int
    points: list[tuple[int, float, float]] = field(default_factory=list)
    result: ForkResult | None = None


class ProbeHistory:
    """Folds the events of a diagnosis, in order; a second diagnosis replaces the first's forks."""

    def __init__(self) -> None:
        self.state: State = "new"
        self.courses: dict[str, ProbeCourse] = {}
        self.diagnosis: Diagnosis | None = None
        self.finished: RunFinished | None = None
        self.phase: PhaseChanged | None = None

    def add(self, event: Event) -> None:
        """Takes in the next event; kinds that do not concern a diagnosis are ignored."""
        match event:
            case PhaseChanged():
                self.phase = event
                self._begin()
            case ProbeStarted():
                self._begin()
                self.courses[event.probe] = ProbeCourse(event.probe, event.title, event.steps)
            case ProbeProgress():
                course = self.courses.get(event.probe)
                if course is not None:
                    course.points.append((event.step, event.loss, event.accuracy))
            case ProbeEnded():
                course = self.courses.get(event.probe)
                if course is not None:
                    course.result = event.result
            case DiagnosisReady():
                self.diagnosis = event.diagnosis
            case RunFinished():
                self.state, self.finished = event.reason, event
            case _:
                pass

    def lose(self) -> None:
        """Says that the worker is gone; a diagnosis without a last word becomes "lost"."""
        if self.state == "running":
            self.state = "lost"

    def _begin(self) -> None:
        if self.state not in ("new", "running"):
            # The earlier answer stays until a new one replaces it; its forks would mix.
            self.courses = {}
            self.finished = None
        self.state = "running"
