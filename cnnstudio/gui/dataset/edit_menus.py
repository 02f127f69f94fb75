"""The menus that edit chosen images: class, part, tags, and the one under the right button."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMenu, QVBoxLayout, QWidget, QWidgetAction

from cnnstudio.gui.dataset.collection import SPLIT_NAMES
from cnnstudio.gui.icons import icon
from cnnstudio.spec.facts import SPLITS

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.edits import Edits
    from cnnstudio.spec.facts import SplitName

Put = Callable[["Edits"], None]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The images that an edit is for, what is said about them so far, and the known names."""

    samples: tuple[Sample, ...]
    edits: Edits
    class_names: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Their keys."""
        return tuple(sample.key for sample in self.samples)

    @property
    def all_excluded(self) -> bool:
        """Whether none of them takes part in the dataset."""
        return bool(self.samples) and all(self.edits.get(s.key).excluded for s in self.samples)

    def excluded_or_back(self) -> Edits:
        """All excluded; or, where all of them are, all included again."""
        return self.edits.changed(self.keys, excluded=not self.all_excluded)

    def tags(self) -> tuple[str, ...]:
        """Every tag that any image has, in alphabetical order."""
        return tuple(sorted({tag for _, edit in self.edits.items() for tag in edit.tags}))

    def tagged(self, tag: str) -> bool:
        """Whether all of them have this tag."""
        return all(tag in self.edits.get(sample.key).tags for sample in self.samples)

    def retagged(self, tag: str) -> Edits:
        """All with this tag; or, where all of them have it, all without."""
        if self.tagged(tag):
            return self.edits.changed(self.keys, remove_tags=(tag,))
        return self.edits.changed(self.keys, add_tags=(tag,))

    def names(self) -> set[str]:
        """The classes of the chosen images."""
        return {self.edits.get(s.key).label or self.class_names[s.label] for s in self.samples}

    def parts(self) -> set[str]:
        """The parts of the chosen images."""
        return {self.edits.get(s.key).split or s.split for s in self.samples}


def fill_classes(menu: QMenu, chosen: Chosen, put: Put) -> None:
    """Every class with a tick at the one of the chosen images, and a line for a new one."""
    now = chosen.names()
    for name in chosen.class_names:
        _ticked(menu, name, now == {name}, partial(_give, put, chosen, name))
    if any(chosen.edits.get(key).label for key in chosen.keys):
        menu.addSeparator()
        back = menu.addAction("Back to the folder's class")
        back.triggered.connect(lambda: put(chosen.edits.changed(chosen.keys, label=None)))
    _line(menu, "New class", partial(_give, put, chosen))


def fill_parts(menu: QMenu, chosen: Chosen, put: Put) -> None:
    """Training, validation, test, and back to where the seed puts them."""
    moved = {chosen.edits.get(key).split for key in chosen.keys}
    for split in SPLITS:
        words = SPLIT_NAMES[split].capitalize()
        _ticked(
            menu,
            words,
            chosen.parts() == {split},
            partial(_move, put, chosen, split),
        )
    menu.addSeparator()
    back = menu.addAction("As the seed deals it out")
    back.setEnabled(moved != {None})
    back.triggered.connect(lambda: put(chosen.edits.changed(chosen.keys, split=None)))


def fill_tags(menu: QMenu, chosen: Chosen, put: Put) -> None:
    """Every tag with a tick where all chosen images have it, and a line for a new one."""
    for tag in chosen.tags():
        _ticked(menu, tag, chosen.tagged(tag), partial(_retag, put, chosen, tag))
    _line(
        menu,
        "New tag",
        lambda tag: put(chosen.edits.changed(chosen.keys, add_tags=(tag,))),
    )


def context_menu(
    parent: QWidget, chosen: Chosen, put: Put, look: Callable[[], None], theme: Theme
) -> QMenu:
    """Everything that can be done with the chosen images."""
    menu = QMenu(parent)
    _act(menu, "Full size", "maximize-2", "Return", theme, look)
    menu.addSeparator()
    words = "Include" if chosen.all_excluded else "Exclude"
    name = "check" if chosen.all_excluded else "ban"
    _act(menu, words, name, "Del", theme, lambda: put(chosen.excluded_or_back()))
    fills: Sequence[tuple[str, str, Callable[[QMenu, Chosen, Put], None]]] = (
        ("Class", "pencil", fill_classes),
        ("Part", "split", fill_parts),
        ("Tags", "tag", fill_tags),
    )
    for title, drawing, fill in fills:
        under = menu.addMenu(icon(drawing, theme), title)
        fill(under, chosen, put)
    menu.addSeparator()
    taken = _act(
        menu,
        "Take back all edits",
        "undo-2",
        "",
        theme,
        lambda: put(chosen.edits.without(chosen.keys)),
    )
    taken.setEnabled(any(key in chosen.edits for key in chosen.keys))
    return menu


def _give(put: Put, chosen: Chosen, name: str) -> None:
    put(_relabelled(chosen, name))


def _move(put: Put, chosen: Chosen, split: SplitName) -> None:
    put(chosen.edits.changed(chosen.keys, split=split))


def _retag(put: Put, chosen: Chosen, tag: str) -> None:
    put(chosen.retagged(tag))


def _relabelled(chosen: Chosen, name: str) -> Edits:
    """The chosen images in that class; those that are there by their folder need no edit."""
    edits = chosen.edits
    own = [
        sample.key
        for sample in chosen.samples
        if chosen.class_names[sample.label] == name and edits.get(sample.key).label is None
    ]
    others: Iterable[str] = set(chosen.keys) - set(own)
    return edits.changed(others, label=name)


def _ticked(menu: QMenu, words: str, on: bool, do: Callable[[], None]) -> None:
    action = menu.addAction(words.replace("&", "&&"))
    action.setCheckable(True)
    action.setChecked(on)
    action.triggered.connect(lambda _checked=False: do())


def _act(
    menu: QMenu, words: str, drawing: str, key: str, theme: Theme, do: Callable[[], None]
) -> QAction:
    # The key stands in the text: the grid itself listens to it, whether a menu is open or not.
    action = menu.addAction(icon(drawing, theme), f"{words}\t{key}" if key else words)
    action.triggered.connect(lambda _checked=False: do())
    return action


def _line(menu: QMenu, words: str, take: Callable[[str], None]) -> None:
    """A line at the end of a menu in which a new name is typed."""
    line = QLineEdit()
    line.setPlaceholderText(words)
    line.setAccessibleName(words)
    line.setMinimumWidth(150)
    room = QWidget()
    layout = QVBoxLayout(room)
    layout.setContentsMargins(6, 4, 6, 4)
    layout.addWidget(line)

    def entered() -> None:
        name = line.text().strip()
        menu.close()
        if name:
            take(name)

    line.returnPressed.connect(entered)
    action = QWidgetAction(menu)
    action.setDefaultWidget(room)
    if not menu.isEmpty():
        menu.addSeparator()
    menu.addAction(action)
    if len(menu.actions()) == 1:
        line.setFocus()
