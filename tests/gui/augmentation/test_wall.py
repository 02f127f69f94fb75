"""The wall of the preview: where tiles stand, and what keys and clicks do on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from cnnstudio.data.index import Sample
from cnnstudio.gui.augmentation.tile_painter import pin_place
from cnnstudio.gui.augmentation.tile_view import TileView
from cnnstudio.gui.augmentation.tiles import Tile, Tiles, Wanted
from cnnstudio.gui.augmentation.wall import arrange, arrange_exactly
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders

SAMPLE = Sample("cat/1.png", "/images/cat/1.png", 0, "train")


def wall_of(count: int, ends: bool = False) -> Tiles:
    picture = QImage(8, 8, QImage.Format.Format_RGB888)
    picture.fill(Qt.GlobalColor.gray)
    experiment = Experiment(dataset=Dataset(source=ClassFolders(path="/images")))
    tiles = tuple(
        Tile(picture, picture, SAMPLE, f"+{n}°", f"Rotation: +{n}°", epoch=None if ends else n)
        for n in range(count)
    )
    return Tiles(Wanted(experiment, SAMPLE, ends=ends), picture, (8, 8), tiles)


@pytest.fixture
def view(qtbot: QtBot) -> TileView:
    made = TileView()
    qtbot.addWidget(made)
    made.resize(760, 560)
    made.show_tiles(wall_of(made.room), ("cat/1.png", "cat"))
    made.show()
    return made


def middle(view: TileView, number: int) -> QPoint:
    place = view.place_of(number)
    assert place is not None
    return place.center().toPoint()


@given(
    width=st.floats(300, 2000),
    height=st.floats(250, 1500),
    aspect=st.floats(0.4, 2.5),
    liked=st.integers(1, 60),
)
def test_the_wall_stays_inside_its_room(
    width: float, height: float, aspect: float, liked: int
) -> None:
    wall = arrange(width, height, aspect, liked)
    assert wall.draws == max(1, len(wall.cells()))
    if wall.tile.width() > 84.01:
        assert wall.columns * wall.tile.width() <= width + 0.01
        assert wall.rows * wall.tile.height() <= height + 0.01


@given(width=st.floats(300, 2000), height=st.floats(250, 1500), aspect=st.floats(0.02, 0.4))
def test_images_that_are_very_high_are_shown_whole(
    width: float, height: float, aspect: float
) -> None:
    wall = arrange(width, height, aspect)
    assert all(
        wall.place(row, column, width).bottom() <= height + 0.01 for row, column in wall.cells()
    )
    assert wall.place(0, 0, width, wall.span).bottom() <= height + 0.01


@given(
    width=st.integers(300, 2000),
    height=st.integers(250, 1500),
    image=st.tuples(st.integers(8, 512), st.integers(8, 512)),
    ratio=st.sampled_from([1.0, 1.25, 2.0]),
)
def test_exact_tiles_are_whole_multiples_of_the_image_and_do_not_overlap(
    width: int, height: int, image: tuple[int, int], ratio: float
) -> None:
    wall = arrange_exactly(width, height, image, ratio)
    if wall is None:
        assert width < 2 * image[1] / ratio + 12 or height < 2 * image[0] / ratio + 80
        return
    factor = wall.tile.width() * ratio / image[1]
    assert factor == pytest.approx(round(factor))
    assert wall.tile.height() * ratio / image[0] == pytest.approx(factor)
    places = [wall.place(row, column, width) for row, column in [(0, 0), *wall.cells()]]
    assert all(place.left() >= 0 and place.right() <= width + 0.01 for place in places)
    assert all(place.bottom() <= height for place in places)
    assert not any(a.intersects(b) for n, a in enumerate(places) for b in places[:n])
    if ratio == 1.0:
        assert all(place.left().is_integer() and place.top().is_integer() for place in places)


def test_a_click_opens_a_tile_and_on_its_pin_keeps_it(qtbot: QtBot, view: TileView) -> None:
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, 2))
    assert opened.args == [2]
    place = view.place_of(1)
    assert place is not None
    spot = pin_place(place).center().toPoint()
    with qtbot.assertNotEmitted(view.opened), qtbot.waitSignal(view.pinned) as pinned:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot)
    assert pinned.args == [1]


def test_the_original_is_no_draw(qtbot: QtBot, view: TileView) -> None:
    with qtbot.assertNotEmitted(view.opened):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))


def test_a_click_beside_the_press_opens_nothing(qtbot: QtBot, view: TileView) -> None:
    with qtbot.assertNotEmitted(view.opened):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=middle(view, 0))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle(view, 1))


def test_the_keyboard_goes_from_tile_to_tile_opens_and_pins(qtbot: QtBot, view: TileView) -> None:
    key = Qt.Key
    qtbot.keyClick(view, key.Key_Right)  # to the first
    qtbot.keyClick(view, key.Key_Right)
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, key.Key_Return)
    assert opened.args == [1]
    qtbot.keyClick(view, key.Key_Down)
    first, below = view.place_of(1), None
    with qtbot.waitSignal(view.pinned) as pinned:
        qtbot.keyClick(view, key.Key_P)
    below = view.place_of(pinned.args[0])
    assert first is not None
    assert below is not None
    assert below.left() == first.left()
    assert below.top() > first.top()
    qtbot.keyClick(view, key.Key_Up)
    qtbot.keyClick(view, key.Key_Up)  # nothing is above
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, key.Key_Return)
    assert opened.args == [1]


def test_an_end_of_a_range_cannot_be_pinned(qtbot: QtBot, view: TileView) -> None:
    view.show_tiles(wall_of(6, ends=True), ("", ""))
    place = view.place_of(0)
    assert place is not None
    spot = pin_place(place).center().toPoint()
    with qtbot.assertNotEmitted(view.pinned), qtbot.waitSignal(view.opened):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot)


def test_the_wall_of_ends_has_room_for_all_that_fit(view: TileView) -> None:
    for count in (2, 8, 14, 24):
        view.show_tiles(wall_of(count, ends=True), ("", ""))
        assert view.room >= count


def test_a_tile_explains_itself(view: TileView) -> None:
    assert "Rotation: +2°" in view.details_at(middle(view, 2).toPointF())
    assert view.details_at(QPoint(60, 60).toPointF()) == ""
