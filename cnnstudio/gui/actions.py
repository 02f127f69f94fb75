"""Every action of the window, declared once: id, words, keys, icon and menu; menus follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import Theme

NO_EXPERIMENT = "Open images or an experiment first."


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action. `id` is `noun.verb`; `menu` a path such as `View/Theme`; empty: in no menu.

    `separated` puts a line above it, `checkable` a tick beside it. Keys are Qt's names.
    """

    id: str
    text: str
    menu: str = ""
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    separated: bool = False
    checkable: bool = False


RECENT_MENU = "File/Open recent"

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "images.open",
        "Open images…",
        "File",
        ("Ctrl+I",),
        "images",
        "A folder that holds one folder of images per class",
    ),
    ActionSpec(
        "sets.open",
        "Open a set of Keras…",
        "File",
        (),
        "download",
        "MNIST, Fashion-MNIST, CIFAR-10 or CIFAR-100, downloaded once",
    ),
    ActionSpec(
        "experiment.open",
        "Open experiment…",
        "File",
        ("Ctrl+O",),
        "folder-open",
        "An experiment.yaml saved before",
    ),
    ActionSpec("recent.clear", "Clear this list", RECENT_MENU, separated=True),
    ActionSpec("experiment.save", "Save", "File", ("Ctrl+S",), "save", separated=True),
    ActionSpec("experiment.save_as", "Save as…", "File", ("Ctrl+Shift+S",)),
    ActionSpec("start.show", "Start page", "File", ("Ctrl+0",), "house", separated=True),
    ActionSpec(
        "caches.show", "Caches…", "File", tip="What decoded images and thumbnails take on disk"
    ),
    ActionSpec("program.quit", "Quit", "File", ("Ctrl+Q",), "log-out", separated=True),
    ActionSpec("edit.undo", "Undo", "Edit", ("Ctrl+Z",), "undo-2"),
    ActionSpec("edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo-2"),
    ActionSpec(
        "augmentation.import",
        "Import ImageDataGenerator arguments…",
        "Edit",
        ("Ctrl+Shift+I",),
        "download",
        "Paste a call from a script, see what it does, and take its operations",
        separated=True,
    ),
    ActionSpec(
        "augmentation.code",
        "Augmentation as code…",
        "Edit",
        ("Ctrl+Shift+C",),
        "file-code",
        "The operations as a Keras pipeline or as ImageDataGenerator arguments",
    ),
    ActionSpec("stage.data", "Data", "View", ("Ctrl+1",), "images"),
    ActionSpec("stage.augment", "Augment", "View", ("Ctrl+2",), "shuffle"),
    ActionSpec("stage.model", "Model", "View", ("Ctrl+3",), "layers"),
    ActionSpec("stage.train", "Train", "View", ("Ctrl+4",), "chart-line"),
    ActionSpec("stage.diagnose", "Diagnose", "View", ("Ctrl+5",), "stethoscope"),
    ActionSpec("stage.runs", "Runs", "View", ("Ctrl+6",), "history"),
    ActionSpec("stage.export", "Export", "View", ("Ctrl+7",), "package-check"),
    ActionSpec("theme.auto", "As the system", "View/Theme", checkable=True),
    ActionSpec("theme.light", "Light", "View/Theme", (), "sun", checkable=True),
    ActionSpec("theme.dark", "Dark", "View/Theme", (), "moon", checkable=True),
    ActionSpec("theme.toggle", "Switch light and dark", "View", ("Ctrl+Shift+L",)),
    ActionSpec(
        "run.start", "Train", "Run", ("F5",), "play", "Train the network as it stands in a new run"
    ),
    ActionSpec(
        "run.pause",
        "Pause",
        "Run",
        ("Shift+Space", "Pause"),
        "pause",
        "Hold the training where it is, or let it go on",
    ),
    ActionSpec(
        "run.stop", "Stop", "Run", ("Shift+F5",), "square", "Stop, and keep what was learned so far"
    ),
    ActionSpec(
        "run.extend",
        "Extend…",
        "Run",
        ("Ctrl+Shift+E",),
        "fast-forward",
        "Add epochs to the run that goes on, or to the one that is shown",
    ),
    ActionSpec(
        "training.measure",
        "Measure speed",
        "Run",
        ("F9",),
        "gauge",
        "Time a training step here in other precisions and with XLA",
    ),
    ActionSpec("device.explain", "Why this device?", "Run", (), "cpu", "What trains, and why"),
    ActionSpec(
        "run.diagnose",
        "Find out why",
        "Run",
        ("F6",),
        "stethoscope",
        "Train on from this run with one suspect removed at a time, and compare",
        separated=True,
    ),
    ActionSpec(
        "remedy.try",
        "Try this fix",
        "Run",
        ("F7",),
        "wand-sparkles",
        "Make the change that the short runs have proven, and train with it",
    ),
    ActionSpec("problems.show", "Show problems", "Run", ("F8",), "triangle-alert", separated=True),
    ActionSpec(
        "run.export",
        "Export and verify",
        "Run",
        ("Ctrl+E",),
        "package-check",
        "Write the model, load it again elsewhere and compare its predictions",
    ),
    ActionSpec("help.shortcuts", "Keyboard shortcuts", "Help", ("F1",), "keyboard"),
    ActionSpec("help.about", "About CNN Studio", "Help", (), "info", separated=True),
)

