"""What the network says of single images is shown, after any epoch, and leads to the image."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from cnnstudio.app import Studio, make_application
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.document import Document
from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run.replay import Replay
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.gui.theme import DARK, LIGHT
from cnnstudio.gui.training.live_numbers import LiveNumbers
from cnnstudio.gui.training.predictions import NO_IMAGES, NONE_KEPT, SOON, WORST
from cnnstudio.runs.events import Event, Prediction, PredictionsMade, RunStarted
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.probes import ProbeHistory
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.patch import replace
from tests.gui.training.fake_run import events, started

KEYS = ("cat/0.png", "cat/1.png", "dog/0.png", "dog/gone.png")
LABELS = (0, 0, 1, 1)


def told(epoch: int, wrong: int, worst: bool = True) -> PredictionsMade:
    """After `epoch` the network is wrong about the first `wrong` of four images."""
    rows = tuple(
        Prediction(key, label, 1 - label if at < wrong else label, 0.9, 0.1 if at < wrong else 0.9)
        for at, (key, label) in enumerate(zip(KEYS, LABELS, strict=True))
    )
    surest = tuple(row for row in rows if row.label != row.predicted) if worst else ()
    return PredictionsMade(epoch=epoch, step=66 * epoch, sample=rows, worst=surest)


def story(*wrong: int) -> list[Event]:
    """A run whose network is wrong about so many of four images, epoch by epoch."""
    told_so_far: list[Event] = []
    for event in events(started(classes=2), len(wrong)):
        if event.event == "epoch_ended":
            told_so_far.append(told(event.epoch, wrong[event.epoch - 1]))
        told_so_far.append(event)
    return told_so_far


def run(*wrong: int) -> RunHistory:
    history = RunHistory()
    for event in story(*wrong):
        history.add(event)
    return history


@pytest.fixture
def numbers(qtbot: QtBot) -> LiveNumbers:
    made = LiveNumbers()
    qtbot.addWidget(made)
    made.set_theme(LIGHT)
    made.resize(280, 660)
    made.show()
    return made


@pytest.fixture
def collection(opened: Document) -> Collection:
    made = Collection(opened)
    made.set_index(opened.index)
    return made


def settle() -> None:
    """Layouts settle in the event loop."""
    for _ in range(3):
        QApplication.processEvents()


def marks(numbers: LiveNumbers) -> list[bool]:
    return [tile.right for tile in numbers.predictions.tiles.tiles]


def test_each_tile_says_the_truth_the_answer_and_how_sure_it_is(numbers: LiveNumbers) -> None:
    numbers.set_history(run(4, 2))
    panel = numbers.predictions
    assert marks(numbers) == [False, False, True, True]
    assert panel.count.text() == "2 of 4 right"
    assert panel.place.text() == "epoch 2"
    assert "bird, taken for car with 90 %; bird got 10 %" in panel.tiles.words(0)
    assert "car, recognized with 90 %" in panel.tiles.words(2)
    assert panel.tiles.accessibleDescription() == "2 of 4 right"


def test_the_slider_over_epochs_shows_what_was_said_then(numbers: LiveNumbers) -> None:
    history = run(4, 2, 0)
    numbers.set_history(history)
    assert marks(numbers) == [True] * 4
    numbers.classes.slider.setValue(0)
    assert numbers.predictions.place.text() == "epoch 1"
    assert marks(numbers) == [False] * 4
    history.add(told(4, 1))
    numbers.set_history(history)
    assert marks(numbers) == [False] * 4, "the chosen epoch stays in sight"


def test_the_worst_mistakes_keep_their_room_when_there_are_fewer(
    numbers: LiveNumbers, qtbot: QtBot
) -> None:
    numbers.set_history(run(4, 1, 0))
    panel = numbers.predictions
    sample = panel.tiles.heightForWidth(200)
    qtbot.mouseClick(panel.choice.group.button(WORST), Qt.MouseButton.LeftButton)
    assert not panel.tiles.tiles
    assert panel.count.text() == "No mistakes"
    numbers.classes.slider.setValue(1)
    assert [tile.key for tile in panel.tiles.tiles] == ["cat/0.png"]
    assert panel.count.text() == "The surest first"
    assert panel.tiles.heightForWidth(200) == sample


def test_a_sentence_says_why_there_is_nothing_to_see(numbers: LiveNumbers) -> None:
    panel = numbers.predictions
    for history, sentence in (
        (None, SOON),
        (begun(started()), SOON),
        (begun(started().model_copy(update={"validation_images": 0})), NO_IMAGES),
    ):
        numbers.set_history(history)
        assert panel.empty.text() == sentence
        assert panel.tiles.isHidden()
    old = RunHistory()
    for event in events(started(), 2):
        old.add(event)
    numbers.set_history(old)
    assert panel.empty.text() == NONE_KEPT
    numbers.set_history(run(1))
    assert panel.empty.isHidden()
    assert not panel.tiles.isHidden()


def begun(first: RunStarted) -> RunHistory:
    history = RunHistory()
    history.add(first)
    return history


def test_images_are_shown_where_run_and_project_have_them_in_common(
    numbers: LiveNumbers, opened: Document, collection: Collection, qtbot: QtBot
) -> None:
    assert opened.experiment is not None
    panel = numbers.predictions
    numbers.set_history(run(2))
    panel.set_collection(collection)
    assert [tile.sample for tile in panel.tiles.tiles] == [None] * 4
    numbers.set_experiment(opened.experiment)
    assert [tile.sample for tile in panel.tiles.tiles] == [None] * 4, "whose run it is is not known"
    panel.images.set_run(opened.experiment)
    found = [tile.sample.key if tile.sample else None for tile in panel.tiles.tiles]
    assert found == [*KEYS[:3], None]
    before = panel.tiles.grab().toImage()
    thumbnails = collection.thumbnails
    samples = [tile.sample for tile in panel.tiles.tiles if tile.sample is not None]
    qtbot.waitUntil(lambda: all(thumbnails.is_there(one) for one in samples), timeout=20_000)
    assert panel.tiles.grab().toImage() != before
    elsewhere = replace(opened.experiment, "dataset.source.path", "/somewhere/else")
    panel.images.set_run(elsewhere)
    assert [tile.sample for tile in panel.tiles.tiles] == [None] * 4
    assert "not among those of this project" in panel.tiles.words(0)


def test_an_image_that_was_removed_meanwhile_has_a_placeholder(
    numbers: LiveNumbers,
    opened: Document,
    collection: Collection,
    image_folder: Path,
    qtbot: QtBot,
) -> None:
    assert opened.experiment is not None
    (image_folder / KEYS[0]).unlink()
    panel = numbers.predictions
    panel.set_collection(collection)
    numbers.set_experiment(opened.experiment)
    panel.images.set_run(opened.experiment)
    numbers.set_history(run(2))
    sample = panel.tiles.tiles[0].sample
    assert sample is not None
    panel.tiles.grab()
    reason = collection.thumbnails.reason
    qtbot.waitUntil(lambda: bool(reason(sample)), timeout=20_000)
    panel.tiles.grab()
    assert "The image is no longer there" in panel.tiles.words(0)


def test_the_keyboard_goes_from_tile_to_tile_and_opens_the_image(
    numbers: LiveNumbers, opened: Document, collection: Collection, qtbot: QtBot
) -> None:
    assert opened.experiment is not None
    panel = numbers.predictions
    panel.set_collection(collection)
    numbers.set_experiment(opened.experiment)
    panel.images.set_run(opened.experiment)
    numbers.resize(280, 300)
    numbers.set_history(run(2))
    settle()
    heard: list[str] = []
    collection.sought.connect(lambda sample: heard.append(sample.key))
    panel.tiles.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(panel.tiles.hasFocus)
    assert panel.tiles.accessibleDescription().startswith("cat/0.png\nbird, taken for car")
    qtbot.keyClick(panel.tiles, Qt.Key.Key_Right)
    qtbot.keyClick(panel.tiles, Qt.Key.Key_Return)
    assert heard == [KEYS[1]]
    qtbot.keyClick(panel.tiles, Qt.Key.Key_End)
    qtbot.keyClick(panel.tiles, Qt.Key.Key_Return)
    assert heard == [KEYS[1]], "an image that is not there cannot be opened"
    area = numbers.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    top = panel.tiles.mapTo(area.viewport(), panel.tiles.place(3).topLeft()).y()
    assert 0 <= top < area.viewport().height() - panel.tiles.place(3).height()
    qtbot.mouseClick(
        panel.tiles, Qt.MouseButton.LeftButton, pos=panel.tiles.place(2).center() + QPoint(1, 1)
    )
    assert heard == [KEYS[1], KEYS[2]]


def test_right_and_wrong_differ_without_colour(numbers: LiveNumbers) -> None:
    def outlines(wrong: int) -> QImage:
        numbers.set_history(run(wrong))
        settle()
        picture = numbers.predictions.tiles.grab(numbers.predictions.tiles.place(0))
        return picture.toImage().convertToFormat(QImage.Format.Format_Mono)

    for theme in (LIGHT, DARK):
        numbers.set_theme(theme)
        assert outlines(0) != outlines(1)


def test_a_click_goes_to_the_image_under_data_whatever_is_filtered_for(
    image_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    from cnnstudio.gui.stages.data_stage import DataPage
    from cnnstudio.gui.stages.train_stage import TrainStage
    from cnnstudio.spec import files
    from cnnstudio.spec.experiment import Dataset
    from cnnstudio.spec.sources import ClassFolders

    source = ClassFolders(path=str(image_folder))
    experiment = Experiment(name="pets", dataset=Dataset(source=source))
    files.save(experiment, tmp_path / "pets.yaml")
    studio = Studio(
        make_application(),
        SettingsFile(tmp_path / "settings.json"),
        RunController(("a worker that is never started",)),
    )
    qtbot.addWidget(studio.window)
    studio.open(tmp_path / "pets.yaml")
    qtbot.waitUntil(lambda: studio.document.facts is not None, timeout=20_000)
    assert studio.document.experiment is not None
    folder = RunFolder(tmp_path / "runs" / "0001-pets")
    history = run(2)
    studio.store.show(Replay(folder, studio.document.experiment, history, ProbeHistory(), None))
    studio.window.show_stage("data")
    data, train = studio.window.page("data"), studio.window.page("train")
    assert isinstance(data, DataPage)
    assert isinstance(train, TrainStage)
    from cnnstudio.gui.dataset.browser import DatasetBrowser
    from cnnstudio.gui.dataset.image_filter import ImageFilter

    browser = data.findChild(DatasetBrowser)
    assert isinstance(browser, DatasetBrowser)
    browser.set_filter(ImageFilter(classes=frozenset({"dog"})))
    qtbot.waitUntil(lambda: len(browser.grid.samples()) == 8, timeout=20_000)
    studio.window.show_stage("train")
    tile = train.numbers.predictions.tiles.tiles[1]
    assert tile.sample is not None
    train.numbers.predictions.tiles.opened.emit(tile.sample)
    assert studio.window.stage == "data"
    assert studio._collection.chosen == tile.sample
    qtbot.waitUntil(lambda: len(browser.grid.samples()) == 16, timeout=20_000)
    studio.close()
