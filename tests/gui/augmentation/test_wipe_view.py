"""The slider between the original and a draw."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from cnnstudio.data.index import Sample
from cnnstudio.gui.augmentation.closer_look import CloserLook
from cnnstudio.gui.augmentation.tiles import Tile
from cnnstudio.gui.augmentation.wipe_view import WipeView

BLUE, RED = QColor("#0000FF"), QColor("#FF0000")


def tile(epoch: int | None = 0, label: str = "+4°") -> Tile:
    original, picture = (QImage(16, 16, QImage.Format.Format_RGB888) for _ in range(2))
    original.fill(BLUE)
    picture.fill(RED)
    sample = Sample("cat/1.png", "/images/cat/1.png", 0, "train")
    return Tile(picture, original, sample, label, f"Rotation: {label}", epoch=epoch)


@pytest.fixture
def wipe(qtbot: QtBot) -> WipeView:
    made = WipeView()
    qtbot.addWidget(made)
    made.resize(400, 440)
    made.show_tile(tile())
    made.show()
    return made


def colors(wipe: WipeView) -> list[QColor]:
    """The colour at a quarter and at three quarters of the picture, below the middle."""
    shot, place = wipe.grab().toImage(), wipe.place()
    y = int(place.top() + 0.7 * place.height())
    return [shot.pixelColor(int(place.left() + s * place.width()), y) for s in (0.25, 0.75)]


def test_left_of_the_divider_is_the_original_right_of_it_the_draw(wipe: WipeView) -> None:
    assert colors(wipe) == [BLUE, RED]
    wipe.set_share(0.0)
    assert colors(wipe) == [RED, RED]
    wipe.set_share(1.0)
    assert colors(wipe) == [BLUE, BLUE]


def test_arrows_move_the_divider_and_stop_at_the_ends(qtbot: QtBot, wipe: WipeView) -> None:
    qtbot.keyClick(wipe, Qt.Key.Key_Right)
    assert wipe.share == pytest.approx(0.55)
    qtbot.keyClick(wipe, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert wipe.share == pytest.approx(0.54)
    qtbot.keyClick(wipe, Qt.Key.Key_End)
    qtbot.keyClick(wipe, Qt.Key.Key_Right)
    assert wipe.share == 1.0
    qtbot.keyClick(wipe, Qt.Key.Key_Home)
    qtbot.keyClick(wipe, Qt.Key.Key_Left)
    assert wipe.share == 0.0


def test_the_divider_goes_where_the_pointer_is(qtbot: QtBot, wipe: WipeView) -> None:
    place = wipe.place()
    spot = place.topLeft() + (place.bottomRight() - place.topLeft()) * 0.75
    qtbot.mousePress(wipe, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    assert wipe.share == pytest.approx(0.75, abs=0.01)


def test_exact_pixels_are_enlarged_by_a_whole_number(wipe: WipeView) -> None:
    wipe.resize(413, 461)
    assert wipe.place().width() % 16 != 0
    wipe.set_exact(True)
    assert wipe.place().width() % 16 == 0
    assert wipe.place().left().is_integer()


def test_up_and_down_go_round_the_draws_and_p_asks_for_the_shown_one(qtbot: QtBot) -> None:
    look = CloserLook()
    qtbot.addWidget(look)
    look.show_tiles([tile(n, f"+{n}°") for n in range(3)], 1)
    qtbot.keyClick(look.wipe, Qt.Key.Key_Down)
    qtbot.keyClick(look.wipe, Qt.Key.Key_Down)
    assert look.wipe.tile is not None
    assert look.wipe.tile.epoch == 0
    qtbot.keyClick(look.wipe, Qt.Key.Key_Up)
    with qtbot.waitSignal(look.pin) as asked:
        qtbot.keyClick(look.wipe, Qt.Key.Key_P)
    assert asked.args == [2]
    with qtbot.waitSignal(look.back):
        qtbot.keyClick(look.wipe, Qt.Key.Key_Escape)


def test_it_follows_its_draw_to_another_place_on_the_wall(qtbot: QtBot) -> None:
    look = CloserLook()
    qtbot.addWidget(look)
    look.show_tiles([tile(5), tile(6), tile(7)], 1)
    look.follow([tile(6, "+9°"), tile(5), tile(7)])
    assert look.wipe.tile is not None
    assert (look.wipe.tile.epoch, look.wipe.tile.label) == (6, "+9°")
    with qtbot.waitSignal(look.back):
        look.follow([])
