"""Runs beyond the one at work: cut ones offered again, more epochs, other names, the trash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFile, QObject, Signal

from cnnstudio.gui.document import Document
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.rescue import in_short, smaller_batch
from cnnstudio.gui.run.search import Found, RunSearch
from cnnstudio.gui.run.watch import RunWatch, mark
from cnnstudio.gui.run_questions import RunQuestions
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.gui.telling import Telling
from cnnstudio.runs import upkeep
from cnnstudio.runs.catalog import RunSummary
from cnnstudio.runs.events import RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.gui.run.controller import RunController
    from cnnstudio.gui.run.queue import RunQueue
    from cnnstudio.gui.run.store import RunStore

TAKE, LEAVE = "notice.take", "notice.leave"
"""What the two buttons of a notice ask for."""


class RunCare(QObject):
    """`notice` is what the verdict strip says before anything else while nothing runs.

    `notice_changed` tells that it may be another one; `smaller_chosen` carries the batch size
    with which a person wants to train again; `list_changed` that a run was renamed or deleted;
    `project_wanted` the path of a project, or of a run without one, to be opened.
    """

    notice_changed = Signal()
    smaller_chosen = Signal(int)
    list_changed = Signal()
    project_wanted = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        controller: RunController,
        store: RunStore,
        queue: RunQueue,
        settings: SettingsFile,
        questions: RunQuestions,
        show_error: Callable[[UserError], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._controller = controller
        self._store = store
        self._queue = queue
        self._settings = settings
        self._questions = questions
        self._show_error = show_error
        self._cut: tuple[RunSummary, ...] = ()
        self._died: tuple[str, int] | None = None
        self._elsewhere: Found | None = None
        self._search = RunSearch(self)
        self._search.found.connect(self._on_found)
        self.watch = RunWatch(self)
        self.watch.live_found.connect(self._on_live)
        self.watch.cut_found.connect(self._on_cut)
        window.commands.connect_to("run.extend", self.extend)
        document.title_changed.connect(lambda _name, _edited: self._look_here())
        controller.state_changed.connect(lambda _activity: self.watch.forget_live())
        controller.job_started.connect(self._on_started)
        store.finished.connect(self._on_finished)
        controller.job_ended.connect(lambda job, _last: self._look_again(job))
        queue.failed.connect(show_error)

    # ---- what is offered ----------------------------------------------------------------------

    def notice(self) -> Telling | None:
        """A run that died for want of memory, or runs that were cut off and can go on.

        Before a project is open: a run of one that goes on in the background, or was cut off.
        """
        if self._controller.activity.job is not None:
            return None
        if self._document.experiment is None:
            return self._notice_elsewhere()
        if self._died is not None:
            sentence, batch = self._died
            words = f"Train with batch size {batch}"
            return Telling(sentence, "error", TAKE, words, (LEAVE, "Leave it"))
        offered = self._offered
        if not offered:
            return None
        first = offered[0]
        where = f" after {first.epochs} epoch{'s' * (first.epochs != 1)}" if first.epochs else ""
        text = f"{first.name} was cut off{where}; it can go on from its last checkpoint."
        if len(offered) > 1:
            text = f"{len(offered)} runs were cut off. {text}"
        return Telling(text, "neutral", TAKE, "Resume", (LEAVE, "Leave it"))

    def do(self, id: str) -> None:
        """What the buttons of the notice ask for."""
        offered, elsewhere = self._offered, self._elsewhere
        if self._document.experiment is None and elsewhere is not None:
            self._elsewhere = None
            if id == TAKE:
                self.project_wanted.emit(elsewhere.project)
        elif self._died is not None:
            _, batch = self._died
            self._died = None
            if id == TAKE:
                self.smaller_chosen.emit(batch)
        elif offered and id == TAKE:
            self.resume(offered[0].path)
        elif offered:
            self._settings.put(self._settings.value.with_left([mark(run) for run in offered]))
        self.notice_changed.emit()

    # ---- what a person asks for ---------------------------------------------------------------

    def resume(self, path: Path, epochs: int | None = None) -> None:
        """Go on with a run that ended, now or in its turn."""
        try:
            waits = self._queue.take_up(RunFolder(path), epochs)
        except UserError as error:
            self._show_error(error)
            return
        if waits is not None:
            self._window.status.say(f"Queued: {waits.title}.")
        else:
            self._window.show_stage("train")

    def extend(self) -> None:
        """Lengthen the run that is trained, or else the shown one."""
        activity, store = self._controller.activity, self._store
        if activity.job == "train" and activity.folder is not None:
            planned = store.live.history.epochs_planned
            more = self._questions.epochs_to_add(activity.folder.name, planned)
            if more is not None:
                self._controller.extend(more)
        elif store.folder is not None:
            self.extend_run(store.folder.path, len(store.history.epochs))

    def extend_run(self, path: Path, epochs: int) -> None:
        """Lengthen a run that ended after so many epochs."""
        more = self._questions.epochs_to_add(path.name, epochs)
        if more is not None:
            self.resume(path, epochs + more)

    def rename(self, path: Path) -> None:
        """Give a run another name, which is asked for."""
        try:
            upkeep.must_be_at_rest(path, self._runs)
            name = self._questions.new_name(path.name)
            new = upkeep.rename(path, self._runs, name) if name is not None else path
        except UserError as error:
            self._show_error(error)
            return
        if new != path:
            self._forget(path)
            if self._store.folder == RunFolder(path):
                self._controller.reopen(new)
            self.list_changed.emit()

    def delete(self, path: Path) -> None:
        """Throw a run away after asking: into the trash, or for good where there is none."""
        try:
            upkeep.must_be_at_rest(path, self._runs)
            if not self._questions.may_delete(path.name, False):
                return
            # Asked, somebody may have gone on with it meanwhile.
            upkeep.must_be_at_rest(path, self._runs)
            if not QFile.moveToTrash(str(path)):
                if not self._questions.may_delete(path.name, True):
                    return
                upkeep.remove(path, self._runs)
        except UserError as error:
            self._show_error(error)
            return
        self._forget(path)
        if self._store.folder == RunFolder(path):
            self._store.clear()
        self.list_changed.emit()

    def search(self) -> None:
        """Look into the last projects for a run that goes on, or was cut off."""
        from cnnstudio.gui.homes import homes

        if self._document.experiment is None:
            settings = self._settings.value
            files = [Path(name) for name in settings.recent]
            self._search.start(files, homes(), settings.left_runs)

    def close(self) -> None:
        """End the threads that look for runs."""
        self._search.stop()
        self.watch.stop()

    # ---- within -------------------------------------------------------------------------------

    @property
    def _runs(self) -> Path:
        return self._document.home / "runs"

    @property
    def _offered(self) -> tuple[RunSummary, ...]:
        left = set(self._settings.value.left_runs)
        waiting = {item.folder.path for item in self._queue.waiting if item.folder is not None}
        return tuple(run for run in self._cut if mark(run) not in left and run.path not in waiting)

    def _look_here(self) -> None:
        self.watch.set_folder(self._runs if self._document.experiment is not None else None)

    def _look_again(self, job: str) -> None:
        if job == "train":
            self.watch.look_again()

    def _on_live(self, folder: RunFolder) -> None:
        if not self._queue.waiting:
            self._controller.follow(folder)

    def _on_found(self, found: Found) -> None:
        self._elsewhere = found
        self.notice_changed.emit()

    def _notice_elsewhere(self) -> Telling | None:
        found = self._elsewhere
        if found is None:
            return None
        name = f"{found.run.name} in {found.run.parent.parent.name}"
        if found.at_work:
            return Telling(f"{name} goes on in the background.", "neutral", TAKE, "Show it")
        text = f"{name} was cut off; it can go on from its last checkpoint."
        return Telling(text, "neutral", TAKE, "Open the project", (LEAVE, "Not now"))

    def _on_cut(self, runs: tuple[RunSummary, ...]) -> None:
        self._cut = runs
        self.notice_changed.emit()

    def _on_started(self, folder: RunFolder, job: str) -> None:
        if job == "train":
            self._died = None
            self._cut = tuple(run for run in self._cut if run.path != folder.path)

    def _on_finished(self, job: str, finished: RunFinished) -> None:
        begun = self._store.live.history.started
        experiment = self._controller.training
        size = begun.batch_size if begun is not None else 0
        if not size and experiment is not None:
            size = experiment.dataset.batch_size
        batch = smaller_batch(finished, size) if job == "train" else None
        self._died = (in_short(finished.sentence), batch) if batch is not None else None

    @property
    def rescues(self) -> bool:
        """Whether a way out of a died run is offered."""
        return self._died is not None

    def _forget(self, path: Path) -> None:
        for item in self._queue.waiting:
            if item.folder == RunFolder(path):
                self._queue.remove(item.number)
        self._on_cut(tuple(run for run in self._cut if run.path != path))
