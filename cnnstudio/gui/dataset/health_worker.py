"""The health check off the window's thread: measured once, judged anew after every edit."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cnnstudio.gui.background import Background, Progress, Stop

if TYPE_CHECKING:
    from cnnstudio.data.health.check import Examined
    from cnnstudio.data.health.report import HealthReport
    from cnnstudio.data.index import ImageIndex
    from cnnstudio.spec.experiment import Experiment


@dataclass(frozen=True, slots=True)
class _Answer:
    report: HealthReport
    examined: Examined
    examined_for: object


class HealthWorker(Background):
    """Runs at most one check at a time: `finished` carries its `HealthReport`.

    `progressed` counts images. What was measured before a cancel is kept for the next check.
    """

    mistake = "The images could not be checked."

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: tuple[object, Examined] | None = None

    def check(self, experiment: Experiment, index: ImageIndex, again: bool = False) -> None:
        """Check the images of `index` as `experiment` labels and splits them.

        The same images are judged from what was measured before, which is quick enough to follow
        every edit; `again` looks at the files once more.
        """
        known = None if again else self._known
        self.start(lambda progress, stop: _check(experiment, index, known, progress, stop))

    def answer(self, result: object) -> object:
        """The report; what was measured stays here."""
        if isinstance(result, _Answer):
            self._known = (result.examined_for, result.examined)
            return result.report
        return result


def _check(
    experiment: Experiment,
    index: ImageIndex,
    known: tuple[object, Examined] | None,
    progress: Progress,
    stop: Stop,
) -> _Answer:
    from cnnstudio.data.health.check import examine, report

    images = _images(experiment, index)
    if known is not None and known[0] == images:
        examined = known[1]
    else:
        # One core stays free for the window, which has to paint meanwhile.
        threads = max(1, (os.cpu_count() or 1) - 1)
        examined = examine(experiment.dataset.source.path, index, progress, stop, threads)
    return _Answer(report(experiment, index, examined), examined, images)


def _images(experiment: Experiment, index: ImageIndex) -> object:
    """What has to be the same for measurements to hold: the source and its images."""
    keys = frozenset(sample.key for sample in (*index.samples, *index.excluded))
    reading = {sample.reading for sample in index.samples[:1]}
    return experiment.dataset.source, keys, frozenset(reading)
