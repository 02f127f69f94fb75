"""A job other than training, done in this process: its events go to its folder and to stdout."""

import contextlib
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.cli.output import Output
from cnnstudio.cli.stopping import Stopping

if TYPE_CHECKING:
    from cnnstudio.runs.events import Event
    from cnnstudio.runs.log import EventLog


@dataclass(frozen=True, slots=True)
class Job:
    """What the engine is handed: where events go, and whether to stop."""

    emit: "Callable[[Event], None]"
    should_stop: Callable[[], bool]


@contextlib.contextmanager
def ending(log: "EventLog", words: "Callable[[], str]" = lambda: "") -> Iterator[None]:
    """Sees to it that work always has a last word in `log`, whatever it raises.

    `words` is the sentence of work that ends well without saying so itself; empty: it does.
    """
    from cnnstudio.data.stopping import Stopped
    from cnnstudio.runs.events import RunFinished
    from cnnstudio.spec.errors import UserError

    try:
        yield
    except (Stopped, KeyboardInterrupt):
        last = RunFinished(reason="canceled", sentence="Stopped.")
        with contextlib.suppress(UserError):
            log.write(last)
        raise
    except Exception as error:
        sentence = f"An unexpected error ended the work: {type(error).__name__}."
        details = traceback.format_exc()
        if isinstance(error, UserError):
            sentence, details = error.sentence, error.details
        last = RunFinished(reason="errored", sentence=sentence, details=details)
        with contextlib.suppress(UserError):
            log.write(last)
        raise
    if sentence := words():
        log.write(RunFinished(reason="completed", sentence=sentence))


@contextlib.contextmanager
def job(
    folder: Path, output: Output, words: str, tell: "Callable[[Event], str | None]"
) -> Iterator[Job]:
    """A job whose folder is `folder`, with a line of progress.

    `tell` puts an event into a JSON line for stdout; None keeps it out. `words` are said on
    Ctrl+C. Raises `UserError` when the folder cannot be written.
    """
    from rich.progress import BarColumn, Progress, TextColumn

    from cnnstudio.runs.events import (
        ExportFinished,
        LogLine,
        PhaseChanged,
        ProbeEnded,
        ProbeProgress,
        ProbeStarted,
        SpeedMeasured,
    )
    from cnnstudio.runs.log import EventLog
    from cnnstudio.runs.writing import plainly
    from cnnstudio.worker.control import STOP, Serving

    with plainly(folder):
        folder.mkdir(parents=True, exist_ok=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), console=output.console(), transient=True
    )
    watched = output.console().is_terminal
    done: list[str] = []
    with (
        bar,
        EventLog(folder / "events.jsonl") as log,
        Stopping(output.say, words) as stopping,
        Serving(folder, {STOP: stopping.stop}),
        ending(log, lambda: done[-1] if done else ""),
    ):
        task = bar.add_task("Starting", total=None)

        def emit(event: "Event") -> None:
            log.write(event)
            line = tell(event)
            if line is not None:
                output.line(line)
            match event:
                case ExportFinished() | SpeedMeasured():
                    done.append(event.sentence)
                case PhaseChanged():
                    words = event.phase.capitalize()
                    total = event.total or None
                    bar.update(task, description=words, completed=event.done, total=total)
                case ProbeStarted():
                    bar.update(task, description=event.title, completed=0, total=event.steps)
                case ProbeProgress():
                    bar.update(task, completed=event.step)
                case ProbeEnded():
                    result = event.result
                    text = result.failed or f"{100 * result.clean_after:.0f} % of clean images"
                    text = f"{event.title}: {text}"
                    bar.console.print(text, markup=False) if watched else output.say(text)
                case LogLine() if event.level in ("warning", "error"):
                    output.say(event.text)
                case _:
                    pass

        emit(PhaseChanged(phase="importing"))
        yield Job(emit, stopping.asked)
