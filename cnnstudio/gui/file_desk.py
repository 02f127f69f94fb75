"""Opening, saving and leaving: every way an experiment comes onto the table and goes off it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from cnnstudio.gui.dialogs import AskDialog
from cnnstudio.gui.document import Document
from cnnstudio.gui.errors import ErrorDialog
from cnnstudio.gui.homes import EXPERIMENT_FILE
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.plan_sentence import images_sentence, plan_sentence
from cnnstudio.gui.reading import FolderReading
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.gui.status_strip import Progress
from cnnstudio.spec.defaults import Orientation, name_for, propose
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.keras_sets import KerasSet
from cnnstudio.spec.sources import KerasDataset, Source

EXPERIMENT_NAMES = (".yaml", ".yml")
ORIENTATIONS: tuple[Orientation, ...] = ("photos", "text", "any")


class Chooser:
    """The system's own file dialogs, and the question about unsaved changes.

    A class of its own, so that a test or a tour can answer instead of a person.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def folder(self, start: str) -> Path | None:
        """A folder of images."""
        name = QFileDialog.getExistingDirectory(self._window, "Open a folder of images", start)
        return Path(name) if name else None

    def experiment(self, start: str) -> Path | None:
        """An experiment file."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open an experiment", start, "Experiments (*.yaml *.yml)"
        )
        return Path(name) if name else None

    def save_as(self, start: Path) -> Path | None:
        """Where to save an experiment."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save the experiment", str(start), "Experiments (*.yaml *.yml)"
        )
        return Path(name) if name else None

    def labelled(self, source: Source, sentence: str) -> Source | None:
        """How images are labelled that do not tell it; None opens nothing."""
        from cnnstudio.gui.dataset.source_dialog import SourceDialog

        dialog = SourceDialog(source, sentence, self._window.theme, self._window)
        return dialog.source if dialog.exec() else None

    def unsaved(self, name: str) -> str:
        """What to do with unsaved changes: save, discard or cancel."""
        dialog = AskDialog(
            f"Save the changes to “{name}”?",
            "Otherwise they are lost. Runs that were trained are kept either way.",
            (("save", "Save"), ("discard", "Discard"), ("cancel", "Cancel")),
            self._window,
        )
        dialog.exec()
        return dialog.answer


