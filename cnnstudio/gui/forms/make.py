"""Which editor a field card gets: one entry a shape."""

from __future__ import annotations

from cnnstudio.gui.forms.editor import Editor, WheelGuard
from cnnstudio.gui.forms.editors import (
    ChoiceEditor,
    ListEditor,
    SwitchEditor,
    TextEditor,
    WeightsEditor,
)
from cnnstudio.gui.forms.members import MakeForm, MemberEditor, MembersEditor, PartEditor
from cnnstudio.gui.forms.numbers import NumberEditor, PairEditor
from cnnstudio.gui.forms.ranges import RangeEditor
from cnnstudio.spec.cards import Card


def make_editor(card: Card, guard: WheelGuard, make_form: MakeForm) -> Editor:
    """The editor for the card's shape; nested values get forms from `make_form`."""
    match card.shape:
        case "integer" | "number":
            return NumberEditor(card, guard)
        case "switch":
            return SwitchEditor(card)
        case "choice":
            return ChoiceEditor(card, guard)
        case "text":
            return TextEditor(card)
        case "range":
            return RangeEditor(card, guard)
        case "pair":
            return PairEditor(card, guard)
        case "integers" | "numbers":
            return ListEditor(card)
        case "weights":
            return WeightsEditor(card, guard)
        case "member":
            return MemberEditor(card, guard, make_form)
        case "part":
            return PartEditor(card, make_form)
        case "members":
            return MembersEditor(card, make_form)
