"""One run is one folder: the frozen experiment, its events, checkpoints, labels, environment."""

import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.runs.events import Event
from cnnstudio.runs.log import read
from cnnstudio.runs.writing import plainly, write_whole
from cnnstudio.spec import files, patch
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.intensities import FixedWindow, PercentileWindow

_ROOM_STEP = 2**20
_NUMBERED = re.compile(r"(\d{4,})-")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The places inside a run folder. Making one touches nothing; `create` makes the folder."""

    path: Path

    @classmethod
    def create(cls, parent: Path, experiment: Experiment) -> "RunFolder":
        """Makes the next numbered folder in `parent` ("0007-pets-baseline") with the experiment.

        Raises `UserError` when the folder cannot be written.
        """
        folder = cls.claim(parent, experiment.name)
        folder.keep(experiment)
        return folder

    @classmethod
    def claim(cls, parent: Path, name: str) -> "RunFolder":
        """Makes the next numbered folder in `parent`, still without an experiment.

        Takes no longer than making a folder does. Raises `UserError` when that fails.
        """
        with plainly(parent):
            parent.mkdir(parents=True, exist_ok=True)
            number = max((_number(entry.name) for entry in parent.iterdir()), default=0) + 1
        while True:
            path = parent / f"{number:04d}-{slug(name)}"
            try:
                with plainly(path):
                    path.mkdir()
                break
            except UserError as error:
                # Another window or terminal took the number between the look and the making.
                if not isinstance(error.__cause__, FileExistsError):
                    raise
                number += 1
        folder = cls(path)
        with plainly(path):
            folder.checkpoints.mkdir()
        return folder

    def keep(self, experiment: Experiment) -> None:
        """Writes the experiment, which reaches the disk; raises `UserError` when that fails."""
        with plainly(self.experiment_file):
            files.save(experiment, self.experiment_file, complete=True)

    @property
    def name(self) -> str:
        """The folder's own name, which is the run's name in lists."""
        return self.path.name

    @property
    def experiment_file(self) -> Path:
        """The experiment as it was when the run began."""
        return self.path / "experiment.yaml"

    @property
    def events_file(self) -> Path:
        """What happened; written by the worker alone."""
        return self.path / "events.jsonl"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def labels_file(self) -> Path:
        """The class names, one a line, in the order of the model's outputs."""
        return self.path / "labels.txt"

    @property
    def window_file(self) -> Path:
        """The intensity window as it was measured when the run began: `[low, high]`."""
        return self.path / "intensity.json"

    @property
    def environment_file(self) -> Path:
        """Versions and device."""
        return self.path / "environment.json"

    @property
    def request_file(self) -> Path:
        """What the worker was asked to do."""
        return self.path / "request.json"

    @property
    def diagnosis(self) -> Path:
        """The job folder of the doctor's forks."""
        return self.path / "diagnosis"

    @property
    def export(self) -> Path:
        """The job folder of exports."""
        return self.path / "export"

    @property
    def tensorboard(self) -> Path:
        """The folder of the files for TensorBoard, where any are written."""
        return self.path / "tensorboard"

    def experiment(self) -> Experiment:
        """The experiment of this run, a measured intensity window in numbers.

        Raises `UserError` when it is missing or damaged.
        """
        if not self.experiment_file.is_file():
            raise UserError(
                f"{self.path} is not a run folder: it has no experiment.yaml.",
                place=str(self.path),
            )
        experiment = files.load(self.experiment_file)
        if not isinstance(experiment.dataset.intensity, PercentileWindow):
            return experiment
        if not self.window_file.is_file():
            return experiment  # not yet trained
        try:
            low, high = json.loads(self.window_file.read_text(encoding="utf-8"))
            fixed = FixedWindow(low=low, high=high)
        except (OSError, ValueError, TypeError) as error:
            raise UserError(
                "The intensity window of this run is damaged: train it again.",
                place=str(self.window_file),
                details=str(error),
            ) from error
        dataset = experiment.dataset.model_copy(update={"intensity": fixed})
        return experiment.model_copy(update={"dataset": dataset})

    def extend(self, epochs: int) -> None:
        """Lets the run have so many epochs in all; raises `UserError` when that fails."""
        longer = patch.replace(files.load(self.experiment_file), "training.epochs", epochs)
        files.save(longer, self.experiment_file, complete=True)

    def has_room(self, size: int) -> bool:
        """Whether `size` more bytes can be written here."""
        try:
            with tempfile.TemporaryFile(prefix=".room.", dir=self.checkpoints) as file:
                if shutil.disk_usage(self.checkpoints).free < size:
                    return False
                for at in range(0, size, _ROOM_STEP):
                    file.write(bytes(min(_ROOM_STEP, size - at)))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            return False
        return True

    def events(self) -> Iterator[Event]:
        """What happened, in order."""
        return read(self.events_file)

    def labels(self) -> tuple[str, ...]:
        """The class names in the order of the model's outputs; empty before training began."""
        if not self.labels_file.is_file():
            return ()
        return tuple(self.labels_file.read_text(encoding="utf-8").splitlines())

    def write_labels(self, class_names: Sequence[str]) -> None:
        """Writes the class names; raises `UserError` when the folder cannot be written."""
        write_whole(self.labels_file, "".join(f"{line}\n" for line in _lines(class_names)))

    def has_other_labels(self, class_names: Sequence[str]) -> bool:
        """Whether the outputs of this run's model stand for other classes than these."""
        known = self.labels()
        return bool(known) and known != _lines(class_names)

    def write_window(self, window: tuple[float, float]) -> None:
        """Writes the measured intensity window; raises `UserError` when that fails."""
        write_whole(self.window_file, json.dumps(window) + "\n")

    def write_environment(self, environment: Mapping[str, object]) -> None:
        """Writes versions and device as JSON; raises `UserError` when that fails."""
        write_whole(self.environment_file, json.dumps(dict(environment), indent=2) + "\n")


def slug(name: str) -> str:
    """`name` as a part of a folder name: small ASCII letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "run"


def _lines(class_names: Sequence[str]) -> tuple[str, ...]:
    return tuple(" ".join(name.splitlines()) for name in class_names)


def _number(name: str) -> int:
    match = _NUMBERED.match(name)
    return int(match.group(1)) if match else 0
