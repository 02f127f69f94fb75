"""The window's composition root: builds every object, connects them, and nothing else does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, qVersion
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from cnnstudio import __version__, resources
from cnnstudio.gui import fonts
from cnnstudio.gui.dialogs import AboutDialog, ShortcutsDialog
from cnnstudio.gui.document import Document
from cnnstudio.gui.file_desk import Chooser, FileDesk
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.prefetch import Prefetch, read_causes, read_samples, usual_experiment
from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run.queue import RunQueue
from cnnstudio.gui.run.store import RunStore
from cnnstudio.gui.run_care import RunCare
from cnnstudio.gui.run_desk import RunDesk
from cnnstudio.gui.run_questions import RunQuestions
from cnnstudio.gui.set_desk import SetDesk
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.gui.speed_desk import SpeedDesk
from cnnstudio.gui.stage import Stage, StagePage
from cnnstudio.gui.static_findings import StaticFindings
from cnnstudio.gui.theme import Theme
from cnnstudio.gui.theming import CHOICES, Theming
from cnnstudio.gui.tidying import Tidying

if TYPE_CHECKING:
    from cnnstudio.gui.caches import CacheWork
    from cnnstudio.gui.dataset.collection import Collection
    from cnnstudio.runs.findings import Finding


GIVE_WAY = 0.0005
"""Seconds; with Python's own 0.005 a window that paints beside a busy thread stutters."""


