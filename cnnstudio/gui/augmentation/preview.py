"""The augmentation preview: what the trainer will get from the chosen image."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from cnnstudio.gui.augmentation.presets import presets, with_fill_of
from cnnstudio.gui.augmentation.tile_view import TileView
from cnnstudio.gui.augmentation.tiles import TileMaker, Tiles
from cnnstudio.gui.dataset.collection import SPLIT_NAMES, Collection
from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.forms.editors import Segments
from cnnstudio.gui.icons import icon
from cnnstudio.gui.panel import Panel

if TYPE_CHECKING:
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.experiment import Experiment

FRESH, AS_TRAINED = 0, 1
FAR_EPOCH = 1_000_000
"""Fresh draws are those of epochs that no run reaches, so none of them is mistaken for training."""
FRESH_STRIDE = 1_000


class AugmentationPreview(Panel):
    """Draws of the chosen image, computed by the trainer's own sampler away from the window.

    `Fresh draws` shows what the settings can do, `As in training` the very pixels of the epochs
    from the one that is set. Settings are followed while a slider moves: only the latest request
    is computed.
    """

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self._collection = collection
        self._experiment: Experiment | None = None
        self._maker = TileMaker()
        self._threads = NewestFirst(self, threads=1)
        self._turn = 0
        self.view = TileView()
        self._mode = Segments(("Fresh draws", "As in training"))
        self._mode.choose(FRESH)
        self._mode.group.button(FRESH).setToolTip("Other random draws each time, to judge ranges")
        self._mode.group.button(AS_TRAINED).setToolTip(
            "Exactly the pixels that the network gets from this image, epoch by epoch"
        )
        self._epoch_words = QLabel("from epoch")
        self._epoch_words.setProperty("role", "muted")
        self._epoch = QSpinBox()
        self._epoch.setRange(1, 1)
        self._epoch.setFixedWidth(84)
        self._epoch.setAccessibleName("First epoch shown")
        self._again = QPushButton()
        self._again.setToolTip("Draw other random values (Space)")
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self._mode)
        bar.addWidget(self._epoch_words)
        bar.addWidget(self._epoch)
        bar.addStretch(1)
        bar.addWidget(self._again)
        self._empty = _NothingVaries()
        self._note = QLabel()
        self._note.setProperty("role", "muted")
        self._note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(bar)
        layout.addWidget(self._note)
        layout.addWidget(self._empty)
        layout.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        self._mode.group.idClicked.connect(self._switched)
        self._epoch.valueChanged.connect(self._draw)
        self._again.clicked.connect(self.draw_again)
        self.view.again.connect(self.draw_again)
        self.view.room_changed.connect(self._draw)
        self._empty.light.clicked.connect(self._use_light)
        collection.chosen_changed.connect(self._chosen)
        self._show_mode()
        self._chosen()

    # ---- setters ----

    def set_experiment(self, experiment: Experiment) -> None:
        """Draw with these settings."""
        before = self._experiment
        if before is not None and _same_pixels(before, experiment):
            self._experiment = experiment
            self._limit_epochs()
            return
        self._experiment = experiment
        self._limit_epochs()
        height, width = experiment.dataset.image_size
        self.view.set_aspect(width / height)
        varies = any(op.enabled and not op.idle for op in experiment.augmentation.operations)
        self._empty.setVisible(not varies)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Colour the wall and the icons."""
        self.view.set_theme(theme)
        self._again.setIcon(icon("shuffle", theme))
        self._empty.set_theme(theme)

    # ---- gestures ----

    def draw_again(self) -> None:
        """Other random values; in training mode the next epochs."""
        if self._mode.group.checkedId() == AS_TRAINED:
            following = self._epoch.value() + self.view.room
            self._epoch.setValue(following if following <= self._epoch.maximum() else 1)
            return
        self._turn += 1
        self._draw()

    def show_as_trained(self, epoch: int) -> None:
        """Show the pixels that train from `epoch` (counted from 1) on."""
        self._mode.choose(AS_TRAINED)
        self._epoch.setValue(epoch)
        self._switched()

    def _switched(self) -> None:
        self._show_mode()
        self._draw()

    def _use_light(self) -> None:
        if self._experiment is not None:
            light = next(preset for preset in presets() if preset.name == "Light")
            now = self._experiment.augmentation
            self.edited.emit("augmentation", with_fill_of(now, light.augmentation))

    # ---- drawing ----

    def _show_mode(self) -> None:
        trained = self._mode.group.checkedId() == AS_TRAINED
        self._epoch.setVisible(trained)
        self._epoch_words.setVisible(trained)
        self._again.setText("  Next epochs   Space" if trained else "  Draw again   Space")
        self._again.setToolTip(
            "Show the epochs that follow (Space)" if trained else "Draw other values (Space)"
        )

    def _limit_epochs(self) -> None:
        if self._experiment is not None:
            self._epoch.blockSignals(True)
            self._epoch.setMaximum(self._experiment.training.epochs)
            self._epoch.blockSignals(False)

    def _chosen(self) -> None:
        sample = self._collection.chosen
        trains = sample is None or sample.split == "train"
        self._note.setVisible(not trains)
        if sample is not None and not trains:
            self._note.setText(
                f"This is a {SPLIT_NAMES[sample.split]} image: it is never augmented. Here it "
                "only shows what the settings do."
            )
        self._draw()

    def _epochs(self) -> tuple[int, ...]:
        room = self.view.room
        if self._mode.group.checkedId() == AS_TRAINED:
            first = self._epoch.value() - 1
            return tuple(range(first, min(self._epoch.maximum(), first + room)))
        first = FAR_EPOCH + self._turn * FRESH_STRIDE
        return tuple(range(first, first + room))

    def _draw(self) -> None:
        experiment, sample = self._experiment, self._collection.chosen
        if experiment is None:
            return
        if sample is None:
            words = "Choose an image." if self._collection.index is not None else ""
            self.view.show_words(words or "The images are being read…")
            return
        work = partial(self._maker.make, experiment, sample, self._epochs())
        self._threads.request("draw", work, self._show)

    def _show(self, outcome: Outcome[Tiles]) -> None:
        tiles = outcome.value
        if tiles is None:
            self.view.show_words(getattr(outcome.error, "sentence", "The image cannot be shown."))
            return
        if tiles.sample != self._collection.chosen:
            return
        trained = tiles.epochs[:1] < (FAR_EPOCH,)
        titles = tuple(f"epoch {epoch + 1}" for epoch in tiles.epochs) if trained else ()
        index = self._collection.index
        name = index.class_of(tiles.sample) if index is not None else ""
        stored, shown = tiles.stored_size, tiles.experiment.dataset.image_size
        size = f"{shown[1]} × {shown[0]} px"
        if stored != shown:
            size = f"{stored[1]} × {stored[0]} → {size}"
        part = SPLIT_NAMES[tiles.sample.split]
        self.view.show_tiles(tiles, titles, (tiles.sample.key, f"{name} · {part} · {size}"))


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
    same_draws = before.augmentation == after.augmentation
    return same_input and same_draws and before.training.seed == after.training.seed
