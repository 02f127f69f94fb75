"""What to export, and where to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
)

from cnnstudio.gui.export.targets import TARGETS, proposed_path
from cnnstudio.gui.icons import icon
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.runs.events import PhaseChanged
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.history import RunHistory

NO_MODEL = "Train first: there is no model to export yet."
PHASES = {
    "importing": "Starting the engine",
    "exporting": "Writing the model",
    "reading images": "Reading images to compare",
    "checking": "Comparing in a fresh process",
}


class ExportPanel(Panel):
    """Choose a target and a place; `export_requested` asks for it.

    The proposed place follows the shown run until a person types or chooses another.
    """

    export_requested = Signal(str, object)
    """The format (`savedmodel` or `keras`) and the `Path` to write to."""
    train_requested = Signal()
    """There is no model yet, and a person wants one."""

    def __init__(self) -> None:
        super().__init__()
        self._run: RunFolder | None = None
        self._has_model = False
        self._busy = ""
        self._theme = LIGHT
        self._own_place = False
        self.group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.targets = tuple(_TargetButton(t.title, t.sentence) for t in TARGETS)
        for index, button in enumerate(self.targets):
            self.group.addButton(button, index)
            column.addWidget(button)
        self.group.button(0).setChecked(True)
        self.group.idClicked.connect(self._target_chosen)
        label = QLabel("Write to")
        label.setProperty("role", "muted")
        label.setContentsMargins(0, 8, 0, 0)
        column.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.place = QLineEdit()
        self.place.setAccessibleName("Where to write the model")
        self.place.setPlaceholderText("A new folder or file")
        self.place.textEdited.connect(self._place_typed)
        self.choose = QPushButton("Choose…")
        self.choose.clicked.connect(self._choose_place)
        row.addWidget(self.place, 1)
        row.addWidget(self.choose)
        column.addLayout(row)
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        self.reason.setProperty("role", "muted")
        column.addWidget(self.reason)
        self.start = QPushButton("Export and verify")
        self.start.clicked.connect(self.request)
        self.train = QPushButton("Train")
        self.train.clicked.connect(self.train_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.start)
        buttons.addWidget(self.train)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self.progress = QProgressBar()
        self.progress.setFixedHeight(4)
        self.progress.setTextVisible(False)
        self.phase = QLabel()
        self.phase.setProperty("role", "muted")
        column.addWidget(self.progress)
        column.addWidget(self.phase)
        column.addStretch(1)
        self.set_phase(None)
        self._refresh()

    @property
    def format(self) -> str:
        """The chosen format."""
        return TARGETS[max(self.group.checkedId(), 0)].format

    def set_run(self, run: RunFolder | None, history: RunHistory | None) -> None:
        """The shown run; it has a model as soon as a checkpoint is written."""
        if run != self._run:
            self._run = run
            self._own_place = False
        self._has_model = run is not None and history is not None and bool(history.checkpoints)
        self._propose()
        self._refresh()

    def set_busy(self, reason: str) -> None:
        """Why no export can start now, as a sentence; empty when one can."""
        self._busy = reason
        self._refresh()

    def set_phase(self, phase: PhaseChanged | None) -> None:
        """What a running export does; None: none is running."""
        self.progress.setVisible(phase is not None)
        self.phase.setVisible(phase is not None)
        if phase is None:
            return
        words = PHASES.get(phase.phase, phase.phase.capitalize())
        count = f" · {phase.done:,} of {phase.total:,}" if phase.total else ""
        self.phase.setText(f"{words}{count}")
        self.progress.setRange(0, phase.total)
        self.progress.setValue(phase.done)

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons of the targets."""
        self._theme = theme
        for button, target in zip(self.targets, TARGETS, strict=True):
            button.show_icon(target.icon, theme)

    def request(self) -> None:
        """Ask for the export as it is set; does nothing when the button is disabled."""
        if self.start.isEnabled():
            self.export_requested.emit(self.format, Path(self.place.text().strip()).expanduser())

    def _refresh(self) -> None:
        reason = NO_MODEL if not self._has_model else self._busy
        if not reason and not self.place.text().strip():
            reason = "Say where to write the model."
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.start.setEnabled(not reason)
        self.start.setToolTip(reason or "Write the model, read it back, compare its answers")
        self.train.setVisible(not self._has_model and not self._busy)

    def _propose(self) -> None:
        if self._own_place:
            return
        path = proposed_path(self._run.path, self.format) if self._run is not None else None
        if (words := str(path) if path is not None else "") != self.place.text():
            self.place.setText(words)
            self.place.setToolTip(words)

    def _target_chosen(self, _index: int) -> None:
        self._propose()
        self._refresh()

    def _place_typed(self, text: str) -> None:
        self._own_place = bool(text.strip())
        self._refresh()

    def _choose_place(self) -> None:
        begin = self.place.text() or str(Path.home())
        if self.format == "keras":
            path, _ = QFileDialog.getSaveFileName(
                self, "Export a Keras file", begin, "Keras model (*.keras)"
            )
            if path and not path.endswith(".keras"):
                path += ".keras"
        else:
            path = QFileDialog.getExistingDirectory(
                self, "Export to this empty folder", str(Path(begin).parent)
            )
        if path:
            self.place.setText(path)
            self.place.setToolTip(path)
            self._own_place = True
            self._refresh()


class _TargetButton(QToolButton):
    """A card to choose: icon, title, and a sentence about what it is for."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.setProperty("role", "choice")
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        self.setSizePolicy(policy)
        self._icon = QLabel()
        self._icon.setFixedSize(20, 20)
        head = QLabel(title)
        head.setProperty("role", "strong")
        words = QLabel(sentence)
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(head)
        text.addWidget(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
        for label in (self._icon, head, words):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMinimumHeight(84)

    def show_icon(self, name: str, theme: Theme) -> None:
        """The icon at the left, in the accent's colour."""
        self._icon.setPixmap(icon(name, theme.accent, 20).pixmap(20, 20))
