"""Prepares what later pages need beside the window's thread: imports, and what is read once."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cnnstudio import resources
from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment


class Prefetch(QObject):
    """Imports modules in a thread, then `ready` follows; then it makes the `steps`.

    A step is a function that fills a cache, such as reading a catalogue from resources.
    """

    ready = Signal()

    def __init__(
        self,
        modules: Sequence[str],
        steps: Sequence[Callable[[], object]] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._modules = tuple(modules)
        self._steps = tuple(steps)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._import, name="prefetch", daemon=True)

    def start(self) -> None:
        """Begin, once."""
        if not self._thread.is_alive() and not self._stopped.is_set():
            self._thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is being done."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _import(self) -> None:
        for name in self._modules:
            if self._stopped.is_set():
                return
            # Whoever needs the module meets the error again, where it can be told.
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        if not self._stopped.is_set():
            self.ready.emit()
        for step in self._steps:
            if self._stopped.is_set():
                return
            step()


def usual_experiment() -> Experiment:
    """What is proposed for a folder of photos: most first experiments are much like it."""
    from cnnstudio.spec.defaults import propose
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.sources import ClassFolders

    facts = DatasetFacts(
        class_names=("cat", "dog"),
        counts={"train": {"cat": 500, "dog": 500}},
        median_short_side=64,
        aspect_p10=1.0,
        aspect_p90=1.0,
        gray=False,
        own_split=False,
    )
    return propose("photos", ClassFolders(path="photos"), facts)


def read_samples() -> None:
    """Read and write an experiment once: YAML's first use costs several times a later one."""
    from cnnstudio.spec import files

    with contextlib.suppress(UserError):
        files.dumps(files.load(resources.path("samples/shapes/experiment.yaml")))


def read_causes() -> None:
    """Read the doctor's catalogue, which stays in memory."""
    from cnnstudio.doctor import causes

    causes.causes()
