"""The dialog of the caches: sizes, clearing, and what the settings of the images say of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.data.cache import PixelCache
from cnnstudio.data.cachefolder import bytes_of, cache_root
from cnnstudio.data.caches import in_words
from cnnstudio.gui.caches import CachesDialog, CacheWork
from cnnstudio.gui.dataset.cache_note import CacheNote
from cnnstudio.gui.document import Document
from cnnstudio.spec.edits import NO_EDITS


@pytest.fixture
def work() -> Iterator[CacheWork]:
    made = CacheWork()
    yield made
    made.shutdown()


def words_of(dialog: CachesDialog) -> list[str]:
    return [part.text() for part in dialog.findChildren(QLabel) if part.text()]


def button(dialog: CachesDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def opened_dialog(qtbot: QtBot, work: CacheWork) -> CachesDialog:
    with qtbot.waitSignal(work.looked, timeout=20_000):
        dialog = CachesDialog(work)
        qtbot.addWidget(dialog)
        dialog.show()
    return dialog


def test_the_dialog_tells_each_kind_and_clears_them_all(
    qtbot: QtBot, work: CacheWork, opened: Document
) -> None:
    assert opened.experiment is not None
    assert opened.index is not None
    PixelCache.open(opened.experiment.dataset, opened.index)
    (cache_root() / "thumbnails/ab").mkdir(parents=True, exist_ok=True)
    (cache_root() / "thumbnails/ab/one.jpg").write_bytes(b"x" * 3_000_000)
    sizes = [bytes_of(cache_root() / kind) for kind in ("pixels", "thumbnails")]
    dialog = opened_dialog(qtbot, work)
    told = words_of(dialog)
    assert told[told.index("Decoded images") + 1] == in_words(sizes[0])
    assert told[told.index("Thumbnails") + 1] == "3.0 MB"
    assert told[told.index("All") + 1] == in_words(sum(sizes))
    assert f"In {cache_root()}" in told
    with qtbot.waitSignal(work.looked, timeout=20_000) as seen:
        button(dialog, "caches.clear").click()
    assert seen.args is not None
    assert seen.args[1] == sum(sizes)
    assert bytes_of(cache_root()) == 0
    told = words_of(dialog)
    assert f"Freed {in_words(sum(sizes))}. Nothing is kept." in told
    assert told[told.index("Decoded images") + 1] == "0.0 MB"
    assert not button(dialog, "caches.clear").isEnabled()


def test_without_caches_there_is_nothing_to_clear(qtbot: QtBot, work: CacheWork) -> None:
    dialog = opened_dialog(qtbot, work)
    assert "Nothing is kept." in words_of(dialog)
    assert not button(dialog, "caches.clear").isEnabled()


def test_a_look_during_another_follows_it(qtbot: QtBot, work: CacheWork) -> None:
    (cache_root() / "thumbnails/ab").mkdir(parents=True)
    (cache_root() / "thumbnails/ab/one.jpg").write_bytes(b"x" * 1000)
    seen: list[int | None] = []
    work.looked.connect(lambda _held, freed: seen.append(freed))
    work.look(clear=True)
    work.look()
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=20_000)
    assert seen == [1000, None]


def test_clearing_during_a_look_is_not_forgotten(qtbot: QtBot, work: CacheWork) -> None:
    (cache_root() / "thumbnails/ab").mkdir(parents=True)
    (cache_root() / "thumbnails/ab/one.jpg").write_bytes(b"x" * 1000)
    seen: list[int | None] = []
    work.looked.connect(lambda _held, freed: seen.append(freed))
    work.look()
    work.look(clear=True)
    work.look()
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=20_000)
    assert seen == [None, 1000]


def test_the_settings_tell_the_size_that_the_cache_will_have(
    qtbot: QtBot, opened: Document
) -> None:
    note = CacheNote()
    qtbot.addWidget(note)
    assert not note.text()
    opened.changed.connect(note.set_experiment)
    opened.facts_changed.connect(note.set_facts)
    opened.edit("dataset.image_size", (250, 100))
    note.set_facts(opened.facts)
    assert opened.experiment is not None
    assert opened.index is not None
    assert note.text() == "Decoded images take 1.2 MB on disk."
    assert PixelCache.open(opened.experiment.dataset, opened.index).bytes == 16 * 250 * 100 * 3
    # Excluded images are kept, so that taking them back decodes nothing.
    with qtbot.waitSignal(opened.facts_changed, timeout=20_000):
        opened.edit("dataset.edits", NO_EDITS.changed(["cat/1.png"], excluded=True))
    assert note.text() == "Decoded images take 1.2 MB on disk."
    opened.edit("dataset.color", "grayscale")
    assert note.text() == "Decoded images take 0.4 MB on disk."
