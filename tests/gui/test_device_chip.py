"""What trains, and why it is this."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cnnstudio.gui.device_chip import DeviceChip

pytestmark = [
    # An offscreen popup cannot do what every popup tries.
    pytest.mark.qt_log_ignore(r"This plugin does not support (raise|grabbing)", extend=True),
]


def words(chip: DeviceChip) -> str:
    popover = chip.explain()
    said = " ".join(label.text() for label in popover.findChildren(QLabel))
    popover.close()
    return said


def test_a_processor_says_why_and_what_would_be_faster(qtbot: QtBot) -> None:
    chip = DeviceChip()
    qtbot.addWidget(chip)
    chip.tell("CPU · 2 cores", "TensorFlow found no graphics card that it can use.")
    assert chip.text() == "CPU · 2 cores · why?"
    assert "found no graphics card" in words(chip)
    assert "tensorflow[and-cuda]" in words(chip)


def test_a_graphics_card_needs_no_advice(qtbot: QtBot) -> None:
    chip = DeviceChip()
    qtbot.addWidget(chip)
    chip.tell("RTX", "TensorFlow uses the graphics card RTX.")
    assert chip.text() == "RTX"
    assert "and-cuda" not in words(chip)


def test_before_the_first_run_it_says_when_it_will_be_known(qtbot: QtBot) -> None:
    chip = DeviceChip()
    qtbot.addWidget(chip)
    assert "as soon as a network has been trained" in words(chip)
