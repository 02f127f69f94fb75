"""The preview's tile of an image in an epoch is what the training step received, to the byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.augment.batches import Batches
from cnnstudio.data.index import index
from cnnstudio.gui.augmentation.tiles import TileMaker, Wanted
from cnnstudio.gui.dataset.pictures import as_image
from cnnstudio.runs.events import EpochEnded
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import build, seed
from cnnstudio.training.dataset import prepare
from cnnstudio.training.loop import Loop, TrainingStep
from cnnstudio.training.progress import Progress
from cnnstudio.training.schedule import RateTable, rates

GEOMETRY = [{"kind": "RandomRotation"}, {"kind": "RandomElastic"}, {"kind": "RandomNoise"}]
MIXING = [{"kind": "MixUp", "probability": 0.5, "alpha": 1.0}, {"kind": "CutMix"}]


@pytest.mark.parametrize("operations", [GEOMETRY, GEOMETRY + MIXING], ids=["plain", "mixed"])
@pytest.mark.parametrize("threads", [1, 3])
def test_a_tile_is_what_the_training_step_received(
    make: Callable[..., Experiment],
    image_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    operations: list[dict[str, Any]],
    threads: int,
) -> None:
    images = tmp_path / "images"
    shutil.copytree(image_folder, images)
    damaged = images / "green" / "green-3.png"
    damaged.write_bytes(damaged.read_bytes()[:200])
    experiment = make(
        {
            "dataset.source.path": str(images),
            "dataset.split.validation": 0.0,
            "augmentation.operations": operations,
            "training.seed": 11,
        }
    )
    data = prepare(experiment, lambda done, total: None, lambda: False)
    table = RateTable(rates(experiment.training.optimizer.learning_rate, 0, 30))
    seed(experiment.training.seed)
    loop = Loop(build(experiment, table), table, experiment, data, Progress())
    batches: Batches = loop._batches
    batches._threads = threads
    step, received = TrainingStep.__call__, []

    def listening(self: TrainingStep, pictures: Any, *labels: Any) -> Any:
        received.append(np.array(pictures))
        return step(self, pictures, *labels)

    monkeypatch.setattr(TrainingStep, "__call__", listening)
    ends = sum(isinstance(event, EpochEnded) for event in loop.events())
    assert ends == experiment.training.epochs == 2
    trained = np.concatenate(received)
    assert len(trained) == 2 * 59

    listed = index(experiment.dataset)
    samples = {sample.key: sample for sample in listed.samples}
    maker = TileMaker()
    for epoch in range(2):
        for place, number in enumerate(batches.order(epoch).tolist()):
            sample = samples[data.train.keys[number]]
            (tile,) = maker.make(Wanted(experiment, sample, (epoch,), index=listed)).tiles
            assert tile.picture == as_image(trained[59 * epoch + place])
