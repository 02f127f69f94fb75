"""The images that all stages share: the list and the choice always belong together."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.data.index import ImageIndex
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.document import Document
from cnnstudio.gui.stage import StagePage
from cnnstudio.spec.edits import NO_EDITS, Edits

DOGS = [f"dog/{number}.png" for number in range(8)]


def edit(document: Document, edits: Edits, qtbot: QtBot) -> ImageIndex:
    with qtbot.waitSignal(document.index_changed, timeout=20_000):
        document.edit("dataset.edits", edits)
    assert document.index is not None
    return document.index


def test_the_chosen_image_is_of_the_list_that_is_told(
    page: StagePage, opened: Document, qtbot: QtBot
) -> None:
    collection = Collection()
    wolves = edit(opened, NO_EDITS.changed(DOGS[:1], label="wolf"), qtbot)
    collection.set_index(wolves)
    wolf = next(sample for sample in wolves.samples if sample.key == DOGS[0])
    collection.choose(wolf)
    told: list[str] = []

    def tell(index: ImageIndex) -> None:
        assert collection.chosen is not None
        told.append(index.class_of(collection.chosen))

    collection.index_changed.connect(tell)
    collection.set_index(edit(opened, NO_EDITS, qtbot))
    collection.set_index(edit(opened, NO_EDITS.changed(DOGS, label="wolf"), qtbot))
    assert told == ["dog", "wolf"]


@pytest.mark.parametrize("said", ["excluded", "relabelled"])
def test_the_page_follows_a_class_that_goes(
    page: StagePage, opened: Document, qtbot: QtBot, said: str
) -> None:
    three = NO_EDITS.changed(DOGS[4:], label="wolf")
    edit(opened, three, qtbot)
    collection = next(iter(opened.findChildren(Collection)))
    assert collection.index is opened.index
    last = next(sample for sample in collection.everything if sample.key == DOGS[7])
    collection.choose(last)
    gone = (
        three.changed(DOGS[4:], excluded=True)
        if said == "excluded"
        else three.changed(DOGS[4:], label="cat")
    )
    after = edit(opened, gone, qtbot)
    assert after.class_names == ("cat", "dog")
    assert collection.chosen is not None
    assert after.class_of(collection.chosen) == ("wolf" if said == "excluded" else "cat")