class Studio:
    """One window with everything behind it. `open` shows a path, `close` ends what runs."""

    def __init__(
        self,
        application: QApplication,
        settings: SettingsFile | None = None,
        controller: RunController | None = None,
        chooser: Callable[[MainWindow], Chooser] = Chooser,
        questions: Callable[[MainWindow], RunQuestions] = RunQuestions,
    ) -> None:
        self.settings = settings if settings is not None else SettingsFile()
        self.theming = Theming(application, self.settings)
        self.theming.apply()
        self._at_close: list[Callable[[], None]] = []
        self._request: Callable[[], None] = lambda: None
        self._of_augment: dict[str, Callable[[], None]] = {}
        self.document = Document()
        self.controller = controller if controller is not None else RunController()
        self.store = RunStore()
        self.queue = RunQueue(self.controller)
        self._keep = False
        self.window = MainWindow(self.document, self._stages(), self.settings)
        self.files = FileDesk(self.window, self.document, self.settings, chooser)
        self.questions = questions(self.window)
        self.care = RunCare(
            self.window,
            self.document,
            self.controller,
            self.store,
            self.queue,
            self.settings,
            self.questions,
            self.files.tell,
        )
        self.runs = RunDesk(
            self.window,
            self.document,
            self.controller,
            self.store,
            self.queue,
            self.care,
            self.files.tell,
            self._request_export,
        )
        self.files.run_opened.connect(self.runs.open_run)
        self.care.project_wanted.connect(self.files.open_path)
        self.sets = SetDesk(self.window, self.document, self.files.open_set)
        self.speeds = SpeedDesk(self.window, self.document, self.controller, self.files.tell)
        self._findings = StaticFindings(self.window)
        self.document.changed.connect(self._findings.set_experiment)
        self.document.facts_changed.connect(self._findings.set_facts)
        self._judge(self.runs.set_findings)
        self.window.may_close = self._may_close
        self._connect_view()
        self.theming.changed.connect(self._on_theme)
        self.theming.apply()
        self._prefetch = Prefetch(
            [f"cnnstudio.gui.stages.{id}_stage" for id in self.window.stage_ids],
            (read_samples, read_causes),
            self.window,
        )
        self._prefetch.ready.connect(self._on_prefetched)
        self._tidying = Tidying(self.window)
        self.window.prepared.connect(self._tidying.keep)
        self.window.painted.connect(self._on_painted)

    def show(self) -> None:
        """Put the window on screen."""
        self.window.show()

    def open(self, path: Path) -> None:
        """Open an experiment, a project, a run or a folder of images."""
        self.files.open_path(path)

    def close(self) -> None:
        """End the running job and every thread."""
        self._tidying.stop()
        self._prefetch.stop()
        for end in self._at_close:
            end()
        self.document.close()
        self.sets.close()
        self.speeds.close()
        self.care.close()
        self.queue.clear()
        self.controller.shutdown(keep=self._keep)

    @cached_property
    def _collection(self) -> Collection:
        """The images and the chosen one, shared by every stage that shows them."""
        from cnnstudio.gui.dataset.collection import Collection

        collection = Collection(self.window)
        collection.set_index(self.document.index)
        self.document.index_changed.connect(collection.set_index)
        collection.sought.connect(lambda _sample: self.window.show_stage("data"))
        return collection

    # ---- stages: each is imported when it is first shown ---------------------------------------

    def _stages(self) -> tuple[Stage, ...]:
        return (
            Stage("data", "Data", "images", self._data),
            Stage("augment", "Augment", "shuffle", self._augment),
            Stage("model", "Model", "layers", self._model),
            Stage("train", "Train", "chart-line", self._train),
            Stage("diagnose", "Diagnose", "stethoscope", self._diagnose),
            Stage("runs", "Runs", "history", self._runs),
            Stage("export", "Export", "package-check", self._export),
        )

    def _data(self, theme: Theme) -> Iterator[StagePage]:
        from cnnstudio.gui.stages.data_stage import DataPage

        page = DataPage(self._collection)
        yield from page.steps(theme)
        page.health_checked.connect(self._findings.set_health)

    def _augment(self, theme: Theme) -> Iterator[StagePage]:
        from cnnstudio.gui.stages.augment_stage import AugmentPage

        page = AugmentPage(self._collection)
        yield from page.steps(theme)
        page.changes_made.connect(self.document.apply)
        self._of_augment = {
            "augmentation.import": page.import_arguments,
            "augmentation.code": page.show_code,
        }
        self._judge(page.set_findings)

    def _model(self, theme: Theme) -> Iterator[StagePage]:
        from cnnstudio.gui.stages.model_stage import ModelPage

        page = ModelPage()
        yield from page.steps(theme)
        self._judge(page.set_findings)

    def _train(self, theme: Theme) -> Iterator[StagePage]:
        from cnnstudio.gui.stages.train_stage import TrainStage

        page = TrainStage()
        yield from page.steps(theme)
        page.train_requested.connect(self.runs.start)
        page.diagnose_requested.connect(self.runs.diagnose)
        page.set_collection(self._collection)
        self.speeds.attach(page.scheduler)
        self.store.updated.connect(lambda: page.set_view(self.store.shown))
        page.set_view(self.store.shown)

    def _diagnose(self, theme: Theme) -> Iterator[StagePage]:
        from cnnstudio.gui.stages.diagnose_stage import DiagnoseStage

        page = DiagnoseStage()
        yield from page.steps(theme)
        page.diagnose_requested.connect(self.runs.diagnose)
        page.remedy_chosen.connect(self.runs.try_remedy)
        self.controller.state_changed.connect(lambda activity: page.set_busy(activity.busy))
        page.set_busy(self.controller.activity.busy)
        self._judge(page.set_findings)

        def show() -> None:
            page.set_probes(self.store.probes)
            page.set_history(self.store.history)

        self._keep_up(page, show)

    def _runs(self, theme: Theme) -> Iterator[StagePage]:
        from cnnstudio.gui.stages.runs_stage import RunsStage

        page = RunsStage()
        yield from page.steps(theme)
        page.run_opened.connect(self.runs.open_run)
        page.experiment_chosen.connect(
            lambda experiment: self.document.adopt(experiment, "Take a run's settings")
        )
        page.compare_requested.connect(self.controller.compare)
        self.controller.compared.connect(page.take_replay)
        page.resume_requested.connect(self.care.resume)
        page.extend_requested.connect(self.care.extend_run)
        page.rename_requested.connect(self.care.rename)
        page.delete_requested.connect(self.care.delete)
        page.unqueue_requested.connect(self.queue.remove)
        self.care.list_changed.connect(page.refresh)
        self.queue.changed.connect(page.set_queue)
        page.set_queue(self.queue.waiting)
        self.controller.state_changed.connect(lambda _activity: page.refresh())
        self.document.title_changed.connect(
            lambda _name, _edited: page.set_folder(self.document.home / "runs")
        )
        page.set_folder(self.document.home / "runs")
        self._at_close.append(page.close_threads)

    def _export(self, theme: Theme) -> Iterator[StagePage]:
        from cnnstudio.gui.stages.export_stage import ExportStage

        page = ExportStage()
        yield from page.steps(theme)
        page.export_requested.connect(self.runs.export)
        page.train_requested.connect(self.runs.start)
        self._keep_up(page, lambda: page.set_view(self.store.shown))
        self.controller.state_changed.connect(lambda activity: page.set_busy(activity.busy))
        page.set_busy(self.controller.activity.busy)
        self._request = page.request

    def _request_export(self) -> None:
        """Export as the Export stage is set."""
        self.window.page("export")
        self.window.show_stage("export")
        self._request()

    def _keep_up(self, page: StagePage, show: Callable[[], None]) -> None:
        """Let a page follow the shown run; out of sight it waits until somebody looks."""
        seen = True

        def follow() -> None:
            nonlocal seen
            seen = page.in_sight
            if seen:
                show()

        def look(id: str) -> None:
            if not seen and page.objectName() == f"page.{id}":
                follow()

        self.store.updated.connect(follow)
        self.window.stage_changed.connect(look)
        show()

    def _judge(self, show: Callable[[Sequence[Finding]], None]) -> None:
        """Show what the doctor says of the settings, now and after each change."""
        self._findings.changed.connect(show)
        show(self._findings.found)

    def _may_close(self) -> bool:
        activity, waiting = self.controller.activity, len(self.queue.waiting)
        self._keep = False
        if activity.busy:
            may_go_on = activity.job == "train" and activity.state != "stopping"
            answer = self.questions.leaving(activity.busy, waiting, may_go_on)
            if answer == "cancel":
                return False
            self._keep = answer == "background"
        if not self.files.may_leave():
            return False
        if activity.elsewhere and not self._keep:
            self.controller.stop()
        return True

    # ---- view and help ------------------------------------------------------------------------

    def _connect_view(self) -> None:
        commands, window = self.window.commands, self.window
        for id in window.stage_ids:
            commands.connect_to(f"stage.{id}", partial(window.show_stage, id))
        for choice in CHOICES:
            commands.connect_to(f"theme.{choice}", partial(self.theming.choose, choice))
        commands.connect_to("theme.toggle", self.theming.toggle)
        commands.connect_to("help.shortcuts", self._show_shortcuts)
        commands.connect_to("help.about", self._show_about)
        commands.connect_to("caches.show", self._show_caches)
        device = window.header.device
        commands.connect_to("device.explain", lambda: device.explain(window.header.primary))

        for id in ("augmentation.import", "augmentation.code"):
            commands.connect_to(id, partial(self._in_augment, id))

    def _in_augment(self, id: str) -> None:
        """Do an action of the Augment stage there."""
        self.window.page("augment")
        self.window.show_stage("augment")
        self._of_augment[id]()

    def _on_theme(self, theme: Theme) -> None:
        self.window.set_theme(theme)
        for choice in CHOICES:
            self.window.commands[f"theme.{choice}"].setChecked(choice == self.theming.choice)

    def _show_shortcuts(self) -> None:
        ShortcutsDialog(self.window.commands.specs, self.window).open()

    def _show_about(self) -> None:
        AboutDialog((("Python", python_version()), ("Qt", qVersion())), self.window).open()

    @cached_property
    def _caches(self) -> CacheWork:
        """Looks at the caches; the images on the table are listed anew once they are cleared."""
        from cnnstudio.gui.caches import CacheWork

        work = CacheWork(self.window)
        work.looked.connect(
            lambda _held, freed: None if freed is None else self.document.read_images()
        )
        self._at_close.append(work.shutdown)
        return work

    def _show_caches(self) -> None:
        from cnnstudio.gui.caches import CachesDialog

        CachesDialog(self._caches, self.window).open()

    def _on_painted(self) -> None:
        # A thread that reads a file gives way this often when the window wants to run Python.
        sys.setswitchinterval(GIVE_WAY)
        self._tidying.start()
        self.controller.warm()
        self.care.search()
        self._prefetch.start()

    def _on_prefetched(self) -> None:
        self.window.rehearse(usual_experiment())
        self.window.build_in_idle_time()


def main(path: Path | None = None) -> int:
    """Run the window until it is closed; `path` is opened in it. Returns the exit code."""
    application = make_application()
    studio = Studio(application)
    studio.show()
    if path is not None:
        QTimer.singleShot(0, lambda: studio.open(path))
    code = application.exec()
    studio.close()
    return code


def make_application() -> QApplication:
    """The QApplication with the program's name, style, icon and typeface."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("CNN Studio")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("cnnstudio")
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(str(resources.path("icons/cnnstudio.png"))))
    fonts.load()
    application.setFont(fonts.font())
    return application
