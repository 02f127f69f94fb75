"""The head of a pane keeps its tools in sight, however long its title is."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cnnstudio.gui.pane import SHORTEST_TITLE, Pane, ToolButton


def test_a_long_title_widens_no_pane_and_hides_no_tool(qtbot: QtBot) -> None:
    pane = Pane("Curves", QLabel())
    qtbot.addWidget(pane)
    tool = ToolButton("download", "Save")
    pane.add_tool(tool)
    narrow = pane.minimumSizeHint().width()
    pane.set_title("Curves · an experiment whose name is far too long for the pane that shows it")
    assert pane.minimumSizeHint().width() <= narrow + SHORTEST_TITLE
    pane.resize(200, 100)
    pane.show()
    assert tool.geometry().right() <= 200
    short = pane.grab().toImage()
    pane.resize(900, 100)
    pane.resize(200, 100)
    assert pane.grab().toImage() == short
    assert pane.title.endswith("shows it"), "the whole title stays known"
