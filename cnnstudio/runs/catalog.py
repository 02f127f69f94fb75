"""The runs of a folder, each in one line, read from their folders alone."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cnnstudio.runs.control_file import is_alive
from cnnstudio.runs.events import parse
from cnnstudio.runs.history import RunHistory, State

_BATCH = b'{"event":"batch_ended"'
_PREDICTIONS = b'{"event":"predictions_made"'


STATE_WORDS: dict[State, str] = {
    "new": "not begun",
    "running": "running",
    "paused": "paused",
    "completed": "done",
    "canceled": "stopped",
    "errored": "failed",
    "lost": "broken off",
}
"""How a run's state is called wherever runs are listed."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run in a list.

    `started` is in UTC, None when the run never began; accuracies are fractions 0..1, None when
    never measured; `epochs` counts finished ones; `problem` is a sentence or empty. `resumable`:
    it was cut or stopped, nobody is at work on it, and there is a checkpoint to go on from.
    """

    name: str
    path: Path
    started: datetime | None
    state: State
    epochs: int
    validation_accuracy: float | None
    training_accuracy: float | None
    problem: str
    resumable: bool = False


def list_runs(folder: Path) -> tuple[RunSummary, ...]:
    """The runs in `folder`, newest first; a damaged one is listed with its problem.

    A folder is a run when it holds an `experiment.yaml` or an `events.jsonl`. A missing `folder`
    holds no runs.
    """
    try:
        places = [entry for entry in folder.iterdir() if entry.is_dir()]
    except OSError:
        return ()
    runs = [summary(place) for place in places if is_run(place)]
    return tuple(sorted(runs, key=lambda run: run.name, reverse=True))


def is_run(path: Path) -> bool:
    """Whether `path` looks like a run folder."""
    return (path / "events.jsonl").is_file() or (
        (path / "experiment.yaml").is_file() and (path / "checkpoints").is_dir()
    )


def summary(path: Path) -> RunSummary:
    """One run's line; never raises: what cannot be read becomes the line's `problem`."""
    history = RunHistory()
    unreadable = 0
    problem = ""
    begun: float | None = None
    last_batch: bytes | None = None
    try:
        with (path / "events.jsonl").open("rb") as stream:
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                if line.startswith(_BATCH):
                    # Tens of thousands of them; the line of a list needs only the last.
                    last_batch = line
                    continue
                if line.startswith(_PREDICTIONS):
                    continue
                try:
                    event = parse(line)
                except ValueError:
                    unreadable += bool(line.strip())
                    continue
                begun = event.time if begun is None else begun
                history.add(event)
    except FileNotFoundError:
        problem = "The run never began."
    except OSError as error:
        problem = f"Its events cannot be read: {error.strerror}."
    alive = is_alive(path)
    if last_batch is not None:
        _add_last(history, last_batch)
    if not alive:
        history.lose()
    state = "running" if alive and history.state != "paused" else history.state
    if not (path / "experiment.yaml").is_file():
        problem = "Its experiment.yaml is missing."
    elif history.state == "errored" and history.finished is not None:
        problem = history.finished.sentence
    elif history.state == "lost":
        where = f" in epoch {history.epoch}" if history.epoch else " before training began"
        problem = f"The run ended without a last word{where}."
    elif unreadable:
        lines = "1 line of its events" if unreadable == 1 else f"{unreadable} lines of its events"
        problem = f"{lines} cannot be read."
    return RunSummary(
        name=path.name,
        path=path,
        started=None if begun is None else datetime.fromtimestamp(begun, UTC),
        state=state,
        epochs=len(history.epochs),
        validation_accuracy=history.at_epoch("validation_accuracy", history.kept_epoch),
        training_accuracy=history.at_epoch("training_accuracy", history.kept_epoch),
        problem=problem,
        resumable=state in ("lost", "canceled", "errored") and _can_go_on(path, history),
    )


def _add_last(history: RunHistory, line: bytes) -> None:
    """Takes in the last batch, without which a run does not know its epoch."""
    state = history.state
    try:
        history.add(parse(line))
    except ValueError:
        return
    history.state = state


def _can_go_on(path: Path, history: RunHistory) -> bool:
    """Whether there is a checkpoint, and the end was not one to which it leads again."""
    if history.step and not math.isfinite(history.loss[-1]):
        return False
    try:
        return any(file.suffix == ".npz" for file in (path / "checkpoints").iterdir())
    except OSError:
        return False
