"""Runs that wait their turn: each starts by itself when the one before it has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cnnstudio.gui.run.controller import RunController
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Queued:
    """One run that waits: an experiment as it was when it was queued, or a run to go on with.

    `number` tells it from the others for as long as the window is open; `home` is the folder of
    the project's runs; `epochs` is the new number of epochs of a run that goes on, None: as it is.
    """

    number: int
    title: str
    home: Path
    experiment: Experiment | None = None
    folder: RunFolder | None = None
    epochs: int | None = None


class RunQueue(QObject):
    """Starts what is asked for at once when nothing runs, and in its turn otherwise.

    `changed` carries the tuple of what waits, the next one first; `failed` a `UserError` of a run
    that could not begin when its turn came.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, controller: RunController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._waiting: tuple[Queued, ...] = ()
        self._count = 0
        controller.job_ended.connect(lambda _job, _last: self._next())

    @property
    def waiting(self) -> tuple[Queued, ...]:
        """What waits, the next one first."""
        return self._waiting

    def train(self, experiment: Experiment, home: Path) -> Queued | None:
        """Train in a new run folder in `home`; None when it begins now, else what waits.

        Raises `UserError` when it cannot begin.
        """
        name = experiment.name
        return self._ask(lambda number: Queued(number, self._told_apart(name), home, experiment))

    def take_up(self, folder: RunFolder, epochs: int | None = None) -> Queued | None:
        """Go on with a run that ended, to `epochs` in all; None when it begins now.

        Raises `UserError` when it cannot begin, or waits already.
        """
        if any(item.folder == folder for item in self._waiting):
            raise UserError(f"{folder.name} waits for its turn already.")
        return self._ask(
            lambda number: Queued(number, folder.name, folder.path.parent, None, folder, epochs)
        )

    def remove(self, number: int) -> None:
        """Forget one that waits; nothing happens when it has begun."""
        self._become(tuple(item for item in self._waiting if item.number != number))

    def clear(self) -> None:
        """Forget all of them."""
        self._become(())

    def _ask(self, make: Callable[[int], Queued]) -> Queued | None:
        self._count += 1
        item = make(self._count)
        if not self._controller.activity.busy:
            self._begin(item)
            return None
        self._become((*self._waiting, item))
        return item

    def _begin(self, item: Queued) -> None:
        if item.experiment is not None:
            self._controller.start(item.experiment, item.home)
        elif item.folder is not None:
            self._controller.take_up(item.folder, item.epochs)

    def _next(self) -> None:
        while self._waiting and not self._controller.activity.busy:
            item, *rest = self._waiting
            self._become(tuple(rest))
            try:
                self._begin(item)
            except UserError as error:
                self.failed.emit(error)

    def _become(self, waiting: tuple[Queued, ...]) -> None:
        if waiting != self._waiting:
            self._waiting = waiting
            self.changed.emit(waiting)

    def _told_apart(self, name: str) -> str:
        """`pets`, or `pets 2` when one of that name runs or waits already."""
        at_work = self._controller.activity.job == "train"
        running = self._controller.training if at_work else None
        taken = {item.title for item in self._waiting}
        same = sum(
            item.experiment is not None and item.experiment.name == name for item in self._waiting
        )
        same += running is not None and running.name == name
        title = name if not same else f"{name} {same + 1}"
        while title in taken:
            same += 1
            title = f"{name} {same + 1}"
        return title
