"""The evidence: what every short run came to, beside the unchanged ones, live and as a table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.doctor.forks import is_control
from cnnstudio.doctor.trial import Trial
from cnnstudio.gui.diagnosis.fork_bars import ForkBars
from cnnstudio.gui.diagnosis.weighed import rows
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.plots.band import Band, Reference
from cnnstudio.gui.plots.chart import Chart
from cnnstudio.gui.plots.lines import Look
from cnnstudio.gui.plots.redraw import RedrawClock
from cnnstudio.gui.plots.scale import fine_share_words, number_words, share_words
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.runs.findings import ForkResult
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.probes import ProbeHistory
from cnnstudio.spec.facts import DatasetFacts

COLUMNS = ("Short run", "Reported", "Clean-train", "Loss")
EMPTY = (
    "No short runs yet.\n\nThe doctor takes the weights of your run and trains them on for a "
    "few hundred steps: unchanged, and with one suspect removed at a time. The suspect without "
    "which they clearly do better is the cause."
)


class EvidenceView(Panel):
    """Bars, live lines and a table of the doctor's forks."""

    def __init__(self) -> None:
        super().__init__()
        self._probes: ProbeHistory | None = None
        self._history: RunHistory | None = None
        self._facts: DatasetFacts | None = None
        self._theme = LIGHT
        self._tabled: tuple[ForkResult, ...] | None = None
        self.bars = ForkBars()
        self.band = Band("Accuracy in training", share_words, fine=fine_share_words)
        self.chart = Chart((self.band,), right=150)
        self.chart.axis_captions = ("step",)
        self.chart.words_at = lambda step: f"Step {max(round(step), 0):,}"
        self.chart.title = "Short runs"
        self.chart.setMinimumHeight(130)
        self.table = _table()
        self._clock = RedrawClock(self)
        self._clock.due.connect(self._draw)
        self.chart.spent.connect(self._clock.spent)
        words = QLabel(EMPTY)
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setMaximumWidth(420)
        empty = QWidget()
        centred = QVBoxLayout(empty)
        centred.addWidget(words, 0, Qt.AlignmentFlag.AlignCenter)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._heading = QLabel("Clean-train accuracy, before → after equal steps")
        self._heading.setProperty("role", "strong")
        column.addWidget(self._heading)
        column.addWidget(self.bars)
        column.addWidget(self.chart, 3)
        column.addWidget(self.table, 2)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(full)

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Know what guessing scores."""
        self._facts = facts
        self._clock.request()

    def set_history(self, history: RunHistory | None) -> None:
        """Know what guessing scores in this run."""
        self._history = history
        self._clock.request()

    def set_probes(self, probes: ProbeHistory | None) -> None:
        """Show this diagnosis, or what has become of it."""
        self._probes = probes
        self._clock.request()

    def set_theme(self, theme: Theme) -> None:
        """Colour what is painted."""
        self._theme = theme
        self.bars.set_theme(theme)
        self.draw_now()
        self.chart.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what happened while nobody looked."""
        super().showEvent(event)
        self._clock.request()

    @property
    def results(self) -> tuple[ForkResult, ...]:
        """The forks that have ended, in the order in which they ran."""
        if self._probes is None:
            return ()
        ended = tuple(c.result for c in self._probes.courses.values() if c.result is not None)
        if not ended and self._probes.diagnosis is not None:
            return self._probes.diagnosis.forks
        return ended

    @property
    def guess(self) -> float:
        """The best blind answer's accuracy 0..1; 0 when unknown."""
        started = self._history.started if self._history is not None else None
        if started is not None and started.class_names:
            return max(1 / len(started.class_names), started.majority_share)
        return self._facts.chance if self._facts is not None else 0.0

    def _draw(self) -> None:
        if self.isVisible():
            self.draw_now()

    def draw_now(self) -> None:
        """Draw without waiting for the clock."""
        probes, results = self._probes, self.results
        some = bool(results) or (probes is not None and bool(probes.courses))
        self._stack.setCurrentIndex(1 if some else 0)
        if not some or probes is None:
            return
        lines, trial = rows(results, self.guess)
        self._heading.setVisible(bool(lines))
        self.bars.setVisible(bool(lines))
        self.bars.show_rows(lines, trial, self.guess)
        self._draw_courses(probes, trial)
        self._fill_table(results)

    def _draw_courses(self, probes: ProbeHistory, trial: Trial | None) -> None:
        colors = iter(self._theme.runs)
        beaten = {c.result.probe for c in trial.proofs} if trial is not None else set()
        self.chart.setVisible(any(course.points for course in probes.courses.values()))
        for key in [key for key in self.band.lines if key not in probes.courses]:
            self.band.remove(key)
        controls = 0
        for key, course in probes.courses.items():
            if is_control(key):
                controls += 1
                look = Look("reference", 1.5, Qt.PenStyle.DashLine)
                name = "unchanged" if controls == 1 else ""
            elif key in beaten:
                look, name = Look("ok", 2.5), course.title.lower()
            else:
                look = Look(next(colors, self._theme.muted), 2.0)
                name = course.title.lower()
            line = self.band.line(key, name, look, course.title.lower())
            line.look = look
            line.set_theme(self._theme)
            line.set([p[0] for p in course.points], [p[2] for p in course.points])
        self.chart.set_span(0.0, float(max((c.steps for c in probes.courses.values()), default=1)))
        if 0 < self.guess < 1:
            self.band.references = (Reference(self.guess, f"guessing {share_words(self.guess)}"),)
        self.chart.redraw()

    def _fill_table(self, results: tuple[ForkResult, ...]) -> None:
        if results == self._tabled:
            return
        self._tabled = results
        self.table.setVisible(bool(results))
        self.table.setRowCount(len(results))
        for row, result in enumerate(results):
            words = (
                result.title,
                _change(result.accuracy_before, result.accuracy_after),
                _change(result.clean_before, result.clean_after),
                number_words(result.loss_after),
            )
            if result.failed is not None:
                words = (result.title, "failed", "", "")
            for column, text in enumerate(words):
                item = QTableWidgetItem(text)
                told = f"{text}: {result.steps:,} steps, seed {result.seed}"
                item.setToolTip(result.failed or (text if column else told))
                if column:
                    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    item.setTextAlignment(right)
                self.table.setItem(row, column, item)
        self.table.setMinimumHeight(28 + 26 * min(len(results), 2))
        self.table.setMaximumHeight(28 + 26 * len(results))


def _change(before: float, after: float) -> str:
    return f"{100 * before:.0f} → {100 * after:.0f} %"


def _table() -> QTableWidget:
    table = QTableWidget(0, len(COLUMNS))
    table.setHorizontalHeaderLabels(list(COLUMNS))
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(26)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setFixedHeight(28)
    for column in range(len(COLUMNS)):
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
        item = table.horizontalHeaderItem(column)
        if item is not None:
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return table
