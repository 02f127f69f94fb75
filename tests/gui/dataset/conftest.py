"""A Data page over a document, as the program wires them."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.document import Document
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.stages.data_stage import DataPage
from cnnstudio.gui.theme import DARK
from tests.gui.pages import built


@pytest.fixture
def page(qtbot: QtBot, opened: Document) -> StagePage:
    collection = Collection(opened)
    made = built(DataPage(collection))
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
