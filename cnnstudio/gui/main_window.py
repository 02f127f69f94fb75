"""The window: menu, header, verdict, the stage's page and the status row; it decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment

SMALLEST = (1024, 700)
USUAL = (1440, 900)

QUIET = 400
"""Milliseconds without a change before the pages out of sight are brought up to date."""
SLICE = 20
"""Milliseconds for the event loop between two slices of idle work."""


class MainWindow(QMainWindow):
    """Shows the start page, the question, or one of the stages, each built when first needed.

    A page takes many milliseconds to build, and as long to show its first experiment. Both are
    done in slices, in idle time, or before the page comes into sight; `rehearse` shows the pages
    an experiment before there is one, so that the first one finds all widgets made.

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
        self._building: dict[str, Iterator[None]] = {}
        self._stale: set[str] = set()
        self._showing: tuple[str, Iterator[None]] | None = None
        self._rehearsal: Experiment | None = None
        self._warming: dict[str, Iterator[None]] = {}
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
        self._blank = QWidget()
        for page in (self.welcome, self.question, self._blank):
            self._stack.addWidget(page)
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
        """A stage's page, as the document is now; built at once if need be. Raises KeyError."""
        while id not in self._pages:
            self._build(id)
        if id in self._stale:
            page = self._pages[id]
            for _ in self._shown_on(page):
                pass
            self._is_up_to_date(id)
        return self._pages[id]

    def show_stage(self, id: str) -> None:
        """Go to a stage; without an experiment the start page stays.

        A page that is not built yet comes into sight within the next moments.
        """
        if id not in self._stages or self._document.experiment is None:
            self.header.rail.choose(self._stage)
            return
        self._stack.setCurrentWidget(self.page(id) if id in self._pages else self._blank)
        self._set_stage(id)
        if id not in self._pages:
            self._idle.start(0)

    def rehearse(self, experiment: Experiment) -> None:
        """Show this one on pages out of sight as long as there is no experiment."""
        self._rehearsal = experiment

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
        self._showing = None
        if self._stage in self._pages:
            self.page(self._stage)
        if self._stale:
            self._idle.start(0 if self._is_waited_for else QUIET)

    def _shown_on(self, page: StagePage) -> Iterator[None]:
        """Show the document on a page, in slices."""
        document = self._document
        experiment = document.experiment or self._rehearsal
        if experiment is None:
            return
        page.set_facts(document.facts)
        yield
        yield from page.showing(experiment)
        page.set_problems(document.problems)
        yield

    def _is_up_to_date(self, id: str) -> None:
        self._stale.discard(id)
        if self._showing is not None and self._showing[0] == id:
            self._showing = None
        if id == self._stage and self._is_waited_for:
            self._stack.setCurrentWidget(self._pages[id])

    def _build(self, id: str) -> None:
        """Take one step of building a page; the last one connects it."""
        steps = self._building.pop(id, None) or self._built(id)
        next(steps, None)
        if id not in self._pages:
            self._building[id] = steps

    def _built(self, id: str) -> Iterator[None]:
        steps = self._stages[id].steps(self._theme)
        page = next(steps)
        page.setObjectName(f"page.{id}")
        self._stack.addWidget(page)
        yield
        for _ in steps:
            yield
        page.edited.connect(self._document.edit)
        page.action_requested.connect(self.commands.trigger)
        page.restore_splitters(self._settings.value.splitters.get(id, {}))
        page.set_theme(self._theme)
        self._pages[id] = page
        self._stale.add(id)
        page.resize(self._stack.size())
        self._warming[id] = page.warming()

    @property
    def _is_waited_for(self) -> bool:
        return self._stack.currentWidget() is self._blank

    def _set_title(self, name: str, edited: bool) -> None:
        self.header.set_title(name, edited)
        self.setWindowTitle(f"{name}[*] · CNN Studio" if name else "CNN Studio")
        self.setWindowModified(edited and bool(name))

    def _build_next(self) -> None:
        if self._work():
            self._idle.start(0 if self._is_waited_for else SLICE)
        elif self._may_build and not self._is_prepared:
            self._is_prepared = True
            self.prepared.emit()

    def _work(self) -> bool:
        """One slice: build a page, show it the document, or paint it where nobody looks.

        The stage in sight comes first. False when nothing is left to do.
        """
        for id in sorted(self._stages, key=lambda id: id != self._stage):
            if id not in self._pages:
                if self._may_build or id == self._stage:
                    self._build(id)
                    return True
            elif id in self._stale:
                if self._showing is None or self._showing[0] != id:
                    self._showing = id, self._shown_on(self._pages[id])
                if next(self._showing[1], self) is self:
                    self._is_up_to_date(id)
                return True
            elif id in self._warming:
                if id == self._stage or next(self._warming[id], self) is self:
                    del self._warming[id]
                return True
        return False

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
