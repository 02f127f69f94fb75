"""The dataset's settings: which images stay together, and what a rule makes of their names."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.dataset.dataset_form import DatasetForm
from cnnstudio.gui.document import Document
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.groupings import NamePattern, Subfolder


def note_of(form: DatasetForm) -> str:
    return form._groups_note.text()


def test_a_rule_shows_the_groups_it_makes(qtbot: QtBot, opened: Document) -> None:
    form = DatasetForm(Collection(opened))
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


def test_a_group_pattern_shows_what_it_finds_while_it_is_typed(
    qtbot: QtBot, opened: Document
) -> None:
    collection = Collection(opened)
    form = DatasetForm(collection)
    qtbot.addWidget(form)
    opened.changed.connect(form.set_experiment)
    collection.set_index(opened.index)
    opened.edit("dataset.split.group", NamePattern(pattern="^([0-5])"))
    qtbot.waitUntil(lambda: form.groups.seen is not None, timeout=20_000)
    seen = form.groups.seen
    assert seen is not None
    assert (len(seen.classes), seen.classes[0][1], seen.fitting, seen.total) == (6, 2, 12, 16)
    line = next(e for e in form.findChildren(QLineEdit) if e.accessibleName() == "Pattern")
    line.setText("")
    qtbot.keyClicks(line, "(png)$")
    qtbot.waitUntil(
        lambda: form.groups.seen is not None and form.groups.seen.fitting == 16, timeout=20_000
    )
    # A pattern that is no pattern yet leaves the last picture, and nothing was edited so far.
    line.setText("")
    qtbot.keyClicks(line, "(")
    assert form.groups.pattern == "(png)$"
    assert opened.experiment is not None
    assert opened.experiment.dataset.split.group == NamePattern(pattern="^([0-5])")
    opened.edit("dataset.split.group", None)
    assert form.groups.seen is None
