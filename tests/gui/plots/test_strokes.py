"""Curves are painted where their numbers are, whether as lines or as one stroke a pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from cnnstudio.gui.plots.band import Band
from cnnstudio.gui.plots.lines import Look
from cnnstudio.gui.plots.strokes import curves, strokes

WIDTH, HEIGHT = 300, 120
BLACK = Look("#000000", 1.0)


def painted(band: Band, high: float, vector: bool = False, ratio: float = 1.0) -> QImage:
    image = QImage(int(WIDTH * ratio), int(HEIGHT * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    painter = QPainter(image)
    for line in band.lines.values():
        line.draw(0.0, high, int(WIDTH * ratio))
    curves(painter, band, 0.0, high, QRectF(0, 0, WIDTH, HEIGHT), vector)
    painter.end()
    return image


def dark(image: QImage) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """bool[height, width]: where a curve is."""
    pixels = np.frombuffer(image.constBits(), np.uint8)
    pixels = pixels.reshape(image.height(), image.width(), 4)
    return np.asarray(pixels[:, :, :3].max(axis=2) < 128)


def noisy_band(points: int, width: float = 1.0) -> tuple[Band, np.ndarray]:
    band = Band("Accuracy")
    values = np.random.default_rng(0).uniform(0.3, 0.7, points)
    line = band.line("a", "a", Look("#000000", width))
    line.set(np.arange(points), values)
    return band, values


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_crowded_curve_fills_the_heights_it_reaches_and_no_others(
    qtbot: QtBot, ratio: float
) -> None:
    band, _values = noisy_band(30_000)
    picture = dark(painted(band, 30_000.0, ratio=ratio))
    rows = np.flatnonzero(picture.any(axis=1)) / ratio
    assert rows.min() == pytest.approx(0.3 * HEIGHT, abs=2)
    assert rows.max() == pytest.approx(0.7 * HEIGHT, abs=2)
    assert picture[int(HEIGHT * ratio / 2)].mean() > 0.95


def test_strokes_and_lines_cover_the_same_pixels(qtbot: QtBot) -> None:
    band, _values = noisy_band(4_000)
    strokes_only, as_line = dark(painted(band, 4_000.0)), dark(painted(band, 4_000.0, vector=True))
    assert (strokes_only != as_line).mean() < 0.05


def test_a_calm_curve_of_many_points_is_a_thin_line(qtbot: QtBot) -> None:
    band = Band("Accuracy")
    band.line("a", "a", BLACK).set(np.arange(50_000), np.linspace(0.2, 0.8, 50_000))
    picture = painted(band, 50_000.0)
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(HEIGHT, WIDTH, 4)
    assert 1 <= (pixels[:, 20:280, 0] < 250).sum(axis=0).mean() <= 3


@pytest.mark.parametrize("style", [Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine])
def test_a_gap_is_left_empty(qtbot: QtBot, style: Qt.PenStyle) -> None:
    band = Band("Accuracy")
    values = np.full(100, 0.5)
    values[40:60] = np.nan
    values[80] = np.inf
    band.line("a", "a", Look("#000000", 2.0, style)).set(np.arange(100), values)
    picture = dark(painted(band, 100.0)).any(axis=0)
    columns = np.atleast_1d(picture)
    assert columns[10:110].any()
    assert not columns[125:175].any()


def test_the_ground_of_a_line_reaches_down_to_zero(qtbot: QtBot) -> None:
    band = Band("Loss")
    band.line("a", "a", Look("#000000", 1.0, fill=1.0)).set([0, 100], [0.5, 0.5])
    picture = dark(painted(band, 100.0))
    assert picture[65:118, 5:295].all()
    assert not picture[:55].any()


def test_an_empty_chart_and_a_chart_without_room_paint_nothing(qtbot: QtBot) -> None:
    band, _values = noisy_band(10)
    assert not dark(painted(Band("empty"), 10.0)).any()
    image = painted(Band("empty"), 10.0)
    painter = QPainter(image)
    curves(painter, band, 5.0, 5.0, QRectF(0, 0, WIDTH, HEIGHT))
    curves(painter, band, 0.0, 5.0, QRectF())
    painter.end()
    assert not dark(image).any()


@given(
    st.lists(st.floats(-50, 350), min_size=1, max_size=200),
    st.lists(st.floats(0, 100) | st.just(float("nan")), min_size=200, max_size=200),
)
def test_there_is_one_stroke_a_column_and_neighbours_touch(
    places: list[float], rows: list[float]
) -> None:
    x, y = np.sort(np.array(places)), np.array(rows[: len(places)])
    column, top, foot = strokes(x, y, y, WIDTH)
    assert (np.diff(column) > 0).all()
    assert (top <= foot).all()
    beside = np.diff(column) == 1
    assert (np.maximum(top[1:], top[:-1])[beside] <= np.minimum(foot[1:], foot[:-1])[beside]).all()
