"""What a training step would gain here in another precision or with XLA: measured, not promised."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.progress_line import ProgressLine
from cnnstudio.runs.events import PhaseChanged, SpeedMeasured
from cnnstudio.runs.speed import SpeedVariant, fastest_first, gain, helps, rate
from cnnstudio.spec.experiment import Experiment

OFFER = "Times a training step on this machine in other precisions and with XLA, within a minute."
STALE = "The settings have changed since it was measured."


class SpeedView(QWidget):
    """A button, and what came of it. `asked` asks to measure, or to stop measuring; `used` carries
    the `SpeedVariant` that a person wants to train with.

    The figures are shown as long as the experiment has the step that they were measured with.
    """

    asked = Signal()
    used = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._experiment: Experiment | None = None
        self._measured: SpeedMeasured | None = None
        self._of: Experiment | None = None
        self._busy = False
        self._said = ""
        self.button = QPushButton("Measure speed")
        self.button.clicked.connect(lambda: self.asked.emit())
        self.line = ProgressLine()
        self.words = QLabel(OFFER)
        self.words.setWordWrap(True)
        self.words.setProperty("role", "muted")
        self._table: QWidget | None = None
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.button)
        row.addWidget(self.line, 1)
        row.addStretch(0)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addLayout(row)
        self._column.addWidget(self.words)
        self._refresh()

    def set_experiment(self, experiment: Experiment) -> None:
        """Show which variant this experiment trains with, and which would be faster."""
        before, self._experiment = self._experiment, experiment
        if before is None or _step(before) != _step(experiment) or self._measured is not None:
            self._refresh()

    def begin(self, experiment: Experiment) -> None:
        """A measurement of this experiment has begun."""
        self._of, self._measured, self._busy = experiment, None, True
        self._said = "Starting the training engine…"
        self.line.set_progress(0, 0)
        self._refresh()

    def show_progress(self, phase: PhaseChanged) -> None:
        """Show how far it is."""
        self.line.set_progress(phase.done, phase.total)
        if phase.phase == "tracing":
            self.words.setText(f"Preparing {phase.done + 1} of {phase.total}…")
        elif phase.phase == "measuring" and phase.total:
            self.words.setText("Measuring in turns…")

    def show_measured(self, measured: SpeedMeasured) -> None:
        """Show what was found."""
        self._measured = measured

    def end(self, said: str = "") -> None:
        """The measurement is over; `said` says why nothing came of it."""
        self._busy, self._said = False, said
        self._refresh()

    def forbid(self, reason: str) -> None:
        """Why it cannot be measured now; empty: it can."""
        self.button.setEnabled(not reason)
        self.button.setToolTip(reason)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells of the table as they stand there."""
        return tuple(self._cells(one) for one in self._variants())

    def _variants(self) -> tuple[SpeedVariant, ...]:
        if self._measured is None or self._busy or not self._fits():
            return ()
        return fastest_first(self._measured.variants)

    def _fits(self) -> bool:
        """Whether the experiment still has the step that was measured."""
        if self._experiment is None or self._of is None:
            return False
        return _step(self._experiment) == _step(self._of)

    def _present(self) -> SpeedVariant:
        """The variant that the experiment trains with."""
        assert self._measured is not None
        assert self._experiment is not None
        wanted = SpeedVariant.of(self._experiment.training)
        found = (one for one in self._measured.variants if one.same_as(wanted))
        return next(found, self._measured.variants[0])

    def _cells(self, one: SpeedVariant) -> tuple[str, ...]:
        name = _as_in_the_form(one.precision)
        name += " + XLA" * one.jit_compile + " · all" * (one.devices == "all")
        if one.failed:
            return name, one.failed
        present = self._present()
        factor = f"{gain(one, present):.2f} ×" if present.images_per_second else ""
        return name, f"{rate(one)} /s", factor, "in use" if one.same_as(present) else ""

    def _refresh(self) -> None:
        self.button.setText("Stop" if self._busy else "Measure speed")
        self.line.setVisible(self._busy)
        if self._busy or self._measured is None:
            self.words.setText(self._said or OFFER)
        else:
            found = _as_in_the_form(self._measured.sentence)
            self.words.setText(found if self._fits() else f"{STALE} {OFFER}")
        old, self._table = self._table, None
        if old is not None:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        variants = self._variants()
        if variants:
            self._table = self._made(variants)
            self._column.addWidget(self._table)
            self._table.show()

    def _made(self, variants: tuple[SpeedVariant, ...]) -> QWidget:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 2, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        present = self._present()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, one in enumerate(variants):
            name, *cells = self._cells(one)
            if one.failed:
                grid.addWidget(_label(name), row, 0, Qt.AlignmentFlag.AlignTop)
                reason = _label(cells[0], "caption")
                reason.setWordWrap(True)
                grid.addWidget(reason, row, 1, 1, 3)
                continue
            speed, factor, state = cells
            grid.addWidget(_label(name, "strong"), row, 0)
            grid.addWidget(_label(speed), row, 1, right)
            grid.addWidget(_label(factor), row, 2, right)
            if state:
                grid.addWidget(_label(state, "muted"), row, 3, right)
            elif helps(one, present):
                grid.addWidget(self._use_button(one), row, 3, right)
        return table

    def _use_button(self, one: SpeedVariant) -> QPushButton:
        use = QPushButton("Use")
        words = _as_in_the_form(one.words)
        use.setAccessibleName(f"Use {words}")
        use.setToolTip(f"Train with {words}. Undo takes it back.")
        use.clicked.connect(lambda: self.used.emit(one))
        return use


def _as_in_the_form(words: str) -> str:
    """Precisions as the form beside it writes them."""
    return words.replace("mixed_", "mixed ")


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    if role:
        label.setProperty("role", role)
    return label


def _step(experiment: Experiment) -> tuple[object, ...]:
    """What the work of a step depends on, beside the settings that are compared."""
    training, dataset = experiment.training, experiment.dataset
    return (
        experiment.model,
        experiment.augmentation,
        dataset.image_size,
        dataset.color,
        dataset.batch_size,
        training.loss,
        training.optimizer.kind,
        training.optimizer.global_clipnorm is None,
    )
