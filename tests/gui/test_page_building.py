"""Pages are built and brought up to date in slices, and are whole whenever somebody sees them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.gui.document import Document
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.pane import Pane
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.gui.stage import Stage, StagePage
from cnnstudio.gui.theme import DARK, LIGHT, Theme
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders

EXPERIMENT = Experiment(name="one", dataset=Dataset(source=ClassFolders(path="images")))
OTHER = EXPERIMENT.model_copy(update={"name": "other"})


class Slow(Panel):
    """A panel that needs three steps to show an experiment."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = 0
        self.name = ""
        self.theme: Theme | None = None

    def set_experiment(self, experiment: Experiment) -> None:
        for _ in self.showing(experiment):
            pass

    def showing(self, experiment: Experiment) -> Iterator[None]:
        self.begun += 1
        yield
        yield
        self.name = experiment.name

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme


class Page(StagePage):
    """Two panes with a slow panel each."""

    def __init__(self) -> None:
        super().__init__()
        self.panels: list[Slow] = []

    def build(self) -> Iterator[None]:
        panes = Pane("first"), Pane("second")
        self.set_columns(*((pane, 300) for pane in panes))
        for pane in panes:
            yield
            self.panels.append(self.fill(pane, Slow()))

    @property
    def names(self) -> list[str]:
        """What the panels show."""
        return [panel.name for panel in self.panels]


class Workshop:
    """A window with two stages, and its slices taken one by one."""

    def __init__(self, window: MainWindow, document: Document) -> None:
        self.window, self.document = window, document
        window._idle.blockSignals(True)

    def slices(self) -> int:
        """Do all idle work; returns how many slices it took."""
        count = 0
        while self.window._work():
            count += 1
        return count

    def page(self, id: str) -> Page:
        page = self.window.page(id)
        assert isinstance(page, Page)
        return page


@pytest.fixture
def workshop(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Workshop]:
    document = Document()
    stages = tuple(Stage(id, id, "images", Page().steps) for id in ("a", "b"))
    window = MainWindow(document, stages, SettingsFile(tmp_path / "settings.json"))
    qtbot.addWidget(window)
    yield Workshop(window, document)
    document.close()


def in_sight(workshop: Workshop) -> str:
    page = workshop.window._stack.currentWidget()
    return "" if page is None else page.objectName()


def test_a_page_comes_into_sight_when_it_shows_the_experiment(workshop: Workshop) -> None:
    workshop.document._put(EXPERIMENT, None, clean=True)
    workshop.window.show_stage("b")
    assert workshop.window.stage == "b"
    seen = []
    while workshop.window._work():
        seen.append(in_sight(workshop))
    assert seen[0] == ""
    assert seen[-1] == "page.b"
    assert len(seen) > 6
    assert workshop.page("b").names == ["one", "one"]
    # Nobody has asked for the other page, nor allowed to build ahead.
    assert "a" not in workshop.window._pages


def test_whoever_asks_for_a_page_gets_it_whole(workshop: Workshop) -> None:
    workshop.document._put(EXPERIMENT, None, clean=True)
    workshop.window.show_stage("a")
    workshop.window._work()
    workshop.window._work()
    assert workshop.page("a").names == ["one", "one"]
    assert in_sight(workshop) == "page.a"


def test_pages_out_of_sight_are_built_ahead_and_shown_the_rehearsal(workshop: Workshop) -> None:
    workshop.window.rehearse(OTHER)
    workshop.window.build_in_idle_time()
    assert workshop.slices() > 12
    assert workshop.window._pages["a"].panels[0].name == "other"  # type: ignore[attr-defined]
    workshop.document._put(EXPERIMENT, None, clean=True)
    assert workshop.page("a").names == ["one", "one"]


def test_an_edit_in_between_begins_the_showing_anew(workshop: Workshop) -> None:
    workshop.document._put(EXPERIMENT, None, clean=True)
    workshop.window.build_in_idle_time()
    workshop.slices()
    workshop.document.edit("name", "two")
    workshop.window._work()
    workshop.window._work()
    assert workshop.document.edit("name", "three")
    workshop.slices()
    for id in ("a", "b"):
        assert workshop.window._pages[id].names == ["three", "three"]  # type: ignore[attr-defined]


def test_the_page_in_sight_follows_every_edit_at_once(workshop: Workshop) -> None:
    workshop.document._put(EXPERIMENT, None, clean=True)
    workshop.window.show_stage("a")
    workshop.slices()
    workshop.document.edit("name", "two")
    assert workshop.window._pages["a"].names == ["two", "two"]  # type: ignore[attr-defined]


def test_another_theme_while_a_page_is_built_reaches_all_of_it(workshop: Workshop) -> None:
    workshop.window.set_theme(LIGHT)
    workshop.document._put(EXPERIMENT, None, clean=True)
    workshop.window.show_stage("a")
    for _ in range(3):
        workshop.window._work()
    workshop.window.set_theme(DARK)
    workshop.slices()
    assert [panel.theme for panel in workshop.page("a").panels] == [DARK, DARK]


def test_a_page_whose_building_failed_is_tried_again(workshop: Workshop) -> None:
    class Broken(Page):
        def build(self) -> Iterator[None]:
            yield
            raise RuntimeError("no font")

    pages = iter((Broken(), Page()))
    stages = workshop.window._stages
    stages["a"] = Stage("a", "a", "images", lambda theme: next(pages).steps(theme))
    workshop.document._put(EXPERIMENT, None, clean=True)
    with pytest.raises(RuntimeError, match="no font"):
        workshop.page("a")
    assert workshop.page("a").names == ["one", "one"]
