"""Sets of Keras in the window: offered, downloaded by a scripted child, canceled, opened."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.data.keras_files import is_here, keep, sets_folder
from cnnstudio.gui.dataset.keras_sets import KerasSetsDialog, SetCard
from cnnstudio.gui.document import Document
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.run.set_fetching import SetFetching
from cnnstudio.gui.set_desk import SetDesk
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.gui.telling import tell
from cnnstudio.gui.theme import LIGHT
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.verdict import Verdict
from cnnstudio.spec import files
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.keras_sets import KERAS_SETS, KerasSet, keras_set
from cnnstudio.spec.sources import KerasDataset

SCRIPTED = Path(__file__).parents[2] / "worker" / "scripted.py"
WAIT = 20_000


def worker(how: str) -> tuple[str, ...]:
    return sys.executable, str(SCRIPTED), "quick", how


def bring(name: str) -> None:
    one = keras_set(name)
    part = np.zeros((20, one.side, one.side), np.uint8), (np.arange(20) % 2).astype(np.uint8)
    keep(one, part, part)


class Offered:
    """A dialog in sight, and what it chose."""

    def __init__(self, how: str, qtbot: QtBot) -> None:
        self.fetching = SetFetching(worker(how))
        self.dialog = KerasSetsDialog(self.fetching, LIGHT)
        # The test looks at it after it has closed.
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(self.dialog)
        self.chosen: list[str] = []
        self.dialog.chosen.connect(self.chosen.append)
        self.dialog.show()
        self._qtbot = qtbot

    def button(self, name: str) -> QPushButton:
        found = self.dialog.findChild(QPushButton, name)
        assert found is not None
        return found

    def click(self, name: str) -> None:
        self._qtbot.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def choose(self, name: str) -> None:
        card = self.dialog.findChild(SetCard, f"set.{name}")
        assert card is not None
        self._qtbot.mouseClick(card, Qt.MouseButton.LeftButton)

    @property
    def words(self) -> str:
        label = self.dialog.findChild(QLabel, "sets.words")
        assert label is not None
        return label.text()


@pytest.fixture
def offered(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Offered]:
    """The dialog over a worker that does what the parameter says."""
    made = Offered(getattr(request, "param", "short"), qtbot)
    yield made
    made.fetching.shutdown()


def test_every_set_tells_what_it_holds_and_what_it_costs(offered: Offered) -> None:
    bring("mnist")
    for one in KERAS_SETS:
        card = offered.dialog.findChild(SetCard, f"set.{one.name}")
        assert card is not None
        card.tell_place()
        words = " ".join(label.text() for label in card.findChildren(QLabel))
        assert one.title in words
        assert f"{one.images:,} images of {one.side}×{one.side}" in words
        assert one.class_names[0] in words
        assert ("Already here" in words) == (one.name == "mnist")
    assert "170 MB to download" in " ".join(
        label.text() for label in offered.dialog.findChildren(QLabel)
    )


def test_a_set_is_downloaded_and_then_chosen(offered: Offered, qtbot: QtBot) -> None:
    offered.choose("fashion_mnist")
    assert offered.button("sets.open").text() == "Download and open (31 MB)"
    with qtbot.waitSignal(offered.dialog.accepted, timeout=WAIT):
        offered.click("sets.open")
    assert offered.chosen == ["fashion_mnist"]
    assert is_here("fashion_mnist")
    # What the child noted on the way is gone.
    assert list((sets_folder() / ".downloads").iterdir()) == []


def test_a_set_that_is_here_opens_without_a_child(offered: Offered, qtbot: QtBot) -> None:
    bring("mnist")
    offered.choose("mnist")
    assert offered.button("sets.open").text() == "Open"
    offered.click("sets.open")
    assert offered.chosen == ["mnist"]
    assert not offered.fetching.busy


@pytest.mark.parametrize("offered", ["until stopped"], indirect=True)
def test_a_download_is_shown_and_can_be_canceled(offered: Offered, qtbot: QtBot) -> None:
    offered.choose("cifar10")
    offered.click("sets.open")
    qtbot.waitUntil(lambda: offered.words.startswith("Downloading: 85 of 170 MB"), timeout=WAIT)
    assert not offered.button("sets.open").isEnabled()
    with qtbot.waitSignal(offered.fetching.ended, timeout=WAIT):
        offered.click("sets.cancel")
    assert offered.words == "The download was canceled; nothing was kept."
    assert offered.dialog.isVisible()
    assert offered.chosen == []
    assert not is_here("cifar10")
    offered.click("sets.cancel")
    assert not offered.dialog.isVisible()


@pytest.mark.parametrize("offered", ["refusing"], indirect=True)
def test_a_failed_download_says_why_and_can_be_tried_again(offered: Offered, qtbot: QtBot) -> None:
    offered.choose("cifar10")
    with qtbot.waitSignal(offered.fetching.ended, timeout=WAIT):
        offered.click("sets.open")
    assert offered.words == "There is no connection."
    assert offered.button("sets.open").text() == "Try again"
    assert offered.button("sets.open").isEnabled()


@pytest.mark.parametrize("offered", ["until stopped"], indirect=True)
def test_closing_the_window_ends_the_download(offered: Offered, qtbot: QtBot) -> None:
    offered.click("sets.open")
    qtbot.waitUntil(lambda: offered.words.startswith("Downloading"), timeout=WAIT)
    offered.fetching.shutdown()
    assert not offered.fetching.busy
    assert not is_here("mnist")


class Desk:
    """A window over a document, with the desk of the sets."""

    def __init__(self, document: Document, qtbot: QtBot) -> None:
        self.window = MainWindow(document, (), SettingsFile())
        qtbot.addWidget(self.window)
        self.opened: list[KerasSet] = []
        self.sets = SetDesk(self.window, document, self.opened.append, worker("short"))

    def dialog(self) -> KerasSetsDialog | None:
        return self.window.findChild(KerasSetsDialog)


@pytest.fixture
def desk(document: Document, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(document, qtbot)
    yield made
    made.sets.close()


def test_a_chosen_set_begins_an_experiment(desk: Desk, qtbot: QtBot) -> None:
    bring("mnist")
    desk.window.commands.trigger("sets.open")
    dialog = desk.dialog()
    assert dialog is not None
    dialog.chosen.emit("mnist")
    assert desk.opened == [keras_set("mnist")]


def test_an_experiment_that_lacks_its_set_offers_the_download_and_then_reads_it(
    desk: Desk, document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "experiment.yaml"
    files.save(Experiment(dataset=Dataset(source=KerasDataset(name="mnist"))), file)
    document.open(file)
    qtbot.waitUntil(lambda: not document.reading, timeout=WAIT)
    assert document.problems[0].path == "dataset.source"
    dialog = desk.dialog()
    assert dialog is not None
    button = dialog.findChild(QPushButton, "sets.open")
    assert button is not None
    with qtbot.waitSignal(document.facts_changed, timeout=WAIT, check_params_cb=bool):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.opened == []
    assert document.facts is not None
    assert document.facts.images() == 40


def test_the_verdict_offers_the_download_of_a_set_that_lacks(
    desk: Desk, document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "experiment.yaml"
    files.save(Experiment(dataset=Dataset(source=KerasDataset(name="cifar10"))), file)
    document.open(file)
    qtbot.waitUntil(lambda: not document.reading, timeout=WAIT)
    told = tell(
        "data",
        asking=False,
        experiment=document.experiment,
        facts=None,
        problems=document.problems,
        reading=False,
        busy=False,
        history=RunHistory(),
        verdict=Verdict("", "neutral"),
        diagnosis=None,
    )
    assert (told.action, told.words) == ("sets.open", "Download…")
    assert "CIFAR-10 is not on this computer yet" in told.sentence
