"""The dataset's settings: which images stay together, and what a rule makes of their names."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from cnnstudio.gui.dataset.dataset_form import DatasetForm
from cnnstudio.gui.document import Document
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.groupings import NamePattern, Subfolder


def note_of(form: DatasetForm) -> str:
    return form._groups_note.text()


def test_a_rule_shows_the_groups_it_makes(qtbot: QtBot, opened: Document) -> None:
    form = DatasetForm()
    qtbot.addWidget(form)
    opened.changed.connect(form.set_experiment)
    opened.facts_changed.connect(form.set_facts)
    form.set_facts(opened.facts)
    assert note_of(form) == ""
    with qtbot.waitSignal(opened.facts_changed, timeout=20_000):
        opened.edit("dataset.split.group", NamePattern(pattern="^([0-5])"))
    assert note_of(form) == "6 groups of 12 images, at most 2 in one: 0, 1, 2, 3, 4, 5"
    with qtbot.waitSignal(opened.facts_changed, timeout=20_000):
        opened.edit("dataset.split.group", Subfolder())
    assert note_of(form) == "No two images are of one group."
    with qtbot.waitSignal(opened.facts_changed, timeout=20_000):
        opened.edit("dataset.split.group", None)
    assert note_of(form) == ""
    twins = NO_EDITS.changed([f"cat/{n}.png" for n in range(3)], group="twins")
    with qtbot.waitSignal(opened.facts_changed, timeout=20_000):
        opened.edit("dataset.edits", twins)
    assert note_of(form) == "1 group of 3 images: twins"
