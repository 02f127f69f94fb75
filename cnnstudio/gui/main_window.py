"""The window: menu, header, verdict, the stage's page and the status row; it decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from cnnstudio.gui.actions import Actions
from cnnstudio.gui.document import Document
from cnnstudio.gui.header import Header
from cnnstudio.gui.question import QuestionPage
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.gui.stage import Stage, StagePage
from cnnstudio.gui.status_strip import StatusStrip
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.gui.verdict_strip import VerdictStrip
from cnnstudio.gui.welcome import WelcomePage
from cnnstudio.spec.errors import UserError

SMALLEST = (1024, 700)
USUAL = (1440, 900)

QUIET = 400
"""Milliseconds without a change before the pages out of sight are brought up to date."""
SLICE = 60
"""Milliseconds for the event loop between two slices of idle work."""


class MainWindow(QMainWindow):
    """Shows the start page, the question, or one of the stages, each built when first needed.

    `stage_changed` carries the id of the stage shown, empty on the start page and at the question;
    `dropped` a file or folder dropped anywhere on the window, `drop_refused` an error that says
    what can be dropped; `painted` is emitted once, after the first paint, and `prepared` once,
    when every page is built.
    """

    stage_changed = Signal(str)
    dropped = Signal(object)
    drop_refused = Signal(object)
    painted = Signal()
    prepared = Signal()

    def __init__(
        self,
        document: Document,
        stages: Sequence[Stage],
        settings: SettingsFile,
    ) -> None:
        super().__init__()
        self._document = document
        self._stages = {stage.id: stage for stage in stages}
        self._settings = settings
        self._theme = LIGHT
        self._pages: dict[str, StagePage] = {}
        self._stale: set[str] = set()
        self._unpolished: list[str] = []
        self._stage = ""
        self._was_painted = False
        self._may_build = False
        self._is_prepared = False
        self.may_close: Callable[[], bool] = lambda: True
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.commands = Actions(self)
        self.header = Header(stages)
        self.verdict = VerdictStrip()
        self.status = StatusStrip()
        self.welcome = WelcomePage()
        self.question = QuestionPage()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.question)
        body = QWidget()
        # Takes the first focus, and takes it away from a field when its surroundings are clicked.
        body.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        strip = QVBoxLayout()
        strip.setContentsMargins(8, 0, 8, 0)
        strip.addWidget(self.verdict)
        column.addLayout(strip)
        column.addWidget(self._stack, 1)
        column.addWidget(self.status)
        self.setCentralWidget(body)
        body.setFocus()
        self.commands.fill(self.menuBar())
        self.header.rail.chosen.connect(self.show_stage)
        self.header.name.renamed.connect(lambda name: document.edit("name", name, "Rename", False))
        document.changed.connect(lambda _experiment: self._refresh())
        document.facts_changed.connect(lambda _facts: self._refresh())
        document.problems_changed.connect(lambda _problems: self._refresh())
        document.title_changed.connect(self._set_title)
        self._set_title("", False)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._build_next)
        self._restore()

    @property
    def stage(self) -> str:
        """The id of the stage shown, empty on the start page and during the question."""
        return self._stage

    @property
    def asking(self) -> bool:
        """Whether the question about a new folder is in sight."""
        return self._stack.currentWidget() is self.question

    @property
    def stage_ids(self) -> tuple[str, ...]:
        """The stages of the rail, in order."""
        return tuple(self._stages)

    def page(self, id: str) -> StagePage:
        """A stage's page, built now if it was not needed before. Raises KeyError."""
        if id not in self._pages:
            page = self._stages[id].factory()
            page.setObjectName(f"page.{id}")
            page.edited.connect(self._document.edit)
            page.action_requested.connect(self.commands.trigger)
            page.restore_splitters(self._settings.value.splitters.get(id, {}))
            self._pages[id] = page
            self._unpolished.append(id)
            self._stack.addWidget(page)
            page.set_theme(self._theme)
            self._show_on(page)
        elif id in self._stale:
            self._stale.discard(id)
            self._show_on(self._pages[id])
        return self._pages[id]

    def show_stage(self, id: str) -> None:
        """Go to a stage; without an experiment the start page stays."""
        if id not in self._stages or self._document.experiment is None:
            self.header.rail.choose(self._stage)
            return
        self._stack.setCurrentWidget(self.page(id))
        self._set_stage(id)

    def show_welcome(self) -> None:
        """Go to the start page."""
        self._stack.setCurrentWidget(self.welcome)
        self._set_stage("")

    def show_question(self) -> None:
        """Show the one question about a new folder, which `question.ask` has set."""
        self._stack.setCurrentWidget(self.question)
        self._set_stage("")

    def build_in_idle_time(self) -> None:
        """Build the pages that were not needed yet, one at a time, while nothing else happens."""
        self._may_build = True
        self._idle.start(SLICE)

    def set_theme(self, theme: Theme) -> None:
        """Colour everything the style sheet does not reach."""
        self._theme = theme
        self.commands.set_theme(theme)
        self.header.set_theme(theme)
        self.verdict.set_theme(theme)
        self.welcome.set_theme(theme)
        self.question.set_theme(theme)
        for page in self._pages.values():
            page.set_theme(theme)

    @property
    def theme(self) -> Theme:
        """The colours in use."""
        return self._theme

    # ---- events of Qt -------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once when the window is on screen: what is not needed for that can begin."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before anything is lost, and remember where the window stood."""
        if not self.may_close():
            event.ignore()
            return
        self._remember()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders, and links, which are told of when they are dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self.welcome.set_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing hovers any more."""
        self.welcome.set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Pass on what was dropped."""
        self.welcome.set_over(False)
        urls = event.mimeData().urls()
        if not urls:
            return
        event.acceptProposedAction()
        if len(urls) == 1 and urls[0].isLocalFile():
            self.dropped.emit(Path(urls[0].toLocalFile()))
            return
        what = f"{len(urls)} things at once" if len(urls) > 1 else "a link, which lies elsewhere"
        self.drop_refused.emit(
            UserError(
                f"That is {what}: drop one folder of images, one table (CSV, TSV), one file of "
                "arrays (.npz, .npy), one experiment or one run.",
                place=", ".join(url.fileName() or url.toString() for url in urls[:8]),
            )
        )

    # ---- within -------------------------------------------------------------------------------

    def _set_stage(self, id: str) -> None:
        self.header.rail.choose(id)
        self._stage = id
        self.stage_changed.emit(id)

    def _refresh(self) -> None:
        """Show the document on the page in sight; the others are brought up to date when shown."""
        self._stale = set(self._pages)
        if self._stage:
            self.page(self._stage)
        if self._stale:
            self._idle.start(QUIET)

    def _show_on(self, page: StagePage) -> None:
        document = self._document
        if document.experiment is not None:
            page.set_facts(document.facts)
            page.set_experiment(document.experiment)
            page.set_problems(document.problems)

    def _set_title(self, name: str, edited: bool) -> None:
        self.header.set_title(name, edited)
        self.setWindowTitle(f"{name}[*] · CNN Studio" if name else "CNN Studio")
        self.setWindowModified(edited and bool(name))

    def _build_next(self) -> None:
        """One slice of idle work: build a page, show it the document, or let the style reach it."""
        for id in self._stages if self._may_build else ():
            if id not in self._pages:
                self.page(id)
                self._idle.start(SLICE)
                return
        if self._stale:
            self.page(next(id for id in self._stages if id in self._stale))
            self._idle.start(SLICE)
            return
        if self._unpolished:
            page = self._pages[self._unpolished.pop(0)]
            for widget in page.findChildren(QWidget):
                widget.ensurePolished()
            self._idle.start(SLICE)
            return
        if self._may_build and not self._is_prepared:
            self._is_prepared = True
            self.prepared.emit()

    def _restore(self) -> None:
        self.resize(*USUAL)
        kept = QByteArray.fromHex(self._settings.value.geometry.encode("ascii", "replace"))
        if not kept.isEmpty():
            self.restoreGeometry(kept)

    def _remember(self) -> None:
        splitters = dict(self._settings.value.splitters)
        for id, page in self._pages.items():
            splitters[id] = page.splitter_states()
        geometry = bytes(self.saveGeometry().toHex().data()).decode("ascii")
        self._settings.update(geometry=geometry, splitters=splitters)
