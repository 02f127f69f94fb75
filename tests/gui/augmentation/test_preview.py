"""The preview shows what trains, follows the settings, and says when it does not apply."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnnstudio.gui.augmentation.preview import AugmentationPreview
from cnnstudio.gui.augmentation.preview_bar import ENDS, FRESH
from cnnstudio.gui.augmentation.tiles import Tile, TileMaker, Tiles, Wanted
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.document import Document
from cnnstudio.spec.defaults import operations_for
from cnnstudio.spec.operations.mixing import MixUp
from cnnstudio.spec.operations.tone import RandomContrast

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def collection(opened: Document) -> Collection:
    made = Collection(opened)
    made.set_index(opened.index)
    return made


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    return lambda so: qtbot.waitUntil(so, timeout=20_000)


@pytest.fixture
def preview(
    qtbot: QtBot, collection: Collection, opened: Document, until: Until
) -> AugmentationPreview:
    made = AugmentationPreview(collection)
    qtbot.addWidget(made)
    opened.changed.connect(made.set_experiment)
    made.edited.connect(lambda path, value: opened.edit(path, value))
    assert opened.experiment is not None
    made.set_experiment(opened.experiment)
    made.resize(780, 640)
    made.show()
    until(lambda: is_full(made))
    return made


def is_full(preview: AugmentationPreview) -> bool:
    """Whether the wall shows as many draws as fit."""
    shown = preview.view.tiles
    return shown is not None and len(shown.tiles) == preview.view.room


def tiles(preview: AugmentationPreview) -> tuple[Tile, ...]:
    return preview.view.tiles.tiles if preview.view.tiles is not None else ()


def degrees(words: str) -> float:
    """The number of a drawn angle such as `−12°`."""
    return float(words.removesuffix("°").replace("−", "-"))


def test_training_mode_shows_the_epochs_from_the_one_set(
    preview: AugmentationPreview, until: Until
) -> None:
    preview.show_as_trained(3)
    until(lambda: [t.title for t in tiles(preview)][:2] == ["epoch 3", "epoch 4"])
    assert [tile.epoch for tile in tiles(preview)][:3] == [2, 3, 4]


def test_no_epoch_beyond_the_last_is_shown(
    preview: AugmentationPreview, opened: Document, until: Until
) -> None:
    opened.edit("training.epochs", 4)
    preview.show_as_trained(3)
    until(lambda: [t.title for t in tiles(preview)] == ["epoch 3", "epoch 4"])


def test_space_draws_other_values(qtbot: QtBot, preview: AugmentationPreview, until: Until) -> None:
    before = [tile.label for tile in tiles(preview)]
    qtbot.keyClick(preview.view, Qt.Key.Key_Space)
    until(lambda: [t.label for t in tiles(preview)] != before)


def test_space_goes_to_the_epochs_that_follow_and_round_to_the_first(
    qtbot: QtBot, preview: AugmentationPreview, opened: Document, until: Until
) -> None:
    opened.edit("training.epochs", preview.view.room + 1)
    preview.show_as_trained(1)
    until(lambda: tiles(preview)[0].title == "epoch 1")
    qtbot.keyClick(preview.view, Qt.Key.Key_Space)
    until(lambda: [t.epoch for t in tiles(preview)] == [preview.view.room])
    qtbot.keyClick(preview.view, Qt.Key.Key_Space)
    until(lambda: tiles(preview)[0].title == "epoch 1")


def test_an_edit_keeps_the_random_numbers_and_changes_the_range(
    preview: AugmentationPreview, opened: Document, until: Until
) -> None:
    before = [tile.label.split()[0] for tile in tiles(preview)]
    opened.edit("augmentation.operations.0.degrees", 20.0)
    until(lambda: tiles(preview)[0].label.split()[0] != before[0])
    for old, tile in zip(before, tiles(preview), strict=True):
        new = tile.label.split()[0]
        assert abs(degrees(new) - 2 * degrees(old)) <= 1.5


def test_a_pinned_draw_stays_while_others_come_and_follows_the_settings(
    qtbot: QtBot, preview: AugmentationPreview, opened: Document, until: Until
) -> None:
    kept = tiles(preview)[2]
    preview.toggle_pin(2)
    until(lambda: tiles(preview)[0].pinned)
    assert tiles(preview)[0].picture == kept.picture
    assert [tile.pinned for tile in tiles(preview)].count(True) == 1
    assert [tile.epoch for tile in tiles(preview)].count(kept.epoch) == 1
    qtbot.keyClick(preview.view, Qt.Key.Key_Space)
    until(lambda: tiles(preview)[1].epoch != kept.epoch and tiles(preview)[0].pinned)
    assert tiles(preview)[0].picture == kept.picture
    opened.edit("augmentation.operations.0.degrees", 90.0)
    until(lambda: tiles(preview)[0].label != kept.label)
    assert tiles(preview)[0].epoch == kept.epoch
    preview.toggle_pin(0)
    until(lambda: not any(tile.pinned for tile in tiles(preview)))


def test_a_pinned_draw_stays_when_another_image_is_chosen(
    preview: AugmentationPreview, collection: Collection, until: Until
) -> None:
    assert collection.index is not None
    first, second = collection.index.part("train")[:2]
    collection.choose(first)
    preview.toggle_pin(0)
    collection.choose(second)
    until(lambda: tiles(preview)[-1].sample == second)
    assert tiles(preview)[0].sample == first
    assert first.key.rsplit("/", 1)[-1] in tiles(preview)[0].title


def test_pins_never_take_the_whole_wall(preview: AugmentationPreview, until: Until) -> None:
    room = preview.view.room
    for number in range(1, room):
        preview.toggle_pin(number)
        until(lambda wanted=number: sum(t.pinned for t in tiles(preview)) == wanted)  # type: ignore[misc]
    preview.toggle_pin(room - 1)
    assert "full" in preview.line.text()
    assert sum(tile.pinned for tile in tiles(preview)) == room - 1


def test_extremes_show_each_operation_by_its_name_at_both_ends(
    preview: AugmentationPreview, until: Until
) -> None:
    preview.bar.choose(ENDS)
    until(lambda: "Rotation" in [t.title for t in tiles(preview)])
    assert [(t.title, t.label) for t in tiles(preview)][:2] == [
        ("Rotation", "−10°"),
        ("Rotation", "+10°"),
    ]
    assert all(tile.picture != tile.original for tile in tiles(preview))
    assert all(tile.epoch is None for tile in tiles(preview))


def test_extremes_that_do_not_fit_come_with_space(
    qtbot: QtBot, preview: AugmentationPreview, opened: Document, until: Until
) -> None:
    opened.edit("augmentation.operations", operations_for("photos") * 6)
    preview.resize(340, 340)
    preview.bar.choose(ENDS)
    until(lambda: len(tiles(preview)) == 66)
    room = preview.view.room
    assert room < 66
    assert preview.bar._again.isVisible()
    assert preview.view.place_of(room) is None
    qtbot.keyClick(preview.view, Qt.Key.Key_Space)
    assert preview.view.place_of(room) is not None
    assert preview.view.place_of(0) is None
    preview.bar.choose(FRESH)
    until(lambda: is_full(preview))
    assert preview.view.place_of(0) is not None


def test_a_draw_that_hides_the_image_is_warned_of_in_one_line(
    preview: AugmentationPreview, opened: Document, until: Until
) -> None:
    assert "compare" in preview.line.text()
    opened.edit("augmentation.operations", (RandomContrast(fraction=(-0.99, -0.98)),))
    until(lambda: all(t.cautions for t in tiles(preview)) and bool(tiles(preview)))
    count = len(tiles(preview))
    assert preview.line.text() == f"{count} of {count} draws: {count} nearly blank"
    assert "255 grey levels" in preview.line.toolTip()
    opened.edit("augmentation.operations", ())
    until(lambda: "compare" in preview.line.text())
    assert preview.line.toolTip() == ""


def test_the_network_view_says_what_enters_the_first_layer(
    preview: AugmentationPreview, opened: Document, until: Until
) -> None:
    preview.set_network_view(True)
    until(lambda: bool(tiles(preview)) and all(t.values for t in tiles(preview)))
    assert preview.view.is_exact
    before = tiles(preview)[0].values
    opened.edit("model.input_scaling", "signed")
    until(lambda: tiles(preview)[0].values not in ("", before))
    assert "−0." in tiles(preview)[0].values
    preview.set_network_view(False)
    until(lambda: not any(t.values for t in tiles(preview)))


def test_mixed_images_say_the_parts_of_their_label(
    preview: AugmentationPreview, opened: Document, until: Until
) -> None:
    opened.edit("augmentation.operations", (MixUp(alpha=4.0),))
    until(lambda: any("dog" in t.shares for t in tiles(preview)))
    mixed = next(t for t in tiles(preview) if "dog" in t.shares)
    own, other = mixed.shares.split(", ")
    assert own.startswith("cat ")
    assert int(own.split()[1]) + int(other.split()[1]) == pytest.approx(100, abs=1)
    assert "Mixed with dog/" in mixed.details


def test_a_draw_opens_large_and_follows_an_edit(
    qtbot: QtBot, preview: AugmentationPreview, opened: Document, until: Until
) -> None:
    preview.open_tile(3)
    wipe = preview.look.wipe
    shown = wipe.tile
    assert shown == tiles(preview)[3]
    assert not preview.view.isVisible()
    opened.edit("augmentation.operations.0.degrees", 90.0)
    until(lambda: wipe.tile is not None and wipe.tile.label != tiles_label(shown))
    assert wipe.tile is not None
    assert shown is not None
    assert wipe.tile.epoch == shown.epoch
    qtbot.keyClick(wipe, Qt.Key.Key_P)
    until(lambda: wipe.tile is not None and wipe.tile.pinned)
    assert wipe.tile.epoch == shown.epoch
    qtbot.keyClick(wipe, Qt.Key.Key_Escape)
    assert preview.view.isVisible()
    assert tiles(preview)[0].pinned


def tiles_label(tile: Tile | None) -> str:
    return tile.label if tile is not None else ""


def test_choosing_another_image_goes_back_to_the_wall(
    preview: AugmentationPreview, collection: Collection
) -> None:
    preview.open_tile(0)
    assert collection.index is not None
    collection.choose(collection.index.part("train")[3])
    assert preview.view.isVisible()


def test_a_validation_image_says_that_it_is_never_augmented(
    preview: AugmentationPreview, collection: Collection
) -> None:
    assert not preview._note.isVisible()
    assert collection.index is not None
    collection.choose(collection.index.part("validation")[0])
    assert preview._note.isVisible()
    assert "never augmented" in preview._note.text()


def test_an_excluded_image_says_that_it_does_not_train(
    preview: AugmentationPreview, collection: Collection, opened: Document, until: Until
) -> None:
    assert opened.experiment is not None
    chosen = collection.chosen
    assert chosen is not None
    opened.index_changed.connect(collection.set_index)
    edits = opened.experiment.dataset.edits.changed([chosen.key], excluded=True)
    opened.edit("dataset.edits", edits)
    until(lambda: "does not train" in preview._note.text())
    preview.show_as_trained(1)
    until(lambda: "would be" in preview.line.text())


def test_without_operations_it_offers_light_ones_as_one_edit(
    qtbot: QtBot, preview: AugmentationPreview, opened: Document
) -> None:
    opened.edit("augmentation.operations", ())
    opened.edit("augmentation.fill_mode", "constant")
    assert preview._empty.isVisible()
    steps = opened.undo_stack.count()
    qtbot.mouseClick(preview._empty.light, Qt.MouseButton.LeftButton)
    assert opened.experiment is not None
    assert opened.experiment.augmentation.operations
    assert opened.experiment.augmentation.fill_mode == "constant"
    assert opened.undo_stack.count() == steps + 1
    assert not preview._empty.isVisible()


def test_an_image_that_vanished_is_told_in_a_sentence(
    preview: AugmentationPreview, collection: Collection, until: Until
) -> None:
    assert collection.index is not None
    sample = collection.index.samples[-1]
    sample.path.unlink()
    collection.choose(sample)
    until(lambda: "7.png" in preview.view._words)


class Held(TileMaker):
    """Makes tiles once it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.free = Event()

    def make(self, wanted: Wanted) -> Tiles:
        self.free.wait(20)
        return super().make(wanted)


def test_what_fails_for_an_image_that_is_not_chosen_any_more_says_nothing(
    preview: AugmentationPreview, collection: Collection, until: Until
) -> None:
    assert collection.index is not None
    sample = collection.index.samples[-1]
    sample.path.unlink()
    held = preview._maker = Held()
    collection.choose(sample)
    collection.choose(None)
    held.free.set()
    ended: list[object] = []
    preview._threads.request("after", lambda: None, ended.append)
    until(lambda: bool(ended))
    assert preview.view._words == "Choose an image."


def test_settings_of_training_alone_draw_nothing_anew(
    preview: AugmentationPreview, opened: Document
) -> None:
    shown = preview.view.tiles
    opened.edit("training.optimizer.global_clipnorm", 2.0)
    assert preview.view.tiles is shown
