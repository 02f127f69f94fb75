"""Editors of nested values: one member of a family, several of them, or a fixed part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from cnnstudio.gui.forms.editor import Editor, WheelGuard, narrow, tint
from cnnstudio.gui.forms.editors import Switch
from cnnstudio.gui.theme import Theme
from cnnstudio.spec.cards import Card
from cnnstudio.spec.member import Member, members

if TYPE_CHECKING:
    from cnnstudio.gui.forms.spec_form import SpecForm
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.problems import Problem

MakeForm = Callable[[], "SpecForm"]


class FormEditor(Editor):
    """An editor with forms of its own below its first line."""

    nested_edited = Signal(str, object)
    nested_typed = Signal(str, str)

    def __init__(self, card: Card, make_form: MakeForm) -> None:
        super().__init__(card)
        self._make_form = make_form
        self._path = ""
        self._forms: dict[str, SpecForm] = {}
        self._theme: Theme | None = None
        self._facts: DatasetFacts | None = None
        self._problems: tuple[Problem, ...] = ()
        self._below = QFrame()
        self._below.setObjectName("nested")
        self._column = QVBoxLayout(self._below)
        self._column.setContentsMargins(13, 0, 0, 4)
        self._column.setSpacing(4)

    def below(self) -> QWidget:
        """The widget that stands under the first line, over the whole width."""
        return self._below

    def set_path(self, path: str) -> None:
        """The dotted path of this field."""
        self._path = path

    def set_theme(self, theme: Theme) -> None:
        """Colour the nested forms."""
        self._theme = theme
        for form in self._forms.values():
            form.set_theme(theme)

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Pass the facts to the nested forms."""
        self._facts = facts
        for form in self._forms.values():
            form.set_facts(facts)

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Pass the problems to the nested forms."""
        self._problems = tuple(problems)
        for form in self._forms.values():
            form.set_problems(problems)

    def _form(self, key: str) -> SpecForm:
        if key not in self._forms:
            form = self._make_form()
            form.edited.connect(self.nested_edited)
            form.typed.connect(self.nested_typed)
            # A form that comes late knows what the others were told.
            if self._theme is not None:
                form.set_theme(self._theme)
            form.set_facts(self._facts)
            form.set_problems(self._problems)
            self._forms[key] = form
        return self._forms[key]


class MemberEditor(FormEditor):
    """Which member of a family (`none`, L1, L2, L1 + L2), and below it the member's fields."""

    def __init__(self, card: Card, guard: WheelGuard, make_form: MakeForm) -> None:
        super().__init__(card, make_form)
        assert card.family is not None
        self._kinds = members(card.family)
        self._names: list[str] = [""] if card.optional else []
        self._names += list(self._kinds)
        self._list = QComboBox()
        self._list.setAccessibleName(card.title)
        narrow(self._list)
        guard.watch(self._list)
        for index, name in enumerate(self._names):
            self._list.addItem(self._kinds[name].title() if name else card.empty)
            if name:
                self._list.setItemData(index, self._kinds[name].summary(), 3)  # the tooltip role
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._list, 1)
        self._list.activated.connect(self._chosen)
        self._value: Member | None = None

    def show_value(self, value: object) -> None:
        """Show the member's kind and its fields."""
        self._value = value if isinstance(value, Member) else None
        self._list.setCurrentIndex(self._names.index(self._value.kind if self._value else ""))
        shown = self._value is not None and len(type(self._value).model_fields) > 1
        if shown and self._value is not None:
            form = self._form("member")
            if form.parentWidget() is None:
                self._column.addWidget(form)
            form.show_value(self._value, self._path)
        for form in self._forms.values():
            form.setVisible(shown)
        self._below.setMaximumHeight(16_777_215 if shown else 0)

    def set_tone(self, tone: str) -> None:
        """Colour the list's border."""
        tint(self._list, tone)

    def _chosen(self, index: int) -> None:
        name = self._names[index]
        if not name:
            self.edited.emit(None)
        elif self._value is None or type(self._value) is not self._kinds[name]:
            self.edited.emit(changed_kind(self._value, self._kinds[name]))


class PartEditor(FormEditor):
    """A fixed part of a model (`split`), as a form below its heading."""

    def __init__(self, card: Card, make_form: MakeForm) -> None:
        super().__init__(card, make_form)
        self._column.addWidget(self._form("part"))

    def show_value(self, value: object) -> None:
        """Show the part's fields."""
        if isinstance(value, BaseModel):
            self._form("part").show_value(value, self._path)


class MembersEditor(FormEditor):
    """A family of which each kind can be on or off, such as policies: a switch and its fields."""

    def __init__(self, card: Card, make_form: MakeForm) -> None:
        super().__init__(card, make_form)
        assert card.family is not None
        self._kinds = members(card.family)
        self._value: tuple[Member, ...] = ()
        self._switches: dict[str, Switch] = {}
        for name, kind in self._kinds.items():
            switch = Switch(kind.title())
            switch.setToolTip(kind.summary())
            switch.clicked.connect(lambda on, name=name: self._switched(name, on))
            self._switches[name] = switch
            self._column.addWidget(switch)
            form = self._form(name)
            self._column.addWidget(form)

    def show_value(self, value: object) -> None:
        """Show which kinds are on, and the fields of those."""
        self._value = value if isinstance(value, tuple) else ()
        on = {member.kind: (i, member) for i, member in enumerate(self._value)}
        for name, switch in self._switches.items():
            switch.setChecked(name in on)
            self._forms[name].setVisible(name in on)
            if name in on:
                index, member = on[name]
                self._forms[name].show_value(member, f"{self._path}.{index}")

    def _switched(self, name: str, on: bool) -> None:
        kept = tuple(member for member in self._value if member.kind != name)
        self.edited.emit((*kept, self._kinds[name]()) if on else kept)


def changed_kind(old: Member | None, kind: type[Member]) -> Member:
    """A member of another kind that keeps what both have: same-named fields, and the top rate.

    What the new kind refuses stays at its default.
    """
    if old is None:
        return kind()
    fields: dict[str, Any] = {}
    plain = old.model_dump()
    rates: tuple[str, ...] = getattr(kind, "rate_fields", ())
    if rates and rates[0] != "values" and hasattr(old, "peak"):
        fields[rates[0]] = old.peak
    for name in kind.model_fields:
        if name != "kind" and name in plain:
            fields[name] = plain[name]
    made = kind()
    for name, value in fields.items():
        try:
            made = made.with_fields(**{name: value})
        except ValidationError:
            continue
    return made
