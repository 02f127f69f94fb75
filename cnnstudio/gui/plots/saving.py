"""A plot into a file or onto the clipboard: the menu, the question where to, the writing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QPoint, QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from cnnstudio.gui.theme import Theme
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.files import disk_error, write_atomically

FORMATS = {
    "png": ("Save as picture (PNG)…", "Pictures (*.png)"),
    "svg": ("Save as drawing (SVG)…", "Drawings (*.svg)"),
    "csv": ("Save the numbers (CSV)…", "Tables (*.csv)"),
}


class Savable(Protocol):
    """What a plot gives so that it can be saved."""

    @property
    def title(self) -> str:
        """Heads the figure and names its file."""
        ...

    @property
    def theme(self) -> Theme:
        """The colours of the window around it."""
        ...

    @property
    def has_data(self) -> bool:
        """Whether there is anything to save."""
        ...

    def content(self, kind: str) -> bytes:
        """The plot as a file of that kind: png, svg or csv."""
        ...


class PlotFiles(QObject):
    """Saves one plot. `ask` is the system's file dialog, and can be answered by a test.

    `ask` takes the widget, the proposed file and the kinds of files; an empty path saves nothing.
    """

    def __init__(self, widget: QWidget, plot: Savable) -> None:
        super().__init__(widget)
        self._widget = widget
        self._plot = plot
        self._folder: Path | None = None
        self.ask: Callable[[QWidget, str, str], str] = _ask
        self.tell: Callable[[UserError], None] = self._tell
        self.open_at: Callable[[QPoint], None] = lambda place: self.menu().popup(place)

    def menu(self) -> QMenu:
        """What can be done with the plot; says why where there is nothing to save yet."""
        menu = QMenu(self._widget)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        some = self._plot.has_data
        for kind, (words, _) in FORMATS.items():
            action = menu.addAction(words)
            action.setObjectName(f"plot.{kind}")
            action.triggered.connect(lambda _on=False, kind=kind: self.save(kind))
            action.setEnabled(some)
            action.setToolTip("" if some else "There is nothing to save yet.")
        copy = menu.addAction("Copy picture")
        copy.setObjectName("plot.copy")
        copy.triggered.connect(self.copy)
        copy.setEnabled(some)
        return menu

    def save(self, kind: str) -> Path | None:
        """Ask where to, and write a file of that kind (png, svg or csv); None: nothing written."""
        proposed = self._home() / f"{file_name(self._plot.title)}.{kind}"
        answer = self.ask(self._widget, str(proposed), FORMATS[kind][1])
        if not answer:
            return None
        path = Path(answer)
        if path.suffix.lower() != f".{kind}":
            path = path.with_name(f"{path.name}.{kind}")
        self._folder = path.parent
        try:
            self.write(path)
        except UserError as error:
            self.tell(error)
            return None
        return path

    def write(self, path: Path) -> None:
        """Write the plot to a `.png`, `.svg` or `.csv`; raises `UserError` where that fails."""
        content = self._plot.content(path.suffix.lower().removeprefix("."))
        try:
            write_atomically(path, content)
        except OSError as error:
            raise disk_error(error, "The plot could not be saved", path) from error

    def copy(self) -> None:
        """Put the figure on the clipboard."""
        QGuiApplication.clipboard().setImage(QImage.fromData(self._plot.content("png")))

    def _home(self) -> Path:
        if self._folder is not None and self._folder.is_dir():
            return self._folder
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return Path(place) if place and Path(place).is_dir() else Path.home()

    def _tell(self, error: UserError) -> None:
        from cnnstudio.gui.errors import ErrorDialog

        ErrorDialog(error, self._plot.theme, self._widget.window()).open()


def file_name(title: str) -> str:
    """A name for a file from a title: `pets-baseline-curves`; never empty."""
    return re.sub(r"[^\w.]+", "-", title.lower()).strip("-.")[:80] or "plot"


def _ask(parent: QWidget, proposed: str, kinds: str) -> str:
    return QFileDialog.getSaveFileName(parent, "Save the plot", proposed, kinds)[0]
