"""A chart becomes a file that others can read: a picture, a drawing, a table."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.gui.plots.band import Band, Reference
from cnnstudio.gui.plots.chart import Chart
from cnnstudio.gui.plots.lines import TRAINING, VALIDATION
from cnnstudio.gui.plots.saving import file_name
from cnnstudio.gui.plots.table import as_csv, columns, rows
from cnnstudio.gui.theme import DARK, LIGHT
from cnnstudio.spec.errors import UserError


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    band, loss = Band("Accuracy"), Band("Loss")
    made = Chart((band, loss))
    qtbot.addWidget(made)
    made.title = "Pets, second try"
    made.axis_captions = ("step",)
    made.resize(600, 300)
    made.set_span(0.0, 100.0)
    dice = np.random.default_rng(0)
    band.line("training", "training", TRAINING).set(np.arange(1, 101), dice.uniform(0.4, 0.9, 100))
    band.line("validation", "validation", VALIDATION).set([50, 100], [0.5, 0.75])
    band.references = (Reference(0.5, "chance 50 %"),)
    loss.line("training", "training", TRAINING).set([1, 100], [0.7, np.nan])
    made.set_theme(DARK)
    made.show()
    made.redraw()
    return made


def pixels(image: QImage) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    data = np.frombuffer(image.constBits(), np.uint8)
    return data.reshape(image.height(), image.width(), 4)[:, :, 2::-1]


def test_a_picture_of_a_dark_chart_is_on_white_with_two_pixels_for_one(
    chart: Chart, tmp_path: Path
) -> None:
    before = chart.grab().toImage()
    chart.files.write(tmp_path / "a.png")
    image = QImage(str(tmp_path / "a.png"))
    assert image.width() >= 2 * chart.width()
    shown = pixels(image.convertToFormat(QImage.Format.Format_RGB32))
    assert (shown[:20] == 255).all(), "a white margin"
    assert (shown == 255).all(axis=2).mean() > 0.7
    training = LIGHT.color("training")
    blue = np.array([training.red(), training.green(), training.blue()])
    assert (np.abs(shown.astype(int) - blue).max(axis=2) < 40).sum() > 500
    chart.redraw()
    assert chart.grab().toImage() == before, "the chart in the window stays as it was"


def test_the_title_and_the_legend_are_above_the_plot(chart: Chart, tmp_path: Path) -> None:
    chart.files.write(tmp_path / "a.png")
    with_title = pixels(QImage(str(tmp_path / "a.png")).convertToFormat(QImage.Format.Format_RGB32))
    chart.title = ""
    chart.files.write(tmp_path / "b.png")
    without = pixels(QImage(str(tmp_path / "b.png")).convertToFormat(QImage.Format.Format_RGB32))
    assert with_title.shape[0] > without.shape[0]
    assert (np.atleast_3d(with_title)[32:84] < 90).any(), "dark words on white"


def test_a_drawing_keeps_words_and_lines(chart: Chart, tmp_path: Path) -> None:
    chart.files.write(tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text("utf-8")
    root = ElementTree.fromstring(text)
    words = "".join(root.itertext())
    for word in ("Pets, second try", "Accuracy", "validation", "chance 50 %"):
        assert word in words
    assert "<image" not in text


def test_a_table_has_a_row_for_each_step_and_a_column_for_each_line(
    chart: Chart, tmp_path: Path
) -> None:
    chart.files.write(tmp_path / "a.csv")
    table = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8"))))
    assert list(table[0]) == ["step", "accuracy training", "accuracy validation", "loss training"]
    assert [row["step"] for row in table] == [str(step) for step in range(1, 101)]
    training = chart.bands[0].lines["training"].y
    assert [float(row["accuracy training"]) for row in table] == pytest.approx(training, abs=1e-6)
    assert [row["accuracy validation"] for row in table if row["accuracy validation"]] == [
        "0.5",
        "0.75",
    ]
    assert table[-1]["loss training"] == ""


@given(
    st.lists(
        st.lists(st.integers(0, 50), unique=True, max_size=20).map(sorted), min_size=1, max_size=4
    )
)
def test_lines_of_other_steps_share_one_table(places: list[list[int]]) -> None:
    lines = {
        f"line {number}": (np.array(x, dtype=np.float64), np.array(x, dtype=np.float64) / 7)
        for number, x in enumerate(places)
    }
    every = rows(lines)
    table = list(csv.DictReader(io.StringIO(as_csv(lines, {"step": every}))))
    assert len(table) == len(set().union(*places))
    for name, (x, y) in lines.items():
        read = {float(r["step"]): float(r[name]) for r in table if r[name]}
        assert read == pytest.approx(dict(zip(x.tolist(), y.tolist(), strict=True)), rel=1e-6)


def test_lines_of_the_same_name_stay_apart() -> None:
    first, second = Band("Loss"), Band("Loss")
    first.line("a", "run", TRAINING).set([1], [1])
    second.line("a", "run", TRAINING).set([1], [2])
    second.line("b", "", TRAINING).set([1], [3])
    rate = Band("Learning rate")
    rate.line("rate", "rate", TRAINING).set([1], [1])
    names = ["loss run", "loss run (2)", "loss b", "learning rate"]
    assert list(columns((first, second, rate))) == names


def test_the_kind_of_file_is_added_to_the_name_and_the_folder_is_remembered(
    chart: Chart, tmp_path: Path
) -> None:
    proposed: list[str] = []

    def answer(_parent: object, start: str, _kinds: str) -> str:
        proposed.append(start)
        return str(tmp_path / "figure 1")

    chart.files.ask = answer
    assert chart.files.save("csv") == tmp_path / "figure 1.csv"
    assert chart.files.save("png") == tmp_path / "figure 1.png"
    assert Path(proposed[0]).name == "pets-second-try.csv"
    assert Path(proposed[1]) == tmp_path / "pets-second-try.png"


def test_no_answer_writes_nothing(chart: Chart, tmp_path: Path) -> None:
    chart.files.ask = lambda _parent, _start, _kinds: ""
    assert chart.files.save("png") is None


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(chart: Chart, tmp_path: Path) -> None:
    told: list[UserError] = []
    chart.files.tell = told.append
    chart.files.ask = lambda _parent, _start, _kinds: str(tmp_path / f"{'x' * 300}.svg")
    assert chart.files.save("svg") is None
    assert told[0].sentence == "The plot could not be saved: the name is too long."
    assert not list(tmp_path.iterdir())


def test_an_empty_chart_offers_nothing_to_save_and_says_why(qtbot: QtBot) -> None:
    empty = Chart((Band("Accuracy"),))
    qtbot.addWidget(empty)
    actions = empty.files.menu().actions()
    assert [action.isEnabled() for action in actions] == [False] * 4
    assert actions[0].toolTip() == "There is nothing to save yet."


def test_the_figure_can_be_copied(chart: Chart) -> None:
    chart.files.copy()
    assert QGuiApplication.clipboard().image().width() >= 2 * chart.width()


def test_the_menu_comes_by_the_right_button_and_by_the_small_one(
    chart: Chart, qtbot: QtBot
) -> None:
    opened: list[QPoint] = []
    chart.files.open_at = opened.append
    where = QPoint(200, 100)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(
        chart.viewport(), QContextMenuEvent(reason, where, chart.mapToGlobal(where))
    )
    chart.menu_button.click()
    assert opened == [
        chart.mapToGlobal(where),
        chart.menu_button.mapToGlobal(chart.menu_button.rect().bottomLeft()),
    ]


@pytest.mark.parametrize(
    ("title", "name"), [("Größe 3/4!", "größe-3-4"), ("", "plot"), ("../..", "plot")]
)
def test_a_title_becomes_a_name_of_a_file(title: str, name: str) -> None:
    assert file_name(title) == name
