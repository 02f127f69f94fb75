"""A run that was watched and the same run read back from its folder give the same pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run.replay import replay
from cnnstudio.gui.run.store import RunStore
from cnnstudio.gui.stages.train_stage import TrainStage
from cnnstudio.gui.theme import LIGHT
from cnnstudio.runs.history import BATCH_CURVES, EPOCH_CURVES
from cnnstudio.runs.layer_columns import QUANTITIES
from cnnstudio.spec.experiment import Dataset, Experiment, Network, Split, Training
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D
from cnnstudio.spec.sources import ClassFolders
from tests.gui.pages import built


@pytest.fixture
def squares(tmp_path: Path) -> Experiment:
    """A small network over light and dark squares."""
    dice = np.random.default_rng(0)
    for name, level in (("dark", 60), ("light", 190)):
        (tmp_path / "images" / name).mkdir(parents=True)
        for number in range(16):
            pixels = dice.normal(level, 40, (16, 16, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "images" / name / f"{number}.png")
    layers = (
        Conv2D(filters=4, kernel_size=3, activation="relu"),
        GlobalAveragePooling2D(),
        Dense(units=2, activation="softmax"),
    )
    return Experiment(
        name="squares",
        dataset=Dataset(
            source=ClassFolders(path=str(tmp_path / "images")),
            image_size=(16, 16),
            split=Split(validation=0.25, test=0.0),
            batch_size=4,
        ),
        model=Network(layers=layers),
        training=Training(epochs=4),
    )


@pytest.fixture
def make_page(qtbot: QtBot, squares: Experiment) -> Callable[[RunStore], TrainStage]:
    """A Train stage that follows a store, as the application root connects them."""

    def make(store: RunStore) -> TrainStage:
        page = built(TrainStage())
        qtbot.addWidget(page)
        page.set_experiment(squares)
        page.set_theme(LIGHT)
        page.resize(1440, 724)
        store.updated.connect(lambda: page.set_history(store.history))
        page.set_history(store.history)
        page.show()
        return page

    return make


def picture(page: TrainStage) -> QImage:
    # Layouts settle in the event loop, whatever was shown before.
    for _ in range(3):
        QApplication.processEvents()
    page.curves.draw_now()
    page.layers.draw_now()
    return page.grab().toImage()


def test_a_real_run_gives_the_same_pictures_live_and_replayed(
    squares: Experiment,
    make_page: Callable[[RunStore], TrainStage],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    controller, watching = RunController(), RunStore()
    controller.job_started.connect(watching.begin)
    controller.events.connect(watching.take)
    page = make_page(watching)
    with qtbot.waitSignal(controller.job_ended, timeout=120_000) as ended:
        folder = controller.start(squares, tmp_path / "runs")
    assert ended.args[1].reason == "completed", ended.args[1]
    controller.shutdown()
    reading = RunStore()
    fresh = make_page(reading)
    reading.show(replay(folder.path))
    for name in (*BATCH_CURVES, *EPOCH_CURVES):
        live, read = watching.history.curve(name), reading.history.curve(name)
        assert np.array_equal(live[0], read[0])
        assert np.array_equal(live[1], read[1], equal_nan=True)
    for quantity in QUANTITIES:
        sampled, again = (run.history.layers.table(quantity) for run in (watching, reading))
        assert sampled.names == again.names
        assert np.array_equal(sampled.values, again.values, equal_nan=True)
    assert watching.history.timeline.moments == reading.history.timeline.moments
    for kind in range(page.curves.axis_choice.count()):
        page.curves.axis_choice.setCurrentIndex(kind)
        fresh.curves.axis_choice.setCurrentIndex(kind)
        assert picture(page) == picture(fresh), page.curves.axis_choice.currentText()
    for one in (page, fresh):
        one.numbers.classes.slider.setValue(1)
    assert picture(page) == picture(fresh)
    for one in (page, fresh):
        one.view.group.button(1).click()
    assert picture(page) == picture(fresh)
