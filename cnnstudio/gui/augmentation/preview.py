"""The augmentation preview: what the trainer will get from the chosen image."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.augmentation.cautions import explanation, summary
from cnnstudio.gui.augmentation.closer_look import CloserLook
from cnnstudio.gui.augmentation.preview_bar import AS_TRAINED, ENDS, FRESH, PreviewBar
from cnnstudio.gui.augmentation.tile_view import TileView
from cnnstudio.gui.augmentation.tiles import FAR_EPOCH, Pin, TileMaker, Tiles, Wanted
from cnnstudio.gui.dataset.collection import SPLIT_NAMES, Collection
from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.icons import icon
from cnnstudio.gui.panel import Panel
from cnnstudio.spec.presets import presets, with_fill_of

if TYPE_CHECKING:
    from cnnstudio.data.index import ImageIndex
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.experiment import Experiment

FRESH_STRIDE = 1_000
HINTS = {
    FRESH: "Click a draw to compare it with the original; P keeps it.",
    AS_TRAINED: "Exactly what the network gets of this image, epoch by epoch.",
    ENDS: "Each operation alone, at the ends of its range.",
}
VALUES = "Least … largest value that enters the network, ⌀ their mean."
SHRUNK = "The images are larger than the pane: shrunk here, the values are exact."


class AugmentationPreview(Panel):
    """Draws of the chosen image, computed by the trainer's own sampler away from the window.

    `Fresh draws` shows what the settings can do, `As in training` the very pixels of the epochs
    from the one that is set, `Extremes` each operation alone at its worst. A draw can be pinned:
    it stays while others come and settings change. Settings are followed while a slider moves:
    only the latest request is computed.
    """

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self._collection = collection
        self._experiment: Experiment | None = None
        self._maker = TileMaker()
        self._threads = NewestFirst(self, threads=1)
        self._turn = 0
        self._pins: tuple[Pin, ...] = ()
        self._scaled = False
        self.bar = PreviewBar()
        self.view = TileView()
        self.look = CloserLook()
        self._empty = _NothingVaries()
        self._note = QLabel()
        self._note.setProperty("role", "muted")
        self._note.setWordWrap(True)
        self.line = QLabel()
        self.line.setFixedHeight(18)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._rooms = QStackedWidget()
        wall = QWidget()
        column = QVBoxLayout(wall)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addWidget(self.line)
        column.addWidget(self.view, 1)
        self._rooms.addWidget(wall)
        self._rooms.addWidget(self.look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._note)
        layout.addWidget(self._empty)
        layout.addWidget(self._rooms, 1)
        self.setFocusProxy(self.view)
        self.bar.mode_changed.connect(self._draw)
        self.bar.epoch_changed.connect(self._draw)
        self.bar.again.connect(self.draw_again)
        self.view.again.connect(self.draw_again)
        self.view.room_changed.connect(self._draw)
        self.view.opened.connect(self.open_tile)
        self.view.pinned.connect(self.toggle_pin)
        self.look.back.connect(self.close_tile)
        self.look.pin.connect(self.toggle_pin)
        self.look.again.connect(self.draw_again)
        self._empty.light.clicked.connect(self._use_light)
        collection.chosen_changed.connect(self._chosen)
        collection.index_changed.connect(self._listed)
        self._chosen()

    # ---- setters ----

    def set_experiment(self, experiment: Experiment) -> None:
        """Draw with these settings."""
        before, self._experiment = self._experiment, experiment
        self.bar.set_epochs(experiment.training.epochs)
        if before is not None and _same_pixels(before, experiment):
            return
        self.view.set_image_size(experiment.dataset.image_size)
        varies = any(op.enabled and not op.idle for op in experiment.augmentation.operations)
        self._empty.setVisible(not varies)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Colour the wall and the icons."""
        self.view.set_theme(theme)
        self.look.set_theme(theme)
        self.bar.set_theme(theme)
        self._empty.set_theme(theme)

    # ---- gestures ----

    def draw_again(self) -> None:
        """Other random values; in training mode the next epochs; the ends that did not fit."""
        mode = self.bar.mode
        if mode == ENDS:
            self.view.turn_page()
            return
        if mode == FRESH:
            self._turn += 1
            self._draw()
            return
        following = self.bar.epoch + max(1, self.view.room - len(self._pins))
        self.bar.set_epoch(following if following <= self.bar.epochs else 1)

    def show_as_trained(self, epoch: int) -> None:
        """Show the pixels that train from `epoch` (counted from 1) on."""
        self.bar.choose(AS_TRAINED)
        self.bar.set_epoch(epoch)

    def set_network_view(self, on: bool) -> None:
        """Show every pixel of the network's images, and the values that enter its first layer."""
        self._scaled = on
        self.view.set_exact(on)
        self.look.set_exact(on)
        self._draw()

    def toggle_pin(self, number: int) -> None:
        """Keep a draw on the wall, or let it go."""
        tiles = self.view.tiles
        if tiles is None or not 0 <= number < len(tiles.tiles):
            return
        tile = tiles.tiles[number]
        if tile.epoch is None:
            return
        pin = Pin(tile.sample, tile.epoch)
        if pin in self._pins:
            self._pins = tuple(one for one in self._pins if one != pin)
        elif len(self._pins) + 1 < self.view.room:
            self._pins = (*self._pins, pin)
        else:
            self.line.setText("The wall is full: let another draw go first (P).")
            return
        self._draw()

    def open_tile(self, number: int) -> None:
        """Show a draw large beside the original, with the slider between them."""
        tiles = self.view.tiles
        if tiles is not None and 0 <= number < len(tiles.tiles):
            self.look.show_tiles(tiles.tiles, number)
            self._rooms.setCurrentWidget(self.look)
            self.setFocusProxy(self.look.wipe)
            self.look.wipe.setFocus()

    def close_tile(self) -> None:
        """Back to the wall."""
        if self._rooms.currentWidget() is self.look:
            self._rooms.setCurrentIndex(0)
            self.setFocusProxy(self.view)
            self.view.setFocus()

    def _use_light(self) -> None:
        if self._experiment is not None:
            light = next(preset for preset in presets() if preset.name == "Light")
            now = self._experiment.augmentation
            self.edited.emit("augmentation", with_fill_of(now, light.augmentation))

    # ---- drawing ----

    def _listed(self, index: ImageIndex | None) -> None:
        """Pins stay as long as their image is there."""
        if index is not None and self._pins:
            there = {sample.key: sample for sample in index.samples}
            self._pins = tuple(
                Pin(there[pin.sample.key], pin.epoch)
                for pin in self._pins
                if pin.sample.key in there and there[pin.sample.key].file == pin.sample.file
            )
        self._chosen()

    def _chosen(self) -> None:
        why = self._why_not_trained()
        self._note.setVisible(bool(why))
        self._note.setText(f"{why} Here it only shows what the settings do." if why else "")
        self.close_tile()
        self._draw()

    def _why_not_trained(self) -> str:
        """Why the chosen image never is augmented; empty where it trains."""
        sample, index = self._collection.chosen, self._collection.index
        if sample is None:
            return ""
        if index is not None and any(one.key == sample.key for one in index.excluded):
            return "This image is excluded: it does not train."
        if sample.split != "train":
            return f"This is a {SPLIT_NAMES[sample.split]} image: it is never augmented."
        return ""

    def _wanted(self, experiment: Experiment) -> Wanted | None:
        sample, index = self._collection.chosen, self._collection.index
        if sample is None:
            return None
        if self.bar.mode == ENDS:
            return Wanted(experiment, sample, (), (), True, self._scaled, index)
        if self.bar.mode == AS_TRAINED:
            first, beyond = self.bar.epoch - 1, self.bar.epochs
        else:
            first = FAR_EPOCH + self._turn * FRESH_STRIDE
            beyond = first + FRESH_STRIDE
        pinned = {pin.epoch for pin in self._pins if pin.sample.key == sample.key}
        others = (epoch for epoch in range(first, beyond) if epoch not in pinned)
        epochs = tuple(islice(others, max(1, self.view.room - len(self._pins))))
        return Wanted(experiment, sample, epochs, self._pins, False, self._scaled, index)

    def _draw(self) -> None:
        experiment = self._experiment
        if experiment is None:
            return
        wanted = self._wanted(experiment)
        if wanted is None:
            words = "Choose an image." if self._collection.index is not None else ""
            self._tell(words or "The images are being read…")
            return
        work, deliver = partial(self._maker.make, wanted), partial(self._show, wanted)
        self._threads.request("draw", work, deliver)

    def _tell(self, words: str) -> None:
        """A sentence instead of pictures."""
        self.close_tile()
        self.view.show_words(words)
        self.line.setText("")

    def _show(self, wanted: Wanted, outcome: Outcome[Tiles]) -> None:
        if wanted.sample != self._collection.chosen:
            return
        tiles = outcome.value
        if tiles is None:
            self._tell(getattr(outcome.error, "sentence", "The image cannot be shown."))
            return
        index = self._collection.index
        name = index.class_of(wanted.sample) if index is not None else ""
        stored, shown = tiles.stored_size, wanted.experiment.dataset.image_size
        size = f"{shown[1]}×{shown[0]} px"
        if stored != shown:
            size = f"{stored[1]}×{stored[0]} → {size}"
        part = SPLIT_NAMES[wanted.sample.split]
        self.view.show_tiles(tiles, (wanted.sample.key, f"{name} · {part} · {size}"))
        self.look.follow(tiles.tiles)
        self._describe(tiles)

    def _describe(self, tiles: Tiles) -> None:
        """The line above the wall: what to look out for, else what is to be seen."""
        mode = ENDS if tiles.wanted.ends else self.bar.mode
        noun = "ends" if mode == ENDS else "draws"
        words = summary([tile.cautions for tile in tiles.tiles], noun)
        self.bar.set_more(len(tiles.tiles) > self.view.room)
        self.line.setProperty("role", "warn" if words else "muted")
        self.line.style().unpolish(self.line)
        self.line.style().polish(self.line)
        hint = HINTS[mode]
        if mode == AS_TRAINED and self._why_not_trained():
            hint = "What it would be as a training image, epoch by epoch."
        if mode == ENDS and not tiles.tiles:
            hint = "No operation that is on changes this image at the ends of its range."
        elif self._scaled:
            hint = VALUES if self.view.is_exact else SHRUNK
            words += " · shrunk to fit" if words and not self.view.is_exact else ""
        self.line.setText(words or hint)
        self.line.setToolTip(f"{words}\n\n{explanation()}" if words else "")


class _NothingVaries(QWidget):
    """What stands above the wall while no operation changes anything."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        words = QLabel("Nothing varies. Every epoch shows the network the same pixels.")
        words.setWordWrap(True)
        self.light = QPushButton("Start with light changes")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(words, 1)
        row.addWidget(self.light)

    def set_theme(self, theme: Theme) -> None:
        """Colour the icon."""
        self.light.setIcon(icon("wand-sparkles", theme))


def _same_pixels(before: Experiment, after: Experiment) -> bool:
    """Whether the preview of both is the same; the source follows with the chosen image."""
    a, b = before.dataset, after.dataset
    names = ("image_size", "resize", "scale", "color")
    same_input = all(getattr(a, name) == getattr(b, name) for name in names)
    same_input = same_input and before.model.input_scaling == after.model.input_scaling
    # Who is mixed with whom hangs on the batch.
    same_draws = (before.augmentation, a.batch_size) == (after.augmentation, b.batch_size)
    return same_input and same_draws and before.training.seed == after.training.seed
