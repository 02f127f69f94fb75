"""The editor of operations, joined to the document as the stage joins it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.augmentation.operations_editor import OperationsEditor
from cnnstudio.gui.document import Document


@pytest.fixture
def editor(qtbot: QtBot, opened: Document) -> OperationsEditor:
    made = OperationsEditor()
    qtbot.addWidget(made)
    opened.changed.connect(made.set_experiment)
    made.edited.connect(lambda path, value: opened.edit(path, value))
    assert opened.experiment is not None
    made.set_experiment(opened.experiment)
    made.resize(330, 700)
    made.show()
    return made
