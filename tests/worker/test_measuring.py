"""The job "measure": an experiment's folder in, figures out, and nothing else is written."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from cnnstudio.runs.events import Event, SpeedMeasured
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.orders import Orders
from cnnstudio.spec.experiment import Dataset, Experiment, Network
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D
from cnnstudio.spec.sources import ClassFolders
from cnnstudio.training import speed
from cnnstudio.worker import jobs
from cnnstudio.worker.request import Request


@pytest.fixture
def request_to_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
    monkeypatch.setattr(speed, "measure", partial(speed.measure, preparing=0, measuring=0.1))
    experiment = Experiment(
        dataset=Dataset(source=ClassFolders(path=str(tmp_path / "i")), image_size=(8, 8)),
        model=Network(layers=(GlobalAveragePooling2D(), Dense(units=2, activation="softmax"))),
    )
    folder = RunFolder.create(tmp_path, experiment)
    return Request("measure", folder.path, folder.events_file)


def test_the_job_tells_its_figures(request_to_measure: Request) -> None:
    told: list[Event] = []
    before = sorted(request_to_measure.run.rglob("*"))
    last = jobs.load()["measure"](request_to_measure, told.append, Orders())
    assert last.reason == "completed", last.details
    measured = told[-1]
    assert isinstance(measured, SpeedMeasured)
    assert measured.sentence == last.sentence
    assert measured.variants[0].images_per_second > 0
    assert sorted(request_to_measure.run.rglob("*")) == before


def test_a_stop_is_the_last_word(request_to_measure: Request) -> None:
    orders = Orders()
    orders.stop()
    last = jobs.load()["measure"](request_to_measure, lambda event: None, orders)
    assert (last.reason, last.sentence) == ("canceled", "The measurement was stopped.")
