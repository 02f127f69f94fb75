"""A Data page over a document, as the program wires them."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.document import Document
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.stages import data_stage
from cnnstudio.gui.theme import DARK


@pytest.fixture
def page(qtbot: QtBot, opened: Document) -> StagePage:
    collection = Collection(opened)
    made = data_stage.build(collection)
    qtbot.addWidget(made)
    opened.changed.connect(made.set_experiment)
    opened.facts_changed.connect(made.set_facts)
    opened.index_changed.connect(collection.set_index)
    made.edited.connect(lambda path, value: opened.edit(path, value))
    made.set_theme(DARK)
    assert opened.experiment is not None
    made.set_experiment(opened.experiment)
    made.set_facts(opened.facts)
    collection.set_index(opened.index)
    made.resize(1200, 700)
    made.show()
    return made


@pytest.fixture
def full_browser(page: StagePage) -> DatasetBrowser:
    found = page.findChild(DatasetBrowser)
    assert isinstance(found, DatasetBrowser)
    return found
