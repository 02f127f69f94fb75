"""The preview shows what trains, follows the settings, and says when it does not apply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnnstudio.augment.samples import SampleMaker
from cnnstudio.gui.augmentation.preview import AugmentationPreview
from cnnstudio.gui.augmentation.tile_view import arrange
from cnnstudio.gui.augmentation.tiles import Tile, TileMaker
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.dataset.pictures import as_image
from cnnstudio.gui.document import Document
from cnnstudio.spec.defaults import operations_for


@pytest.fixture
def collection(opened: Document) -> Collection:
    made = Collection(opened)
    made.set_index(opened.index)
    return made


@pytest.fixture
def preview(qtbot: QtBot, collection: Collection, opened: Document) -> AugmentationPreview:
    made = AugmentationPreview(collection)
    qtbot.addWidget(made)
    opened.changed.connect(made.set_experiment)
    made.edited.connect(lambda path, value: opened.edit(path, value))
    assert opened.experiment is not None
    made.set_experiment(opened.experiment)
    made.resize(780, 640)
    made.show()
    qtbot.waitUntil(lambda: is_full(made), timeout=20_000)
    return made


def is_full(preview: AugmentationPreview) -> bool:
    """Whether the wall shows as many draws as fit."""
    shown = preview.view._tiles
    return shown is not None and len(shown.tiles) == preview.view.room


def tiles(preview: AugmentationPreview) -> tuple[Tile, ...]:
    assert preview.view._tiles is not None
    return preview.view._tiles.tiles


def test_a_tile_is_the_trainers_sample_to_the_last_byte(
    opened: Document, collection: Collection
) -> None:
    experiment, sample = opened.experiment, collection.chosen
    assert experiment is not None
    assert sample is not None
    made = TileMaker().make(experiment, sample, (0, 3, 11))
    maker = SampleMaker(experiment)
    pixels = maker.load(sample)
    for tile, epoch in zip(made.tiles, (0, 3, 11), strict=True):
        assert tile.picture == as_image(maker.sample(pixels, sample.key, epoch))
        assert tile.label == maker.draw(sample.key, epoch).label


def test_training_mode_shows_the_epochs_from_the_one_set(
    qtbot: QtBot, preview: AugmentationPreview
) -> None:
    preview.show_as_trained(3)
    qtbot.waitUntil(lambda: preview.view._titles[:1] == ("epoch 3",), timeout=20_000)
    view = preview.view
    assert view._tiles is not None
    assert view._tiles.epochs[:3] == (2, 3, 4)


def test_no_epoch_beyond_the_last_is_shown(
    qtbot: QtBot, preview: AugmentationPreview, opened: Document
) -> None:
    opened.edit("training.epochs", 4)
    preview.show_as_trained(3)
    qtbot.waitUntil(lambda: preview.view._titles == ("epoch 3", "epoch 4"), timeout=20_000)


def test_space_draws_other_values(qtbot: QtBot, preview: AugmentationPreview) -> None:
    before = [tile.label for tile in tiles(preview)]
    qtbot.keyClick(preview.view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: [t.label for t in tiles(preview)] != before, timeout=20_000)


def test_an_edit_keeps_the_random_numbers_and_changes_the_range(
    qtbot: QtBot, preview: AugmentationPreview, opened: Document
) -> None:
    before = [tile.label.split()[0] for tile in tiles(preview)]
    opened.edit("augmentation.operations.0.degrees", 20.0)
    qtbot.waitUntil(lambda: tiles(preview)[0].label.split()[0] != before[0], timeout=20_000)
    for old, tile in zip(before, tiles(preview), strict=True):
        new = tile.label.split()[0]
        assert abs(float(new[:-1]) - 2 * float(old[:-1])) <= 1.5


def test_a_validation_image_says_that_it_is_never_augmented(
    preview: AugmentationPreview, collection: Collection
) -> None:
    assert not preview._note.isVisible()
    assert collection.index is not None
    collection.choose(collection.index.part("validation")[0])
    assert preview._note.isVisible()
    assert "never augmented" in preview._note.text()


def test_without_operations_it_offers_light_ones_as_one_edit(
    qtbot: QtBot, preview: AugmentationPreview, opened: Document
) -> None:
    opened.edit("augmentation.operations", ())
    opened.edit("augmentation.fill_mode", "constant")
    assert preview._empty.isVisible()
    steps = opened.undo_stack.count()
    qtbot.mouseClick(preview._empty.light, Qt.MouseButton.LeftButton)
    assert opened.experiment is not None
    assert opened.experiment.augmentation.operations == operations_for("photos")
    assert opened.experiment.augmentation.fill_mode == "constant"
    assert opened.undo_stack.count() == steps + 1
    assert not preview._empty.isVisible()


def test_an_image_that_vanished_is_told_in_a_sentence(
    qtbot: QtBot, preview: AugmentationPreview, collection: Collection
) -> None:
    assert collection.index is not None
    sample = collection.index.samples[-1]
    sample.path.unlink()
    collection.choose(sample)
    qtbot.waitUntil(lambda: "7.png" in preview.view._words, timeout=20_000)


def test_settings_of_training_alone_draw_nothing_anew(
    preview: AugmentationPreview, opened: Document
) -> None:
    shown = preview.view._tiles
    opened.edit("training.optimizer.global_clipnorm", 2.0)
    assert preview.view._tiles is shown


@given(
    width=st.floats(300, 2000),
    height=st.floats(250, 1500),
    aspect=st.floats(0.4, 2.5),
)
def test_the_wall_stays_inside_its_room(width: float, height: float, aspect: float) -> None:
    wall = arrange(width, height, aspect)
    assert wall.draws == max(1, len(wall.cells()))
    if wall.tile.width() > 84.01:
        assert wall.columns * wall.tile.width() <= width + 0.01
        assert wall.rows * wall.tile.height() <= height + 0.01
