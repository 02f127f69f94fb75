"""The status row: work in progress, a way out of it, and messages that pass."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from cnnstudio.gui.progress_line import ProgressLine
from cnnstudio.gui.status_strip import Progress, StatusStrip


def words(strip: StatusStrip) -> list[str]:
    return [label.text() for label in strip.findChildren(QLabel) if label.isVisible()]


def line_of(strip: StatusStrip) -> ProgressLine:
    line = strip.findChild(ProgressLine)
    assert line is not None
    return line


def test_work_in_progress_can_be_canceled(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show()
    strip.set_progress(Progress("Epoch 2 of 4", 5, 20, ("15 s left",), "run.stop"))
    assert words(strip)[:2] == ["Epoch 2 of 4", "15 s left"]
    assert line_of(strip).share == 0.25
    cancel = strip.findChild(QToolButton, "status.cancel")
    assert cancel is not None
    with qtbot.waitSignal(strip.cancel_requested) as heard:
        cancel.click()
    assert heard.args == ["run.stop"]


def test_work_that_is_being_stopped_says_why_it_cannot_be_canceled_again(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show()
    strip.set_progress(Progress("Stopping", cancel="run.stop", reason="It is being stopped."))
    cancel = strip.findChild(QToolButton, "status.cancel")
    assert cancel is not None
    assert not cancel.isEnabled()
    assert cancel.toolTip() == "It is being stopped."
    assert line_of(strip).share is None


def test_a_message_stands_before_the_work(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show()
    strip.say("Saved.")
    strip.set_progress(Progress("Reading images"))
    assert words(strip)[0] == "Saved."


def test_without_work_nothing_is_in_the_way(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show()
    strip.set_progress(Progress("Reading images", cancel="images.cancel"))
    strip.set_progress(None)
    cancel = strip.findChild(QToolButton, "status.cancel")
    assert cancel is not None
    assert not cancel.isVisible()
    assert not line_of(strip).isVisible()


def test_a_message_hides_no_work_that_begins_or_ends(qtbot: QtBot) -> None:
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show()
    strip.say("Saved to pets.yaml")
    strip.set_progress(Progress("Epoch 1 of 4", 5, 20, ("15 s left",), "run.stop"))
    cancel = strip.findChild(QToolButton, "status.cancel")
    assert cancel is not None
    assert cancel.isVisible()
    assert words(strip)[:2] == ["Saved to pets.yaml", "15 s left"]
    strip.set_progress(None)
    assert not cancel.isVisible()
    assert words(strip)[0] == "Saved to pets.yaml"
