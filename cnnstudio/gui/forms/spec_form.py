"""The one form of the program: made from a model's field cards, it serves every family.

Use: `form = SpecForm(); form.edited.connect(self.edited)`, then
`form.show_value(layer, "model.layers.2")` from a setter.
`edited` carries the dotted path of the field (`model.layers.2.filters`) and the new value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.gui.forms.editors import WeightsEditor
from cnnstudio.gui.forms.field_row import FieldRow
from cnnstudio.gui.forms.make import make_editor
from cnnstudio.gui.forms.members import FormEditor
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.cards import Card, cards
from cnnstudio.spec.explain import explain
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.problems import Problem

LABEL_WIDTH = 124


class SpecForm(QWidget):
    """Shows the fields of one frozen model, and emits what a person changes.

    `only` names the fields to show (in that order), `leave_out` those to hide. Advanced fields
    stand under `More`. A value the model refuses stays in its field with the reason below it;
    when two fields are only right together (boundaries and rates), both are emitted at once, as
    the whole model at the form's own path. `typed` carries the path of a text field and what
    stands in it after each key, as far as the model would take it.
    """

    edited = Signal(str, object)
    typed = Signal(str, str)

    def __init__(
        self,
        only: Sequence[str] | None = None,
        leave_out: Sequence[str] = (),
        label_width: int = LABEL_WIDTH,
    ) -> None:
        super().__init__()
        self._only = tuple(only) if only is not None else None
        self._leave_out = frozenset(leave_out)
        self._label_width = label_width
        self._guard = WheelGuard(self)
        self._value: BaseModel | None = None
        self._path = ""
        self._pending: dict[str, object] = {}
        self._rows: dict[str, FieldRow] = {}
        self._problems: tuple[Problem, ...] = ()
        self._facts: DatasetFacts | None = None
        self._theme: Theme = LIGHT
        self._open = False
        self._more: QPushButton | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._body: QWidget | None = None

    def show_value(self, value: BaseModel, path: str) -> None:
        """Show a model that stands at a dotted path of the experiment. Never emits.

        Showing another value of the same class only refreshes the fields, so a field that is
        being typed in keeps its place.
        """
        same_kind = self._value is not None and type(self._value) is type(value)
        moved = path != self._path
        if value == self._value and not moved and self._body is not None and not self._pending:
            return
        self._value, self._path = value, path
        self._pending = {}
        if not same_kind or self._body is None:
            self._build(type(value))
        for name, row in self._rows.items():
            row.show_value(getattr(value, name), f"{path}.{name}" if path else name)
        self._mark()

    def clear(self) -> None:
        """Show nothing."""
        self._value = None
        self._rows = {}
        self._drop_body()

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Show each problem below the field that it names."""
        self._problems = tuple(problems)
        self._mark()

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Give the class names to fields that need them."""
        self._facts = facts
        names = facts.class_names if facts is not None else ()
        for row in self._rows.values():
            if isinstance(row.editor, WeightsEditor):
                row.editor.set_class_names(tuple(names))
            elif isinstance(row.editor, FormEditor):
                row.editor.set_facts(facts)

    def set_theme(self, theme: Theme) -> None:
        """Colour the small drawings of the form."""
        self._theme = theme
        for row in self._rows.values():
            row.set_theme(theme)

    def _drop_body(self) -> None:
        if self._body is not None:
            self._layout.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
            self._body = None

    def _build(self, cls: type[BaseModel]) -> None:
        self._drop_body()
        self._body = body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, self._label_width)
        grid.setColumnStretch(1, 1)
        self._rows = {}
        shown = self._shown(cls)
        for card in (c for c in shown if not c.advanced):
            self._add_row(grid, card)
        advanced = [card for card in shown if card.advanced]
        self._more = None
        if advanced:
            self._more = QPushButton()
            self._more.setProperty("role", "link")
            self._more.setToolTip("Settings that seldom need to change")
            self._more.clicked.connect(self._toggle_more)
            grid.addWidget(self._more, grid.rowCount(), 0, 1, 3)
            for card in advanced:
                self._add_row(grid, card)
        self._layout.addWidget(body)
        self._show_more()
        self.set_facts(self._facts)
        self.set_theme(self._theme)

    def _shown(self, cls: type[BaseModel]) -> list[Card]:
        every = {card.name: card for card in cards(cls)}
        if self._only is not None:
            return [every[name] for name in self._only if name in every]
        return [c for n, c in every.items() if n not in self._leave_out and not c.hidden]

    def _add_row(self, grid: QGridLayout, card: Card) -> None:
        editor = make_editor(card, self._guard, self._nested)
        row = FieldRow(card, editor, self._label_width)
        row.place(grid)
        row.edited.connect(self._edited)
        row.typed.connect(self._typed)
        if isinstance(editor, FormEditor):
            editor.nested_edited.connect(self.edited)
            editor.nested_typed.connect(self.typed)
        self._rows[card.name] = row

    def _nested(self) -> SpecForm:
        return SpecForm(label_width=self._label_width - 13)

    def _toggle_more(self) -> None:
        self._open = not self._open
        self._show_more()

    def _show_more(self) -> None:
        for row in self._rows.values():
            if row.card.advanced:
                row.set_visible(self._open)
        if self._more is not None:
            self._more.setText("Less ▾" if self._open else "More ▸")

    def _edited(self, name: str, new: object) -> None:
        """A person changed a field: emit it if the model takes it, else say why at the field."""
        if self._value is None:
            return
        wanted = {**self._pending, name: new}
        plain: dict[str, Any] = {**self._value.model_dump(), **_dumped(wanted)}
        try:
            made = type(self._value).model_validate(plain)
        except ValidationError as error:
            of_the_whole = not error.errors(include_url=False)[0]["loc"]
            if of_the_whole:
                self._pending = wanted
            self._rows[name].set_error(_in_words(error, name))
            return
        for field in wanted:
            self._rows[field].set_error("")
        self._pending = {}
        if len(wanted) == 1:
            path = f"{self._path}.{name}" if self._path else name
            self.edited.emit(path, getattr(made, name))
        else:
            self.edited.emit(self._path, made)

    def _typed(self, name: str, text: str) -> None:
        """Say at once what is wrong with a half-typed text, or tell who looks at it."""
        if self._value is None:
            return
        try:
            type(self._value).model_validate({**self._value.model_dump(), name: text})
        except ValidationError as error:
            self._rows[name].set_error(_in_words(error, name))
            return
        self._rows[name].set_error("")
        self.typed.emit(f"{self._path}.{name}" if self._path else name, text)

    def _mark(self) -> None:
        """Put every problem at its field, and open `More` when it would hide one."""
        by_path: dict[str, str] = {}
        for problem in self._problems:
            by_path.setdefault(problem.path, problem.sentence)
        for name, row in self._rows.items():
            path = f"{self._path}.{name}" if self._path else name
            sentence = by_path.get(path, "")
            row.set_error(sentence)
            if isinstance(row.editor, FormEditor):
                row.editor.set_problems(self._problems)
            if sentence and row.card.advanced and not self._open:
                self._toggle_more()


def _dumped(values: dict[str, object]) -> dict[str, object]:
    return {k: v.model_dump() if isinstance(v, BaseModel) else v for k, v in values.items()}


def _in_words(error: ValidationError, name: str) -> str:
    """The reason without the field's own name, which stands beside it: `Must be at least 1.`"""
    sentence = explain(error).sentence
    for start in (f"“{name}” ", f"“{name}”: "):
        sentence = sentence.removeprefix(start)
    return sentence[:1].upper() + sentence[1:]
