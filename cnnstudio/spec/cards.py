"""Field cards: what a form, a palette or a help text needs to know of each field of a model.

Read from pydantic's field metadata (the words of JSON Schema), so that a field is described once.
"""

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from cnnstudio.spec.edits import Edits
from cnnstudio.spec.member import Member
from cnnstudio.spec.operations.ranges import Limits

FieldShape = Literal[
    "integer",
    "number",
    "switch",
    "choice",
    "text",
    "pair",
    "range",
    "integers",
    "numbers",
    "member",
    "part",
    "members",
    "weights",
]


@dataclass(frozen=True, slots=True)
class Card:
    """One field as a person meets it.

    `shape` names the editor. `minimum` and `maximum` are inclusive bounds; `exclusive_minimum`
    says that the minimum itself is not allowed. `percent` means that 0.2 is shown as 20 %. `empty`
    is the word for None in an optional field. `family` is the base class of a member field,
    `part` the model class of a nested part. A `range` is one number, the reach from zero either
    way or from the minimum up, or a pair of a lower and an upper end.
    """

    name: str
    title: str
    help: str
    shape: FieldShape
    optional: bool
    default: object
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    choices: tuple[str, ...] = ()
    unit: str = ""
    percent: bool = False
    logarithmic: bool = False
    smallest: float | None = None
    suggestion: object = None
    empty: str = "none"
    advanced: bool = False
    hidden: bool = False
    family: type[Member] | None = None
    part: type[BaseModel] | None = None


def cards(cls: type[BaseModel]) -> tuple[Card, ...]:
    """The cards of a model's fields in the order of declaration, without `kind`.

    Edits of single images are made in the grid of images, and have no card.
    """
    return tuple(
        _card(name, field)
        for name, field in cls.model_fields.items()
        if name not in ("kind", "cnnstudio") and field.annotation is not Edits
    )


def _card(name: str, field: FieldInfo) -> Card:
    inner, optional, nested_metadata = _unwrapped(field.annotation)
    metadata = [*nested_metadata, *field.metadata]
    extra: dict[str, Any] = {}
    title, text = field.title, field.description
    for item in (*(m for m in nested_metadata if isinstance(m, FieldInfo)), field):
        title, text = title or item.title, text or item.description
        if isinstance(item.json_schema_extra, dict):
            extra.update(item.json_schema_extra)
        if isinstance(item, FieldInfo):
            metadata += item.metadata
    minimum: float | None = None
    maximum: float | None = None
    exclusive = False
    for item in metadata:
        for limit in (Ge, Gt, Le, Lt):
            if isinstance(item, limit):
                bound = float(getattr(item, limit.__name__.lower()))
                if limit in (Ge, Gt):
                    minimum, exclusive = bound, limit is Gt
                else:
                    maximum = bound
    limits = next((item for item in metadata if isinstance(item, Limits)), None)
    if limits is not None:
        minimum, maximum = limits.least, limits.most
    shape, choices, family, part = ("range", (), None, None) if limits else _shape(inner)
    default = None if field.default is PydanticUndefined else field.default
    return Card(
        name=name,
        title=title or name.replace("_", " ").capitalize(),
        help=text or "",
        shape=shape,
        optional=optional,
        default=default,
        minimum=minimum,
        maximum=maximum,
        exclusive_minimum=exclusive,
        choices=choices,
        unit=str(extra.get("unit", "")),
        percent=bool(extra.get("percent", False)),
        logarithmic=bool(extra.get("logarithmic", False)),
        smallest=extra.get("smallest"),
        suggestion=extra.get("suggestion"),
        empty=str(extra.get("empty", "none")),
        advanced=bool(extra.get("advanced", False)),
        hidden=bool(extra.get("hidden", False)),
        family=family,
        part=part,
    )


def _unwrapped(annotation: Any) -> tuple[Any, bool, list[Any]]:
    """The annotation without `Annotated` and `| None`, whether None was there, all metadata."""
    metadata: list[Any] = []
    optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            metadata = [*annotation.__metadata__, *metadata]
            annotation = annotation.__origin__
        elif origin in (Union, UnionType) and NoneType in get_args(annotation):
            optional = True
            rest = [a for a in get_args(annotation) if a is not NoneType]
            annotation = rest[0]
            for more in rest[1:]:
                annotation = annotation | more
        else:
            return annotation, optional, metadata


def _shape(
    inner: Any,
) -> tuple[FieldShape, tuple[str, ...], type[Member] | None, type[BaseModel] | None]:
    origin, arguments = get_origin(inner), get_args(inner)
    if origin is Literal:
        return "choice", tuple(str(a) for a in arguments), None, None
    if origin is tuple:
        element, _, _ = _unwrapped(arguments[0])
        if isinstance(element, type) and issubclass(element, Member):
            return "members", (), element, None
        if len(arguments) == 2 and arguments[1] is not Ellipsis:
            return "pair", (), None, None
        return ("integers" if element is int else "numbers"), (), None, None
    if origin in (Union, UnionType):
        literal = next(a for a in arguments if get_origin(a) is Literal)
        return "weights", tuple(str(a) for a in get_args(literal)), None, None
    if isinstance(inner, type) and issubclass(inner, Member):
        return "member", (), inner, None
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return "part", (), None, inner
    shapes: dict[type, FieldShape] = {bool: "switch", int: "integer", float: "number", str: "text"}
    return shapes[inner], (), None, None
