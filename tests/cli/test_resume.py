"""What `train --resume` refuses, so that the record of a run stays true."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnstudio.runs.events import EpochEnded, RunFinished, RunStarted, Scores
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import EventLog
from cnnstudio.spec import files, patch

Type = Callable[..., Any]


@pytest.fixture
def finished(experiment: Path, tmp_path: Path) -> RunFolder:
    """A completed run of two epochs."""
    spec = patch.replace(files.load(experiment), "training.epochs", 2)
    folder = RunFolder.create(tmp_path / "runs", spec)
    scores = Scores(loss=1.0, accuracy=0.5)
    with EventLog(folder.events_file) as log:
        log.write(
            RunStarted(
                name=spec.name,
                epochs=2,
                steps_per_epoch=1,
                batch_size=8,
                training_images=8,
                validation_images=0,
                test_images=0,
                class_names=("a", "b"),
                majority_share=0.5,
            )
        )
        for epoch in (1, 2):
            log.write(
                EpochEnded(
                    epoch=epoch,
                    step=epoch,
                    seconds=1.0,
                    images_per_second=8.0,
                    training=scores,
                    learning_rate=0.001,
                )
            )
        log.write(RunFinished(reason="completed", sentence="Done.", epochs=2))
    return folder


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((), "complete after 2 epochs"),
        (("training.epochs=1",), "complete after 2 epochs"),
        (("training.epochs=9", "dataset.batch_size=4"), "goes on with its own settings"),
        (("training.seed=5",), "goes on with its own settings"),
    ],
)
def test_a_run_goes_on_only_as_it_was_and_only_longer(
    finished: RunFolder, type_in: Type, changes: tuple[str, ...], words: str
) -> None:
    before = finished.experiment_file.read_bytes()
    sets = [word for change in changes for word in ("--set", change)]
    answer = type_in("train", finished.path, "--run", finished.path, "--resume", *sets)
    assert answer.code == 2
    assert words in answer.err
    assert finished.experiment_file.read_bytes() == before
