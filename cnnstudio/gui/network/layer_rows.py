"""The rows of the layer list as a Qt model: the input stage first, then every layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from cnnstudio.gui.network.layer_palette import KIND
from cnnstudio.gui.network.words import count_words, penalties, shape_words, strength_words
from cnnstudio.spec.shapes import walk

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.layers.layer import Shape
    from cnnstudio.spec.problems import Problem

ROW = Qt.ItemDataRole.UserRole
PLACE = "application/x-cnnstudio-layer-place"
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()

SCALING = {
    "none": "grey levels 0…255 as they are",
    "unit": "scaled to 0…1",
    "signed": "scaled to −1…1",
    "standardize": "scaled to mean 0, spread 1",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says. `tags` are the layer's penalties, `problem` a sentence or nothing."""

    title: str
    icon: str
    words: str
    tags: tuple[str, ...]
    shape: Shape | None
    parameters: str
    problem: str = ""
    tooltip: str = ""


class LayerRows(QAbstractListModel):
    """Row 0 is the input, row n the layer n − 1.

    `dropped` carries (layer index or None, kind or None, place among the layers) when something
    was let go on the list; the model itself never changes the network.
    """

    dropped = Signal(object, object, int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._experiment: Experiment | None = None
        self._problems: dict[int, str] = {}
        self.first_shape: Shape = (1, 1, 1)

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the layers of this experiment."""
        self._experiment = experiment
        self._fill()

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Put sentences into the rows that they are about."""
        found: dict[int, str] = {}
        for problem in problems:
            parts = problem.path.split(".")
            if parts[:2] == ["model", "layers"] and len(parts) > 2 and parts[2].isdigit():
                found.setdefault(int(parts[2]), problem.sentence)
        if found != self._problems:
            self._problems = found
            self._fill()

    def row(self, place: int) -> Row:
        """One row."""
        return self._rows[place]

    def _fill(self) -> None:
        experiment = self._experiment
        if experiment is None:
            return
        rows = _rows(experiment, self._problems)
        self.first_shape = experiment.input_shape
        if len(rows) == len(self._rows):
            changed = [i for i, (a, b) in enumerate(zip(rows, self._rows, strict=True)) if a != b]
            self._rows = rows
            for place in changed:
                self.dataChanged.emit(self.index(place), self.index(place))
            if changed:
                self.layoutChanged.emit()
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    # ---- Qt ----

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """The input and the layers."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text for searching by keys and for readers; the whole row for the painter."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.problem or row.tooltip
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = (row.title, row.words, shape_words(row.shape), row.problem)
            return ", ".join(word for word in words if word)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Layers can be dragged; things can be let go between rows."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.row() > 0 else flags

    def supportedDropActions(self) -> Qt.DropAction:
        """Layers move, kinds are copied from the palette."""
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        """Places of this list and kinds of the palette."""
        return [PLACE, KIND]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The place of the dragged layer."""
        data = QMimeData()
        data.setData(PLACE, str(indexes[0].row() - 1).encode())
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Tell where something was let go; False, because Qt is to move nothing itself."""
        to = row - 1 if row >= 0 else self.rowCount() - 1
        to = max(0, to)
        if data.hasFormat(PLACE):
            self.dropped.emit(int(bytes(data.data(PLACE).data())), None, to)
        elif data.hasFormat(KIND):
            self.dropped.emit(None, bytes(data.data(KIND).data()).decode(), to)
        return False


def _rows(experiment: Experiment, problems: dict[int, str]) -> list[Row]:
    height, width, channels = experiment.input_shape
    scaling = SCALING[experiment.model.input_scaling]
    rows = [
        Row(
            "Input",
            "image",
            f"{'RGB' if channels == 3 else 'gray'} images, {scaling}",
            (),
            (height, width, channels),
            "–",
            tooltip="What the network does first with every image",
        )
    ]
    facts = walk(experiment)
    for layer, found in zip(experiment.model.layers, facts.layers, strict=True):
        rows.append(
            Row(
                type(layer).title(),
                layer.icon,
                layer.describe(),
                tuple(strength_words(regularizer) for _, regularizer in penalties(layer)),
                found.output_shape,
                count_words(sum(found.parameters)) if found.output_shape is not None else "–",
                problems.get(found.index) or found.problem or "",
                type(layer).summary(),
            )
        )
    return rows
