"""The health check of the images: start it, see what it found, look at the images, fix them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.health_card import HealthCard
from cnnstudio.gui.dataset.health_worker import HealthWorker
from cnnstudio.gui.dataset.one_edit import one_edit
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from cnnstudio.data.health.report import HealthFinding, HealthReport
    from cnnstudio.data.index import ImageIndex
    from cnnstudio.gui.dataset.collection import Collection
    from cnnstudio.gui.dataset.image_filter import ImageFilter
    from cnnstudio.spec.errors import UserError
    from cnnstudio.spec.experiment import Experiment

INVITATION = (
    "Looks for damaged files, duplicates within and across classes and parts, blank, dark and "
    "blurry images, odd sizes, and shortcuts a network could take."
)


class HealthPane(Panel):
    """Cards of findings, worst first, judged anew after every edit once the images were measured.

    `listed` carries a title and the frozenset of keys to show, empty keys for all images;
    `note_changed` a few words on how far the check is; `checked` the `HealthReport`, or None when
    it is about other images than those on the table.
    """

    listed = Signal(str, object)
    note_changed = Signal(str)
    checked = Signal(object)

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self._collection = collection
        self._experiment: Experiment | None = None
        self._theme: Theme = LIGHT
        self._cards: list[HealthCard] = []
        self._listed = ""
        # Whether somebody asked for the running check, and whether there were edits since.
        self._asked = self._outdated = False
        self.report: HealthReport | None = None
        """What the latest check found, None before the first one of these images."""
        # Without a parent: its thread has to end before Qt takes it, even as this pane goes.
        self._worker = worker = HealthWorker()
        self.destroyed.connect(lambda: worker.shutdown())
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(worker.shutdown)
        self._words = QLabel(INVITATION)
        self._words.setProperty("role", "muted")
        self._words.setWordWrap(True)
        self.check = QPushButton("Check the images")
        self.check.clicked.connect(self._pressed)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(8)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addLayout(self._list)
        column.addStretch(1)
        scroll = scrolled(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.check)
        worker.progressed.connect(self._progressed)
        worker.finished.connect(self._finished)
        worker.failed.connect(self._failed)
        worker.busy_changed.connect(self._busy)
        collection.index_changed.connect(self._index_changed)
        self._busy(False)

    # ---- setters ----

    def set_experiment(self, experiment: Experiment) -> None:
        """Judge the images by this experiment."""
        before, self._experiment = self._experiment, experiment
        if before is not None and before.dataset.source != experiment.dataset.source:
            self._forget()
        elif before is not None and before.dataset.image_size != experiment.dataset.image_size:
            self._judge_again()

    def set_theme(self, theme: Theme) -> None:
        """Colour the cards."""
        self._theme = theme
        for card in self._cards:
            card.set_theme(theme)

    def set_filter(self, shown: ImageFilter) -> None:
        """Mark the card whose images the browser shows. Never emits."""
        self._listed = shown.listed.title if shown.listed is not None else ""
        for card in self._cards:
            card.listing.setChecked(card.finding.title == self._listed)

    @property
    def cards(self) -> tuple[HealthCard, ...]:
        """The findings in sight."""
        return tuple(self._cards)

    # ---- the check ----

    def _pressed(self) -> None:
        if self._worker.busy:
            self._cancel()
            self.note_changed.emit("")
        else:
            self._start(again=self.report is not None)
            self._asked = self._worker.busy

    def _start(self, *, again: bool = False) -> None:
        index = self._collection.index
        if self._experiment is not None and index is not None:
            self._worker.check(self._experiment, index, again)

    def _cancel(self) -> None:
        self._asked = self._outdated = False
        self._worker.cancel()

    def _judge_again(self) -> None:
        """Other edits or another size: what was measured, or is being measured, still holds."""
        if self._asked and self._worker.busy:
            self._outdated = True
        elif self.report is not None:
            self._start()

    def _index_changed(self, index: ImageIndex | None) -> None:
        if index is None:
            self._forget()
        else:
            self._judge_again()
        self._busy(self._worker.busy)

    def _forget(self) -> None:
        self._cancel()
        if self.report is not None:
            self.checked.emit(None)
        self.report = None
        self._words.setText(INVITATION)
        self._words.show()
        self._show(())
        self.note_changed.emit("")
        self._busy(False)

    def _busy(self, busy: bool) -> None:
        again = "Check again" if self.report is not None else "Check the images"
        self.check.setText("Cancel" if busy else again)
        known = self._collection.index is not None
        self.check.setEnabled(known)
        self.check.setToolTip("" if known else "The images are still being read.")

    def _progressed(self, done: int, total: int) -> None:
        self.note_changed.emit(f"{100 * done // max(1, total)} %")

    def _finished(self, report: HealthReport) -> None:
        outdated, self._asked, self._outdated = self._outdated, False, False
        if outdated:
            # Labels, parts or exclusions are others by now; the measurements are not.
            self._start()
            self._asked = self._worker.busy
            return
        self.report = report
        self.checked.emit(report)
        count = len(report.findings)
        self._words.setText(f"Nothing is wrong with {report.measured:,} images.")
        self._words.setVisible(not count)
        self.note_changed.emit(f"{count} finding{'s' * (count != 1)}" if count else "healthy")
        self._show(report.findings)
        self._busy(False)

    def _failed(self, error: UserError) -> None:
        self._asked = self._outdated = False
        self._words.setText(error.sentence)
        self._words.setToolTip(error.details)
        self._words.show()
        self.note_changed.emit("")

    # ---- findings ----

    def _show(self, findings: tuple[HealthFinding, ...]) -> None:
        if tuple(card.finding for card in self._cards) == findings:
            return
        for card in self._cards:
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        for finding in findings:
            card = HealthCard(finding)
            card.set_theme(self._theme)
            card.listed.connect(self._list_images)
            card.fixed.connect(self._fix)
            card.listing.setChecked(finding.title == self._listed)
            self._list.addWidget(card)
            self._cards.append(card)

    def _list_images(self, finding: HealthFinding) -> None:
        again = finding.title == self._listed
        self.listed.emit(finding.title, frozenset[str]() if again else frozenset(finding.keys))

    def _fix(self, finding: HealthFinding) -> None:
        if self._experiment is None:
            return
        if finding.edits is not None:
            edits = finding.edits.applied(self._experiment.dataset.edits)
            self.edited.emit("dataset.edits", edits)
        elif finding.changes:
            self.edited.emit(*one_edit(self._experiment, finding.changes))
