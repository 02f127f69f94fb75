"""What the window does by itself: it tells what moved, and forgets closed dialogs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.app import Studio
from cnnstudio.gui.augmentation.code_dialog import CodeDialog
from cnnstudio.gui.augmentation.import_dialog import ImportDialog
from cnnstudio.gui.caches import CachesDialog
from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.spec.defaults import propose
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.files import save
from cnnstudio.spec.sources import ClassFolders


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication) -> Iterator[Studio]:
    """A window whose worker command ends at once."""
    controller = RunController([sys.executable, "-c", "raise SystemExit(3)"], patience=2)
    made = Studio(qapp, SettingsFile(), controller)
    made.window.painted.disconnect()
    made.show()
    yield made
    made.document.undo_stack.setClean()
    made.window.close()
    made.close()


def open_pets(studio: Studio, image_folder: Path, tmp_path: Path, qtbot: QtBot) -> None:
    from cnnstudio.data.facts import facts
    from cnnstudio.data.index import index
    from cnnstudio.spec.experiment import Dataset

    source = ClassFolders(path=str(image_folder))
    known = facts(Dataset(source=source), index(Dataset(source=source)))
    save(propose("pets", source, known), tmp_path / "experiment.yaml")
    with qtbot.waitSignal(studio.document.index_changed, timeout=20_000, check_params_cb=bool):
        studio.open(tmp_path / "experiment.yaml")


def test_another_seed_tells_in_the_status_row_how_many_images_moved(
    studio: Studio, image_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_pets(studio, image_folder, tmp_path, qtbot)
    with qtbot.waitSignal(studio.document.moved, timeout=20_000) as got:
        studio.document.edit("dataset.split.seed", 7)
    said = studio.window.status.findChild(QLabel, "status.text")
    assert said is not None
    assert said.text() == f"Images: {len(got.args[0].moved)} moved to another part."
    assert said.toolTip() == got.args[0].sentence


def test_images_are_listed_anew_once_the_caches_are_cleared(
    studio: Studio, image_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    arrays = tmp_path / "pets.npz"
    pixels = np.zeros((8, 6, 6, 3), np.uint8)
    np.savez(arrays, images=pixels, labels=np.array(["cat", "dog"] * 4))
    listed = studio.document.index_changed
    with qtbot.waitSignal(studio.document.proposed, timeout=20_000) as got:
        studio.open(arrays)
    reading = got.args[0]
    studio.document.new(propose("pets", reading.source, reading.facts), reading)
    studio.window.commands.trigger("caches.show")
    (dialog,) = studio.window.findChildren(CachesDialog)
    clear = dialog.findChild(QPushButton, "caches.clear")
    assert clear is not None
    qtbot.waitUntil(clear.isEnabled, timeout=20_000)
    with qtbot.waitSignal(listed, timeout=20_000, check_params_cb=bool) as got:
        clear.click()
    # What a .npz file holds was unpacked into the cache, and is there again.
    assert all(sample.path.is_file() for sample in got.args[0].samples)
    dialog.close()


def test_a_closed_dialog_leaves_nothing_behind(studio: Studio, qtbot: QtBot) -> None:
    studio.window.commands.trigger("help.about")
    studio.files.tell(UserError("It failed."))
    dialogs = studio.window.findChildren(QDialog)
    assert len(dialogs) == 2
    for dialog in dialogs:
        dialog.accept()
    qtbot.waitUntil(lambda: not studio.window.findChildren(QDialog), timeout=5_000)


def test_arguments_are_imported_from_any_stage_as_one_step(
    studio: Studio, image_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_pets(studio, image_folder, tmp_path, qtbot)
    studio.window.commands.trigger("stage.model")
    studio.window.commands.trigger("augmentation.import")
    assert studio.window.stage == "augment"
    dialog = studio.window.findChild(ImportDialog)
    assert dialog is not None
    before, steps = studio.document.experiment, studio.document.undo_stack.count()
    dialog.text.setPlainText("rotation_range=33, rescale=1/127.5")
    dialog.apply.click()
    assert studio.document.undo_stack.count() == steps + 1
    assert studio.document.experiment != before
    studio.window.commands.trigger("edit.undo")
    assert studio.document.experiment == before


def test_code_and_import_wait_for_an_experiment(studio: Studio) -> None:
    for id in ("augmentation.import", "augmentation.code"):
        assert studio.window.commands.reason(id)
        studio.window.commands.trigger(id)
    assert studio.window.findChild(ImportDialog) is None
    assert studio.window.findChild(CodeDialog) is None
