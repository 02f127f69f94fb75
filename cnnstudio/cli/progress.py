"""Progress bars on stderr; where nobody watches (a file, a pipe), plain lines."""

import contextlib
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import TaskID

    from cnnstudio.cli.output import Output
    from cnnstudio.runs.events import Event


@contextlib.contextmanager
def counting(output: "Output", title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that vanishes when done, fed by (done, total)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=output.console(),
        transient=True,
    ) as bar:
        task = bar.add_task(title, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


class TrainingBar:
    """A training run on one line: epoch, bar, step, accuracy, pace and the time that is left.

    Epochs, the device and why it is that one, pauses and extensions are lines above it.
    """

    def __init__(self, output: "Output") -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        from cnnstudio.runs.history import RunHistory

        self._output = output
        self.history = RunHistory()
        self._watched = output.console().is_terminal
        self._bar: Progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=8),
            TextColumn("{task.fields[numbers]}"),
            console=output.console(),
            transient=True,
        )
        # Times and steps of the latest batches of this epoch.
        self._pace: deque[tuple[float, int]] = deque(maxlen=50)
        self._task: TaskID = self._bar.add_task("Starting", total=None, numbers="")

    def __enter__(self) -> "TrainingBar":
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def add(self, event: "Event") -> None:
        """Take in the next event of the run."""
        from cnnstudio.runs.events import (
            BatchEnded,
            EpochEnded,
            Extended,
            LogLine,
            Paused,
            PhaseChanged,
            Resumed,
            RunStarted,
        )

        self.history.add(event)
        match event:
            case PhaseChanged() if not self.history.step:
                words = event.phase.capitalize()
                self._bar.update(
                    self._task, description=words, completed=event.done, total=event.total or None
                )
            case RunStarted():
                self._print(f"Training on {event.device}. {event.device_note}".rstrip())
            case Paused():
                self._bar.update(self._task, description="Paused", numbers="")
                self._print(event.sentence)
            case Resumed():
                self._pace.clear()
                self._print("Going on.")
            case Extended() if event.sentence:
                self._print(event.sentence)
            case BatchEnded():
                self._pace.append((event.time, event.step))
                self._bar.update(
                    self._task,
                    description=f"Epoch {event.epoch} of {self._epochs}",
                    completed=event.step,
                    total=self.history.total_steps or None,
                    numbers=self._numbers(),
                )
            case EpochEnded():
                self._pace.clear()
                self._print(_epoch_line(event, self._epochs))
            case LogLine() if event.level in ("warning", "error"):
                self._print(event.text)
            case _:
                pass

    @property
    def _epochs(self) -> int:
        return self.history.epochs_planned

    def _numbers(self) -> str:
        history = self.history
        parts = [
            f"step {history.step}/{history.total_steps}",
            f"{100 * float(history.accuracy[-50:].mean()):.0f} % right",
        ]
        (began, first), (now, last) = self._pace[0], self._pace[-1]
        if history.started is not None and now > began:
            images = (last - first) * history.started.batch_size / (now - began)
            parts.append(f"{images:.0f} images/s")
        if history.seconds_left is not None:
            parts.append(f"{_clock(history.seconds_left)} left")
        return " · ".join(parts)

    def _print(self, text: str) -> None:
        if self._watched:
            self._bar.console.print(text, markup=False)
        else:
            self._output.say(text)


def _epoch_line(event: "Event", epochs: int) -> str:
    from cnnstudio.runs.events import EpochEnded

    assert isinstance(event, EpochEnded)
    line = (
        f"Epoch {event.epoch:>{len(str(epochs))}} of {epochs}   "
        f"training {100 * event.training.accuracy:5.1f} %"
    )
    if event.clean_training is not None:
        line += f" (clean {100 * event.clean_training.accuracy:5.1f} %)"
    if event.validation is not None:
        line += f"   validation {100 * event.validation.accuracy:5.1f} %"
    return f"{line}   {event.seconds:.1f} s"


def _clock(seconds: float) -> str:
    """`3:07`, `1:02:45`."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