class FileDesk(QObject):
    """Connects the file actions, the start page and the question with the document.

    `run_opened` carries the path of a run folder that was opened.
    """

    run_opened = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        settings: SettingsFile,
        make_chooser: Callable[[MainWindow], Chooser] = Chooser,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._settings = settings
        self.chooser = make_chooser(window)
        self._proposal: FolderReading | None = None
        self._folder_name = ""
        commands = window.commands
        commands.connect_to("images.open", self.open_images)
        commands.connect_to("experiment.open", self.open_experiment)
        commands.connect_to("experiment.save", self.save)
        commands.connect_to("experiment.save_as", self.save_as)
        commands.connect_to("recent.clear", self._clear_recent)
        commands.connect_to("start.show", window.show_welcome)
        commands.connect_to("program.quit", window.close)
        window.dropped.connect(self.open_path)
        window.drop_refused.connect(self.tell)
        window.welcome.action_requested.connect(commands.trigger)
        window.welcome.sample_chosen.connect(self.open_sample)
        window.welcome.recent_chosen.connect(self.open_path)
        window.question.answered.connect(self._answered)
        window.question.dismissed.connect(self._dismissed)
        document.proposed.connect(self._proposed)
        document.failed.connect(self._not_read)
        document.title_changed.connect(self._on_title)
        self._on_title("", False)
        self._show_recent()

    # ---- opening ------------------------------------------------------------------------------

    def open_images(self) -> None:
        """Choose a folder of images for a new experiment."""
        start = self._settings.value.images_folder
        folder = self.chooser.folder(start if Path(start).is_dir() else str(Path.home()))
        if folder is not None:
            self.open_path(folder)

    def open_experiment(self) -> None:
        """Choose an experiment file."""
        start = self._settings.value.experiments_folder
        file = self.chooser.experiment(start if Path(start).is_dir() else str(Path.home()))
        if file is not None:
            self.open_path(file)

    def open_path(self, path: Path) -> None:
        """Open whatever this is: an experiment file, a project, a run, or a folder of images."""
        path = path.expanduser().absolute()
        if path.suffix.lower() in EXPERIMENT_NAMES and not path.is_dir():
            self._open_file(path)
        elif (path / "events.jsonl").is_file():
            # A project keeps its runs in `runs`; a run that stands alone has no project.
            home = path.parent.parent if path.parent.name == "runs" else None
            if self._open_file(path / EXPERIMENT_FILE, as_copy=True, home=home):
                self.run_opened.emit(path)
        elif (path / EXPERIMENT_FILE).is_file():
            self._open_file(path / EXPERIMENT_FILE)
        elif self.may_leave():
            self._settings.update(images_folder=str(path.parent))
            self._folder_name = name_for(path)
            self._document.new_from_folder(path)

    def open_set(self, one: KerasSet) -> None:
        """Begin a new experiment with a set of Keras that is on this computer."""
        if self.may_leave():
            self._folder_name = one.title
            self._document.new_from_folder(Path(one.path), KerasDataset(name=one.name))

    def open_sample(self, file: Path) -> None:
        """Open a sample of the program: a copy, since the original is not the person's."""
        self._open_file(file, as_copy=True)

    def _open_file(self, path: Path, as_copy: bool = False, home: Path | None = None) -> bool:
        if not self.may_leave():
            return False
        try:
            self._document.open(path, as_copy, home)
        except UserError as error:
            self.tell(error)
            if not path.exists():
                kept = tuple(name for name in self._settings.value.recent if name != str(path))
                self._settings.update(recent=kept)
                self._show_recent()
            return False
        if not as_copy:
            self._remember(path)
        self._window.show_stage("data")
        return True

    # ---- the question -------------------------------------------------------------------------

    def _proposed(self, reading: FolderReading) -> None:
        self._proposal = reading
        experiment = propose(
            self._folder_name, reading.source, reading.facts, intensity=reading.intensity
        )
        facts = reading.facts
        about = f"“{self._folder_name}”: {images_sentence(facts)}"
        if facts.unreadable:
            bad = len(facts.unreadable)
            about += f", {bad} file{'s' * (bad != 1)} left out that cannot be read"
        plan = f"Then: {plan_sentence(experiment, facts)}."
        self._window.question.ask(about, plan, reading.picture)
        self._window.show_question()

    def _answered(self, orientation: str) -> None:
        reading = self._proposal
        chosen = next((o for o in ORIENTATIONS if o == orientation), None)
        if reading is None or chosen is None:
            return
        self._proposal = None
        made = propose(self._folder_name, reading.source, reading.facts, chosen, reading.intensity)
        self._document.new(made, reading)
        self._window.show_stage("data")

    def _dismissed(self) -> None:
        self._proposal = None
        if self._document.experiment is None:
            self._window.show_welcome()
        else:
            self._document.read_images()
            self._window.show_stage(self._window.stage_ids[0])

    def _not_read(self, error: UserError) -> None:
        from cnnstudio.data.detect import Undecided

        if not isinstance(error, Undecided):
            self.tell(error)
        elif (source := self.chooser.labelled(error.source, error.sentence)) is not None:
            self._document.new_from_folder(Path(source.path), source)

    # ---- saving and leaving -------------------------------------------------------------------

    def save(self) -> bool:
        """Save to the experiment's own file, or ask for one; False when nothing was saved."""
        path = self._document.path
        return self._save_to(path) if path is not None else self.save_as()

    def save_as(self) -> bool:
        """Ask for a file and save to it; False when nothing was saved."""
        home = self._document.home
        start = self._document.path or home / EXPERIMENT_FILE
        if self._document.path is None:
            # The dialog can only begin in a folder that is there.
            try:
                home.mkdir(parents=True, exist_ok=True)
            except OSError:
                start = Path.home() / EXPERIMENT_FILE
        path = self.chooser.save_as(start)
        if path is None:
            return False
        if path.suffix.lower() not in EXPERIMENT_NAMES:
            path = path.with_name(f"{path.name}.yaml")
        return self._save_to(path)

    def may_leave(self) -> bool:
        """Ask about unsaved changes; True when the experiment may go off the table."""
        if not self._document.edited:
            return True
        answer = self.chooser.unsaved(self._document.title)
        if answer == "save":
            return self.save()
        return answer == "discard"

    def _save_to(self, path: Path) -> bool:
        try:
            self._document.save(path)
        except UserError as error:
            self.tell(error)
            return False
        self._remember(path)
        self._window.status.say(f"Saved to {path}")
        return True

    def tell(self, error: UserError) -> None:
        """Show an error in the window."""
        ErrorDialog(error, self._window.theme, self._window).open()

    # ---- what is remembered -------------------------------------------------------------------

    def _remember(self, path: Path) -> None:
        settings = self._settings.value.with_recent(path)
        self._settings.put(settings.model_copy(update={"experiments_folder": str(path.parent)}))
        self._show_recent()

    def _clear_recent(self) -> None:
        self._settings.update(recent=())
        self._show_recent()

    def _show_recent(self) -> None:
        from cnnstudio.gui.actions import RECENT_MENU

        recent = self._settings.value.recent
        self._window.welcome.set_recent(recent)
        menu = self._window.commands.menu(RECENT_MENU)
        clear = self._window.commands["recent.clear"]
        for action in menu.actions():
            if action is not clear and not action.isSeparator():
                menu.removeAction(action)
                action.deleteLater()
        first = menu.actions()[0]
        for name in recent:
            path = Path(name)
            action = menu.addAction(f"{path.parent.name}/{path.name}".replace("&", "&&"))
            action.setToolTip(name)
            action.triggered.connect(lambda _on=False, path=path: self.open_path(path))
            menu.insertAction(first, action)
        self._window.commands.forbid("recent.clear", "" if recent else "The list is empty.")

    def _on_title(self, name: str, edited: bool) -> None:
        from cnnstudio.gui.actions import NO_EXPERIMENT

        nothing = "" if name else NO_EXPERIMENT
        saved = "" if edited or not name else "There is nothing to save."
        if self._document.path is None:
            saved = ""
        self._window.commands.forbid("experiment.save", nothing or saved)
        for id in ("experiment.save_as", "augmentation.import", "augmentation.code"):
            self._window.commands.forbid(id, nothing)


def reading_progress(done: int, total: int) -> Progress:
    """The status row while images are read."""
    if not total:
        return Progress("Looking for images", cancel="images.cancel")
    return Progress("Reading images", done, total, (f"{done} of {total}",), "images.cancel")
