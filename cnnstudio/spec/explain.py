"""Turns pydantic's errors into one plain sentence with the dotted path into the experiment."""

import difflib
from collections.abc import Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.member import Member, members

FAMILIES: tuple[type[Member], ...] = tuple(Member.__subclasses__())
KINDS = frozenset(kind for family in FAMILIES for kind in members(family))

TYPES = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "a text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a group of fields",
    "model_type": "a group of fields",
    "model_attributes_type": "a group of fields",
}


def explain(error: ValidationError, place: str = "") -> UserError:
    """The first fault as a `UserError`; `place` (a file, say) goes before the dotted path."""
    faults: dict[str, ErrorDetails] = {}
    for fault in error.errors(include_url=False):
        faults.setdefault(dotted(fault["loc"]), fault)
    # A union of a word and a table reports both branches; the deeper one is what was meant.
    paths = [p for p in faults if not any(q.startswith(f"{p}.") for q in faults)]
    path = paths[0]
    sentence = _sentence(faults[path], path)
    more = len(paths) - 1
    if more > 0:
        sentence += f" (and {more} more)" if more > 1 else " (and one more)"
    where = f"{place}: {path}" if place and path else place or path
    return UserError(sentence, where, str(error))


def dotted(location: Sequence[str | int]) -> str:
    """`model.layers.2.filters`: pydantic's location without the names of union branches."""
    return ".".join(
        str(part)
        for part in location
        if not (isinstance(part, str) and (part in KINDS or "[" in part))
    )


def _sentence(fault: ErrorDetails, path: str) -> str:
    kind, given, context = fault["type"], fault["input"], fault.get("ctx", {})
    shown = repr(given) if len(repr(given)) <= 60 else repr(given)[:57] + "…"
    if kind == "extra_forbidden":
        return f"“{path}” is not a known field{_suggestion(fault['loc']) or '.'}"
    if kind == "missing":
        return f"“{path}” is missing."
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        known = [k.strip(" '") for k in str(context.get("expected_tags", "")).split(",")]
        tag = str(context.get("tag", ""))
        close = difflib.get_close_matches(tag, known, n=1, cutoff=0.5)
        hint = f" Did you mean “{close[0]}”?" if close else ""
        return (
            f"“{path}” has the unknown kind “{tag}”.{hint} Known: {', '.join(known)}."
            if tag
            else (f"“{path}” needs a field “kind”.")
        )
    if kind in TYPES:
        return f"“{path}” must be {TYPES[kind]}, not {shown}."
    if kind == "greater_than":
        return f"“{path}” must be greater than {context['gt']:g}, not {shown}."
    if kind == "greater_than_equal":
        return f"“{path}” must be at least {context['ge']:g}, not {shown}."
    if kind == "less_than":
        return f"“{path}” must be less than {context['lt']:g}, not {shown}."
    if kind == "less_than_equal":
        return f"“{path}” must be at most {context['le']:g}, not {shown}."
    if kind == "literal_error":
        return f"“{path}” must be {context['expected'].replace(chr(39), '')}, not {shown}."
    if kind == "value_error":
        return f"“{path}”: {context['error']}." if path else f"{context['error']}."
    return f"“{path}”: {fault['msg']}."


def _suggestion(location: Sequence[str | int]) -> str:
    """`; did you mean “filters”?` when a field of that model has a similar name."""
    names = _field_names(Experiment, list(location[:-1]))
    close = difflib.get_close_matches(str(location[-1]), names, n=1, cutoff=0.6)
    return f"; did you mean “{close[0]}”" + "?" if close else ""


def _field_names(model: type[BaseModel], location: list[str | int]) -> list[str]:
    """Names of the fields of the model that stands at pydantic's `location` below `model`."""
    current = model
    kinds = {kind: cls for family in FAMILIES for kind, cls in members(family).items()}
    for part in location:
        if not isinstance(part, str):
            continue
        field = current.model_fields.get(part)
        annotation = field.annotation if field is not None else kinds.get(part)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            current = annotation
    return list(current.model_fields)
