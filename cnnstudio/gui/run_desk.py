"""Training, finding out why and exporting: the run's state told to every part of the window."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from cnnstudio.gui.actions import NO_EXPERIMENT
from cnnstudio.gui.document import Document
from cnnstudio.gui.file_desk import reading_progress
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.memory import resident_bytes
from cnnstudio.gui.primary_button import Situation, verb
from cnnstudio.gui.run_care import LEAVE, TAKE, RunCare
from cnnstudio.gui.run_group import beside
from cnnstudio.gui.stage_rail import Badge
from cnnstudio.gui.status_strip import Progress
from cnnstudio.gui.telling import export_progress, probe_progress, tell, train_progress
from cnnstudio.runs.events import RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.patch import Change

if TYPE_CHECKING:
    from cnnstudio.gui.run.controller import RunController
    from cnnstudio.gui.run.queue import RunQueue
    from cnnstudio.gui.run.replay import Replay
    from cnnstudio.gui.run.store import RunStore
    from cnnstudio.runs.findings import Finding
    from cnnstudio.spec.experiment import Experiment

STAGE_OF = {"dataset": "data", "augmentation": "augment", "model": "model", "training": "train"}


class RunDesk(QObject):
    """Starts jobs for the run actions, and keeps button, rail, verdict and status row true."""

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        controller: RunController,
        store: RunStore,
        queue: RunQueue,
        care: RunCare,
        show_error: Callable[[UserError], None],
        export_with: Callable[[], None],
    ) -> None:
        """`export_with` starts the export as the Export stage is set."""
        super().__init__(window)
        self._window = window
        self._document = document
        self._controller = controller
        self._store = store
        self._queue = queue
        self._care = care
        self._show_error = show_error
        self._warnings: tuple[Finding, ...] = ()
        self._reading: Progress | None = None
        self._trained: Experiment | None = None
        commands = window.commands
        commands.connect_to("run.start", self.start)
        commands.connect_to("run.stop", controller.stop)
        commands.connect_to("run.pause", self.pause_or_go_on)
        commands["run.start"].setAutoRepeat(False)
        commands.connect_to("run.diagnose", self.diagnose)
        commands.connect_to("run.export", export_with)
        commands.connect_to("remedy.try", self.try_proven_remedy)
        commands.connect_to("problems.show", self.show_problems)
        commands.connect_to("edit.undo", document.undo_stack.undo)
        commands.connect_to("edit.redo", document.undo_stack.redo)
        window.header.primary.requested.connect(commands.trigger)
        window.header.beside.requested.connect(commands.trigger)
        window.verdict.requested.connect(self._do)
        window.status.cancel_requested.connect(self._do)
        window.stage_changed.connect(lambda _id: self.refresh())
        document.changed.connect(lambda _experiment: self.refresh())
        document.facts_changed.connect(lambda _facts: self.refresh())
        document.problems_changed.connect(lambda _problems: self.refresh())
        document.reading_changed.connect(self._on_reading)
        document.reading_progressed.connect(self._on_reading_progress)
        document.refused.connect(lambda error: window.status.say(error.sentence, "error"))
        document.moved.connect(lambda found: window.status.say(found.brief, "", found.sentence))
        document.undo_stack.indexChanged.connect(self._name_undo)
        document.opened.connect(self._on_opened)
        controller.state_changed.connect(lambda _activity: self.refresh())
        controller.job_started.connect(self._on_started)
        controller.caught_up.connect(store.catch_up)
        controller.caught_up.connect(self._on_caught_up)
        controller.events.connect(store.take)
        controller.events.connect(self._on_events)
        controller.replayed.connect(self._on_replayed)
        controller.failed.connect(show_error)
        queue.changed.connect(lambda _waiting: self.refresh())
        care.notice_changed.connect(self.refresh)
        care.smaller_chosen.connect(self.train_smaller)
        store.updated.connect(self._on_updated)
        store.shown_changed.connect(lambda _folder: self.refresh())
        store.finished.connect(self._on_finished)
        self._behind = QTimer(self)
        self._behind.setSingleShot(True)
        self._behind.setInterval(500)
        self._behind.timeout.connect(self._progress)
        self._name_undo()
        self.refresh()

    # ---- what a person asks for ---------------------------------------------------------------

    def start(self) -> None:
        """Train the experiment as it stands, now or in its turn; with problems, show them."""
        document = self._document
        if document.experiment is None:
            return
        if document.problems:
            self.show_problems()
            return
        situation = self._situation()
        if situation.work == "train" and self._trained is not None and not situation.changed:
            self._window.status.say(
                "These settings are being trained or wait already: change one to queue another run."
            )
            return
        try:
            waits = self._queue.train(document.experiment, document.home / "runs")
        except UserError as error:
            self._show_error(error)
            return
        # Its runs are in one place, even when it gets another name.
        document.settle_home()
        if waits is not None:
            self._window.status.say(f"Queued: {waits.title}. Runs lists what waits.")
        else:
            self._window.show_stage("train")

    def pause_or_go_on(self) -> None:
        """Hold the training, or let it go on."""
        if self._controller.activity.state == "running":
            self._controller.pause()
        else:
            self._controller.go_on()

    def train_smaller(self, batch_size: int) -> None:
        """Train with another batch size, which undo takes back."""
        if self._document.edit("dataset.batch_size", batch_size, "Change batch size", False):
            self.start()

    def diagnose(self) -> None:
        """Look for the cause in the shown run."""
        folder = self._store.folder
        if folder is None:
            return
        try:
            self._controller.diagnose(folder)
        except UserError as error:
            self._show_error(error)
            return
        self._window.show_stage("diagnose")

    def try_remedy(self, changes: Sequence[Change], words: str) -> None:
        """Make the changes that the doctor proposes, undoably, and train with them."""
        if self._document.apply(changes, words) and not self._controller.activity.busy:
            self.start()

    def try_proven_remedy(self) -> None:
        """Try what the diagnosis of the shown run has proven."""
        finding = self._remedy()
        if finding is not None:
            self.try_remedy(finding.remedy, finding.remedy_label)

    def _remedy(self) -> Finding | None:
        """The proven finding of the shown run that offers a change, if there is one."""
        diagnosis = self._store.probes.diagnosis
        found = diagnosis.findings if diagnosis is not None else ()
        return next((f for f in found if f.proven and f.remedy), None)

    def export(self, format: str, out: Path) -> None:
        """Export the shown run's model and check it."""
        folder = self._store.folder
        if folder is None:
            return
        try:
            self._controller.export(folder, format, out)
        except UserError as error:
            self._show_error(error)

    def show_problems(self) -> None:
        """Go to the stage of the first problem."""
        if self._document.problems:
            self._window.show_stage(stage_of(self._document.problems[0].path))

    def fix_first_problem(self) -> None:
        """Make the change that the first problem proposes."""
        if self._document.problems and self._document.problems[0].fix:
            problem = self._document.problems[0]
            self._document.apply(problem.fix, problem.fix_label)

    def open_run(self, path: Path) -> None:
        """Show a run folder."""
        self._controller.reopen(path)
        self._window.show_stage("train")

    def _do(self, id: str) -> None:
        """What the buttons of verdict strip and status row ask for."""
        if id == "problems.fix":
            self.fix_first_problem()
        elif id in (TAKE, LEAVE):
            self._care.do(id)
        elif id == "images.cancel":
            self._document.cancel_reading()
        else:
            self._window.commands.trigger(id)

    # ---- what everybody sees ------------------------------------------------------------------

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Mark in the rail what the doctor's static rules warn of."""
        self._warnings = tuple(f for f in findings if f.severity != "information")
        self._mark()

    def refresh(self) -> None:
        """Bring button, rail, verdict, status row and actions up to date."""
        self._forbid()
        self._press()
        self._mark()
        self._say()
        self._progress()

    def _situation(self) -> Situation:
        activity, history = self._controller.activity, self._store.history
        asked = (self._trained, *(item.experiment for item in self._queue.waiting[-1:]))
        return Situation(
            stage=self._window.stage,
            has_experiment=self._document.experiment is not None,
            problems=len(self._document.problems),
            work=activity.job or "",
            stopping=activity.state == "stopping",
            pausing=activity.state == "pausing",
            paused=activity.state == "paused",
            has_run=self._store.folder is not None and history.epoch > 0,
            has_model=self._store.folder is not None and bool(history.checkpoints),
            changed=self._trained is not None and self._document.experiment not in asked,
            has_remedy=self._remedy() is not None,
        )

    def _forbid(self) -> None:
        commands, situation = self._window.commands, self._situation()
        nothing = "" if situation.has_experiment else NO_EXPERIMENT
        busy = self._controller.activity.busy
        commands.forbid("run.start", nothing)
        commands.forbid("run.stop", "" if situation.work else "Nothing is running.")
        training = situation.work == "train" and not situation.stopping
        commands.forbid("run.pause", "" if training else "No network is being trained.")
        commands.rename("run.pause", "Resume" if situation.paused else "Pause")
        no_run = "" if situation.has_run else "Train first: there is no run to look at."
        commands.forbid("run.diagnose", no_run or busy)
        no_remedy = "" if situation.has_remedy else "Find out why first: no fix is proven yet."
        commands.forbid("remedy.try", no_remedy or busy)
        kept = training or situation.has_model
        commands.forbid("run.extend", "" if kept else "Train first: there is no run to extend.")
        no_model = "" if situation.has_model else "Train first: there is no model yet."
        commands.forbid("run.export", no_model or busy)
        commands.forbid("problems.show", "" if situation.problems else "There are no problems.")
        for id in self._window.stage_ids:
            commands.forbid(f"stage.{id}", nothing)
        self._window.header.rail.forbid(nothing)

    def _press(self) -> None:
        header, situation = self._window.header, self._situation()
        header.primary.show_verb(verb(situation), self._window.commands)
        header.beside.show_verbs(beside(situation), self._window.commands)
        header.set_state("paused" if situation.paused else "")

    def _mark(self) -> None:
        rail = self._window.header.rail
        for id in self._window.stage_ids:
            rail.set_badge(id, self._badge(id))

    def _badge(self, id: str) -> Badge:
        document = self._document
        if document.experiment is None or id not in STAGE_OF.values():
            return Badge()
        wrong = [p.sentence for p in document.problems if stage_of(p.path) == id]
        if wrong:
            return Badge("error", len(wrong), "\n".join(wrong))
        doubts = [f.sentence for f in self._warnings if finding_stage(f) == id]
        if doubts:
            return Badge("warn", len(doubts), "\n".join(doubts))
        if id == "data" and document.facts is None:
            return Badge()
        return Badge("ok")

    def _say(self) -> None:
        document, activity = self._document, self._controller.activity
        notice = None if self._window.asking else self._care.notice()
        told = notice or tell(
            self._window.stage,
            self._window.asking,
            document.experiment,
            document.facts,
            document.problems,
            document.reading,
            activity.job is not None,
            self._store.history,
            self._store.verdict(),
            None if self._situation().changed else self._store.probes.diagnosis,
        )
        self._window.verdict.say(told.sentence, told.tone, told.action, told.words, told.other)

    def _progress(self) -> None:
        activity, store = self._controller.activity, self._store
        stopping = activity.state == "stopping"
        progress = self._reading
        if activity.job == "train":
            memory = resident_bytes(self._controller.pid) if self._controller.pid else 0
            progress = train_progress(store.live.history, stopping, memory)
        elif activity.job == "diagnose":
            progress = probe_progress(store.live.probes, stopping)
        elif activity.job == "export":
            progress = export_progress(store.live.export_phase, stopping)
        self._window.status.set_progress(progress)

    def _on_updated(self) -> None:
        self._say()
        self._progress()
        started = self._store.history.started
        if started is not None:
            self._window.header.set_device(device_words(started.device), started.device_note)
        self._forbid()
        self._press()

    def _on_events(self, job: str, events: object) -> None:
        # The store tells of the shown run alone; the status row speaks of the running one.
        if self._store.live is not self._store.shown and not self._behind.isActive():
            self._behind.start()

    def _on_started(self, folder: RunFolder, job: str) -> None:
        training = self._controller.training if job == "train" else None
        self._store.begin(folder, job, training)
        if job == "train":
            self._trained = training

    def _on_caught_up(self, replay: Replay) -> None:
        self._trained = replay.experiment

    def _on_opened(self) -> None:
        """What was trained belongs to the experiment that has gone off the table."""
        self._trained = None
        self._store.clear()

    def _on_replayed(self, replay: Replay) -> None:
        self._trained = replay.experiment
        self._store.show(replay)

    def _on_finished(self, job: str, finished: RunFinished) -> None:
        if finished.reason == "errored" and not self._care.rescues:
            self._show_error(UserError(finished.sentence, _place(self._store), finished.details))

    def _on_reading(self, busy: bool) -> None:
        self._reading = reading_progress(0, 0) if busy else None
        self.refresh()

    def _on_reading_progress(self, done: int, total: int) -> None:
        self._reading = reading_progress(done, total)
        self._progress()

    def _name_undo(self, _index: int = 0) -> None:
        stack, commands = self._document.undo_stack, self._window.commands
        commands.rename("edit.undo", f"Undo {_lowered(stack.undoText())}".strip())
        commands.rename("edit.redo", f"Redo {_lowered(stack.redoText())}".strip())
        commands.forbid("edit.undo", "" if stack.canUndo() else "There is nothing to undo.")
        commands.forbid("edit.redo", "" if stack.canRedo() else "There is nothing to redo.")


def device_words(device: str) -> str:
    """What trained, for the header: `CPU · 2 cores`, or the card's name."""
    cores = os.cpu_count() or 1
    return f"CPU · {cores} core{'s' * (cores != 1)}" if device == "CPU" else device


def stage_of(path: str) -> str:
    """The stage where a dotted path is edited; what belongs to none is edited under Data."""
    return STAGE_OF.get(path.split(".", 1)[0], "data")


def finding_stage(finding: Finding) -> str:
    """The stage where a finding's remedy is made, or none."""
    return stage_of(finding.remedy[0].path) if finding.remedy else ""


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _place(store: RunStore) -> str:
    folder = store.folder
    return str(folder.path) if isinstance(folder, RunFolder) else ""
