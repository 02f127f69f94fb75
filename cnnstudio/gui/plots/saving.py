"""A chart into a file or onto the clipboard: the menu, the question where to, the writing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from cnnstudio.gui.plots.table import as_csv, columns, rows
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.files import disk_error, write_atomically

if TYPE_CHECKING:
    from cnnstudio.gui.plots.chart import Chart

FORMATS = {
    "png": ("Save as picture (PNG)…", "Pictures (*.png)"),
    "svg": ("Save as drawing (SVG)…", "Drawings (*.svg)"),
    "csv": ("Save the numbers (CSV)…", "Tables (*.csv)"),
}


class ChartFiles(QObject):
    """Saves one chart. `ask` is the system's file dialog, and can be answered by a test.

    `ask` takes the widget, the proposed file and the kinds of files; an empty path saves nothing.
    """

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart)
        self._chart = chart
        self._folder: Path | None = None
        self.ask: Callable[[QWidget, str, str], str] = _ask
        self.tell: Callable[[UserError], None] = self._tell
        self.open_at: Callable[[QPoint], None] = lambda place: self.menu().popup(place)

    def menu(self) -> QMenu:
        """What can be done with the chart; says why where there is nothing to save yet."""
        menu = QMenu(self._chart)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        some = bool(columns(self._chart.bands))
        for kind, (words, _) in FORMATS.items():
            action = menu.addAction(words)
            action.setObjectName(f"chart.{kind}")
            action.triggered.connect(lambda _on=False, kind=kind: self.save(kind))
            action.setEnabled(some)
            action.setToolTip("" if some else "There are no curves yet.")
        copy = menu.addAction("Copy picture")
        copy.setObjectName("chart.copy")
        copy.triggered.connect(self.copy)
        copy.setEnabled(some)
        if self._chart.is_zoomed:
            menu.addSeparator()
            menu.addAction("Show all").triggered.connect(self._chart.show_all)
        return menu

    def save(self, kind: str) -> Path | None:
        """Ask where to, and write a file of that kind (png, svg or csv); None: nothing written."""
        proposed = self._home() / f"{file_name(self._chart.title)}.{kind}"
        answer = self.ask(self._chart, str(proposed), FORMATS[kind][1])
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
        """Write the chart to a `.png`, `.svg` or `.csv`; raises `UserError` where that fails."""
        content = self._content(path.suffix.lower().removeprefix("."))
        try:
            write_atomically(path, content)
        except OSError as error:
            raise disk_error(error, "The curves could not be saved", path) from error

    def copy(self) -> None:
        """Put the figure on the clipboard."""
        from cnnstudio.gui.plots.figure import png

        QGuiApplication.clipboard().setImage(QImage.fromData(png(self._chart)))

    def _content(self, kind: str) -> bytes:
        # Imported here: what draws files is not needed to open the window.
        from cnnstudio.gui.plots import figure

        if kind == "png":
            return figure.png(self._chart)
        if kind == "svg":
            return figure.svg(self._chart)
        lines = columns(self._chart.bands)
        return as_csv(lines, self._chart.places(rows(lines))).encode("utf-8")

    def _home(self) -> Path:
        if self._folder is not None and self._folder.is_dir():
            return self._folder
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return Path(place) if place and Path(place).is_dir() else Path.home()

    def _tell(self, error: UserError) -> None:
        from cnnstudio.gui.errors import ErrorDialog

        ErrorDialog(error, self._chart.theme, self._chart.window()).open()


def file_name(title: str) -> str:
    """A name for a file from a title: `pets-baseline-curves`; never empty."""
    return re.sub(r"[^\w.]+", "-", title.lower()).strip("-.")[:80] or "curves"


def _ask(parent: QWidget, proposed: str, kinds: str) -> str:
    return QFileDialog.getSaveFileName(parent, "Save the curves", proposed, kinds)[0]
