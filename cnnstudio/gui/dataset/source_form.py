"""How the images are labelled, where a person has a say: the name pattern, the table's columns."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnnstudio.gui.dataset.name_preview import NamePreview
from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.dataset.table_form import TableForm
from cnnstudio.gui.forms.spec_form import SpecForm
from cnnstudio.gui.theme import Theme
from cnnstudio.spec.sources import NamedFiles, Source, Table


class SourceForm(QWidget):
    """Shows the fields of a source beside its path, and what they make of its images.

    `edited` carries a dotted path and a value; `complete_changed` tells whether the source, as far
    as the preview knows, finds classes.
    """

    edited = Signal(str, object)
    complete_changed = Signal(bool)

    def __init__(self, label_width: int) -> None:
        super().__init__()
        self._path = ""
        self._folder = ""
        self._threads = NewestFirst(self, threads=1)
        self._form = SpecForm(only=("pattern",), label_width=label_width)
        self._names = NamePreview("class", "classes")
        self._table = TableForm(label_width)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._form, self._names, self._table):
            column.addWidget(part)
        self._form.edited.connect(self.edited)
        self._form.typed.connect(lambda _path, text: self._names.set_pattern(text))
        self._names.looked.connect(self._looked)
        self._table.edited.connect(
            lambda name, value: self.edited.emit(f"{self._path}.{name}", value)
        )
        self._table.complete_changed.connect(self.complete_changed)
        self._table.hide()

    @property
    def names(self) -> NamePreview:
        """What the pattern makes of the file names."""
        return self._names

    @property
    def table(self) -> TableForm:
        """The columns of a table."""
        return self._table

    def show_source(self, source: Source, path: str) -> None:
        """Show a source that stands at a dotted path. Never emits `edited`."""
        self._path = path
        named = isinstance(source, NamedFiles)
        self._form.setVisible(named)
        self._table.setVisible(isinstance(source, Table))
        self.setVisible(isinstance(source, NamedFiles | Table))
        if isinstance(source, NamedFiles):
            self._form.show_value(source, path)
            self._names.set_pattern(source.pattern)
            if source.path != self._folder:
                self._folder = source.path
                self._names.set_names(())
                work = partial(_list, source.path)
                self._threads.request("names", work, partial(self._listed, source.path))
        else:
            self._names.set_pattern("")
        if isinstance(source, Table):
            self._table.show_source(source)

    def set_theme(self, theme: Theme) -> None:
        """Colour forms and previews."""
        self._form.set_theme(theme)
        self._names.set_theme(theme)
        self._table.set_theme(theme)

    def _looked(self) -> None:
        seen = self._names.seen
        self.complete_changed.emit(seen is not None and len(seen.classes) > 1)

    def _listed(self, folder: str, outcome: Outcome[tuple[str, ...]]) -> None:
        # A folder that cannot be read is told of by whoever reads its images.
        if folder == self._folder and outcome.value is not None:
            self._names.set_names(outcome.value)


def _list(folder: str) -> tuple[str, ...]:
    from cnnstudio.data.named import image_names

    return image_names(Path(folder))
