"""The doctor's short runs: which are planned, running, done; and what they ruled out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.doctor.forks import planned_forks
from cnnstudio.gui.icons import icon
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.runs.probes import ProbeCourse, ProbeHistory
from cnnstudio.spec.experiment import Experiment


class ProbeRow(QWidget):
    """One short run: icon of its state, title, what is known of it, a thin bar while it runs."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.state = "planned"
        self._icon = QLabel()
        self._icon.setFixedSize(16, 16)
        self.title = QLabel(title)
        self.note = QLabel()
        self.note.setProperty("role", "muted")
        self._bar = QProgressBar()
        self._bar.setFixedHeight(4)
        self._bar.setTextVisible(False)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(self._icon, 0, 0)
        grid.addWidget(self.title, 0, 1)
        grid.addWidget(self.note, 0, 2, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._bar, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        self._bar.hide()

    def show_course(self, course: ProbeCourse | None, theme: Theme) -> None:
        """Show how far it is; None: only planned."""
        name, color, note = "circle", theme.control, ""
        self.state = "planned"
        if course is not None and course.result is not None:
            failed = course.result.failed
            self.state = "failed" if failed else "done"
            name, color = ("circle-x", theme.error) if failed else ("circle-check", theme.ok)
            note = "failed" if failed else f"{100 * course.result.clean_after:.0f} %"
            self.setToolTip(failed or "Clean-train accuracy after it")
        elif course is not None:
            self.state = "running"
            step = course.points[-1][0] if course.points else 0
            name, color, note = "circle-dot", theme.accent, f"{step:,} of {course.steps:,}"
            self._bar.setRange(0, max(course.steps, 1))
            self._bar.setValue(step)
        self._bar.setVisible(self.state == "running")
        self.note.setText(note)
        self._icon.setPixmap(icon(name, color).pixmap(16, 16))


class ProbeList(Panel):
    """The short runs of a diagnosis in order, and below them what was ruled out by what."""

    def __init__(self) -> None:
        super().__init__()
        self._experiment: Experiment | None = None
        self._probes: ProbeHistory | None = None
        self._theme = LIGHT
        self.rows: dict[str, ProbeRow] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._ruled_title = QLabel("Ruled out")
        self._ruled_title.setProperty("role", "strong")
        self._ruled_title.setContentsMargins(0, 12, 0, 2)
        self.ruled_out = QLabel()
        self.ruled_out.setWordWrap(True)
        self.ruled_out.setProperty("role", "muted")
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(4)
        column.addLayout(self._list)
        column.addWidget(self._ruled_title)
        column.addWidget(self.ruled_out)
        column.addStretch(1)
        inside = QWidget()
        inside.setLayout(column)
        area = scrolled(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self._refresh()

    def set_experiment(self, experiment: Experiment) -> None:
        """Plan the short runs of this experiment."""
        self._experiment = experiment
        self._refresh()

    def set_probes(self, probes: ProbeHistory | None) -> None:
        """Show this diagnosis, or what has become of it."""
        self._probes = probes
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons."""
        self._theme = theme
        self._refresh()

    def _titles(self) -> dict[str, str]:
        courses = self._probes.courses if self._probes is not None else {}
        ended = self._probes is not None and self._probes.state not in ("new", "running")
        titles = {key: course.title for key, course in courses.items()}
        if self._experiment is not None and not (ended and titles):
            for fork in planned_forks(self._experiment):
                titles.setdefault(fork.probe, fork.title)
        return titles

    def _refresh(self) -> None:
        titles = self._titles()
        if list(titles) != list(self.rows):
            for row in self.rows.values():
                self._list.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.rows = {key: ProbeRow(title) for key, title in titles.items()}
            for row in self.rows.values():
                self._list.addWidget(row)
        courses = self._probes.courses if self._probes is not None else {}
        for key, row in self.rows.items():
            row.show_course(courses.get(key), self._theme)
        diagnosis = self._probes.diagnosis if self._probes is not None else None
        found = diagnosis.findings if diagnosis is not None else ()
        sentences = dict.fromkeys(line for finding in found for line in finding.ruled_out)
        self._ruled_title.setVisible(bool(sentences))
        self.ruled_out.setVisible(bool(sentences))
        self.ruled_out.setText(
            "\n".join(f"•  {line}" for line in sentences).replace(" %", "\u00a0%")
        )
