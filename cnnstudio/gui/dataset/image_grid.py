"""The grid of thumbnails: only what is on the screen is decoded and painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QToolTip

from cnnstudio.gui.dataset.collection import SPLIT_NAMES
from cnnstudio.gui.dataset.selection import Selection
from cnnstudio.gui.dataset.tile_grid import GAP, TileGrid
from cnnstudio.gui.dataset.tile_painter import Tile, TilePainter
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.edits import NO_EDITS, Edits

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.gui.dataset.thumbnails import Thumbnails

CAPTION = 20
FEW = 1000
"""Chosen images up to which looking each of them up is quicker than passing over all."""
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class ImageGrid(TileGrid):
    """Tiles of images; arrows, Home, End and page keys move the current one.

    With `several`, Shift and Ctrl choose more than one, as in every list of files. `chosen`
    carries the Sample that a person made the current one, `selection_changed` nothing,
    `opened` the Sample of a double click or Return, `menu_wanted` a point on the screen.
    """

    chosen = Signal(object)
    selection_changed = Signal()
    opened = Signal(object)
    menu_wanted = Signal(QPoint)

    def __init__(
        self, thumbnails: Thumbnails, side: int, *, captions: bool, several: bool = False
    ) -> None:
        super().__init__(side, CAPTION if captions else 0)
        self._thumbnails = thumbnails
        self._several = several
        self._samples: Sequence[Sample] = ()
        self._names: tuple[str, ...] = ()
        self._edits: Edits = NO_EDITS
        self._at: dict[str, int] = {}
        self._current = -1
        self._selection = Selection()
        self._theme: Theme = LIGHT
        self._drawn: tuple[object, TilePainter] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMinimumSize(2 * side + GAP + 12, side)
        self.setAccessibleName("Images")
        # Opaque, so that scrolling may move what is painted.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setAutoFillBackground(False)
        thumbnails.arrived.connect(self._arrived)

    # ---- what is shown ----

    def set_samples(
        self, samples: Sequence[Sample], class_names: tuple[str, ...], edits: Edits = NO_EDITS
    ) -> None:
        """Show these images from the top; the current one stays current if it is among them."""
        key = self._samples[self._current].key if self._current >= 0 else None
        self._samples, self._names, self._edits = samples, class_names, edits
        self._count = len(samples)
        self._at = {sample.key: place for place, sample in enumerate(samples)}
        self._current = self._at.get(key, -1) if key is not None else -1
        self._measure()
        if self._current < 0:
            self.verticalScrollBar().setValue(0)
        self._select(self._selection.within(self._at))
        self.viewport().update()

    def set_current(self, sample: Sample | None) -> None:
        """Mark this image and bring it into view. Never tells of a choice."""
        place = self._at.get(sample.key, -1) if sample is not None else -1
        if place != self._current:
            self._current = place
            # Chosen elsewhere: several images chosen here are no longer meant.
            key = self._samples[place].key if place >= 0 else ""
            self._select(Selection().only(key) if key else Selection())
        self.setAccessibleDescription(self._words(self._current))
        self._reveal(self._current)
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.viewport().update()

    def samples(self) -> Sequence[Sample]:
        """What is shown, in order."""
        return self._samples

    def selected(self) -> tuple[Sample, ...]:
        """The chosen images in their order."""
        keys = self._selection.keys
        if len(keys) < FEW:
            return tuple(self._samples[place] for place in sorted(self._at[key] for key in keys))
        return tuple(sample for sample in self._samples if sample.key in keys)

    # ---- painting ----

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what an image is when the pointer rests on it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(event.pos())
            QToolTip.showText(event.globalPos(), self._words(place), self.viewport())
            return True
        return super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is painted already; only what comes into sight is painted anew."""
        self.viewport().scroll(dx, dy)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tiles on the screen; those without a picture ask for it."""
        painter = QPainter(self.viewport())
        dirty = event.region()
        painter.fillRect(event.rect(), self._theme.color("surface"))
        drawing = self._drawing()
        side, ratio = self._side(), self.devicePixelRatioF()
        focused, keys = self.hasFocus(), self._selection.keys
        several = len(keys) > 1
        # The topmost row is asked for last, so it is decoded first.
        for place in reversed(self.in_sight()):
            room = self.tile(place)
            if not dirty.intersects(room.adjusted(-4, -4, 4, self._caption + 4)):
                continue
            sample = self._samples[place]
            edit = self._edits.get(sample.key)
            current = place == self._current
            tile = Tile(
                self._thumbnails.get(sample, side, ratio),
                self._thumbnails.reason(sample),
                edit.split or sample.split,
                edit.label or self._name(sample),
                edit.excluded,
                edit.label is not None,
                bool(edit.tags),
                current,
                sample.key in keys and (several or not current),
                focused,
            )
            drawing.paint(painter, room, tile)
        painter.end()

    def _drawing(self) -> TilePainter:
        """The painter for the size, theme and screen of now."""
        state = (self._theme, self._side(), self._caption, self.devicePixelRatioF())
        if self._drawn is None or self._drawn[0] != state:
            self._drawn = (state, TilePainter(*state))
        return self._drawn[1]

    def _name(self, sample: Sample) -> str:
        return self._names[sample.label] if sample.label < len(self._names) else ""

    def _arrived(self, key: str) -> None:
        """Paint the tile whose picture is there; the others stay as they are."""
        place = self._at.get(key, -1)
        if place in self.in_sight():
            self.viewport().update(self.tile(place))

    def _words(self, place: int) -> str:
        if not 0 <= place < len(self._samples):
            return ""
        sample = self._samples[place]
        edit = self._edits.get(sample.key)
        split = SPLIT_NAMES[edit.split or sample.split]
        words = [sample.key, f"{edit.label or self._name(sample)} · {split}"]
        if edit.excluded:
            words.append("Excluded: in no part of the dataset")
        if edit.label is not None:
            words.append(f"Relabelled {edit.label}")
        if edit.tags:
            words.append("Tags: " + ", ".join(edit.tags))
        if reason := self._thumbnails.reason(sample):
            words.append(reason)
        return "\n".join(words)

    # ---- gestures ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the image under the pointer; Ctrl adds it, Shift everything up to it."""
        place = self.place_at(event.position().toPoint())
        if place < 0:
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(place, event.modifiers())
        # A menu on one of several chosen images is for all of them.
        elif self._samples[place].key not in self._selection.keys:
            self._go(place, Qt.KeyboardModifier.NoModifier)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look at one image closely."""
        place = self.place_at(event.position().toPoint())
        if place >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self._samples[place])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu, at the pointer or, from the keyboard, at the current image."""
        if self._several and self.selected():
            at = event.globalPos()
            if event.reason() == QContextMenuEvent.Reason.Keyboard and self._current >= 0:
                at = self.viewport().mapToGlobal(self.tile(self._current).center())
            self.menu_wanted.emit(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the current image; with Shift choose on the way, with Ctrl+A everything."""
        key, columns, last = Qt.Key(event.key()), self.columns(), len(self._samples) - 1
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
            Qt.Key.Key_PageUp: -self.page(),
            Qt.Key.Key_PageDown: self.page(),
            Qt.Key.Key_Home: -len(self._samples),
            Qt.Key.Key_End: len(self._samples),
        }
        step = steps.get(key)
        if step is not None and last >= 0:
            wanted = self._current + step
            if abs(step) != columns or 0 <= wanted <= last:
                self._go(min(last, max(0, wanted)), event.modifiers() & SHIFT)
        elif self._several and key == Qt.Key.Key_A and event.modifiers() & CONTROL:
            self.choose_everything()
        elif self._several and key == Qt.Key.Key_Escape and len(self._selection.keys) > 1:
            self._select(Selection())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.opened.emit(self._samples[self._current])
        elif self._several and key == Qt.Key.Key_Space and self._current >= 0:
            self._select(self._selection.toggled(self._samples[self._current].key))
        else:
            super().keyPressEvent(event)

    def _go(self, place: int, modifiers: Qt.KeyboardModifier) -> None:
        key = self._samples[place].key
        if self._several and modifiers & SHIFT and self._current >= 0:
            start = self._at.get(self._selection.anchor or "", self._current)
            if self._selection.anchor is None:
                self._selection = self._selection.only(self._samples[start].key)
            keep = bool(modifiers & CONTROL)
            self._select(self._selection.extended(self._samples, start, place, keep=keep))
        elif self._several and modifiers & CONTROL:
            if not self._selection.keys and self._current >= 0:
                self._selection = self._selection.only(self._samples[self._current].key)
            self._select(self._selection.toggled(key))
        else:
            self._select(self._selection.only(key))
        self._current = place
        self.setAccessibleDescription(self._words(place))
        self._reveal(place)
        self.viewport().update()
        self.chosen.emit(self._samples[place])
        self.selection_changed.emit()

    def _select(self, selection: Selection) -> None:
        changed = selection != self._selection
        self._selection = selection
        if changed:
            self.viewport().update()
            self.selection_changed.emit()

    def choose_everything(self) -> None:
        """Choose all images that are shown."""
        self._select(self._selection.everything(self._samples))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Set the columns anew and keep the chosen image in view."""
        super().resizeEvent(event)
        self._measure()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the chosen image into view when the stage is entered."""
        super().showEvent(event)
        self._measure()
        self._reveal(self._current)