# macOS keeps these in the program's own menu; no other action may be taken for one of them.
MENU_ROLES = {
    "program.quit": QAction.MenuRole.QuitRole,
    "help.about": QAction.MenuRole.AboutRole,
}

MENUS = ("File", "Edit", "View", "Run", "Help")


class Actions(QObject):
    """The QActions of a window, by id; each is connected once, in the composition root."""

    def __init__(self, window: QWidget, specs: Sequence[ActionSpec] = ACTIONS) -> None:
        super().__init__(window)
        self._specs = {spec.id: spec for spec in specs}
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        for spec in specs:
            action = QAction(spec.text.replace("&", "&&"), window)
            action.setObjectName(spec.id)
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
            action.setCheckable(spec.checkable)
            action.setMenuRole(MENU_ROLES.get(spec.id, QAction.MenuRole.NoRole))
            self._actions[spec.id] = action
            self._explain(spec.id, "")
        window.addActions(list(self._actions.values()))

    def __getitem__(self, id: str) -> QAction:
        """The QAction of that id, for a button that shows it. Raises KeyError."""
        return self._actions[id]

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """Every declaration, in menu order."""
        return tuple(self._specs.values())

    def connect_to(self, id: str, callback: Callable[[], object]) -> None:
        """Let the action call `callback`. Raises KeyError for an id that is not declared."""
        self._actions[id].triggered.connect(lambda _checked=False: callback())

    def trigger(self, id: str) -> None:
        """Do it, if it can be done now. Raises KeyError for an id that is not declared."""
        self._actions[id].trigger()

    def forbid(self, id: str, reason: str) -> None:
        """Disable with a reason, which the tooltip tells; without a reason it is enabled."""
        self._actions[id].setEnabled(not reason)
        self._explain(id, reason)

    def reason(self, id: str) -> str:
        """Why the action cannot be done now, or nothing."""
        action = self._actions[id]
        return "" if action.isEnabled() else action.toolTip().splitlines()[-1]

    def rename(self, id: str, text: str) -> None:
        """Other words for now, such as `Undo change filters`."""
        self._actions[id].setText(text.replace("&", "&&"))

    def menu(self, path: str) -> QMenu:
        """A menu by its path, such as `File/Open recent`, after `fill`."""
        return self._menus[path]

    def fill(self, bar: QMenuBar) -> None:
        """Build the menus."""
        for title in MENUS:
            self._menus[title] = bar.addMenu(title)
        for spec in self._specs.values():
            if not spec.menu:
                continue
            menu = self._submenu(spec.menu)
            if spec.separated:
                menu.addSeparator()
            menu.addAction(self._actions[spec.id])

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons."""
        for spec in self._specs.values():
            if spec.icon:
                self._actions[spec.id].setIcon(icon(spec.icon, theme))

    def _submenu(self, path: str) -> QMenu:
        if path not in self._menus:
            parent, _, title = path.rpartition("/")
            self._menus[path] = self._menus[parent].addMenu(title)
            self._menus[path].setToolTipsVisible(True)
        self._menus[path].setToolTipsVisible(True)
        return self._menus[path]

    def _explain(self, id: str, reason: str) -> None:
        spec = self._specs[id]
        keys = QKeySequence(spec.keys[0]).toString() if spec.keys else ""
        head = f"{spec.text.rstrip('…')}  {keys}".strip()
        self._actions[id].setToolTip("\n".join(part for part in (head, spec.tip, reason) if part))
