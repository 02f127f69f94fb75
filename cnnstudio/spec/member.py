"""Families of catalogue members: frozen models told apart by `kind`, found by a walk over classes.

A family is a direct subclass of `Member`; its members are the public classes below it. Declaring
the class is registering it.
"""

import re
from collections.abc import Hashable
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

M = TypeVar("M", bound="Member")


class Value(BaseModel):
    """A frozen part of an experiment; unknown fields are errors, numbers are finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=False)


class Member(Value):
    """A catalogue member: one kind of layer, operation, optimizer, ... with its fields."""

    family: ClassVar[str] = ""
    heading: ClassVar[str] = ""

    kind: str = ""

    @classmethod
    def title(cls) -> str:
        """The name people read, such as `Random rotation`."""
        if cls.heading:
            return cls.heading
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__).split()
        return " ".join([words[0], *(w if w.isupper() else w.lower() for w in words[1:])])

    @classmethod
    def summary(cls) -> str:
        """The first paragraph of the docstring, as one line: the tooltip."""
        return " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split())

    def with_fields(self, **fields: Any) -> Self:
        """A validated copy with some fields replaced."""
        return type(self).model_validate({**self.model_dump(), **fields})


def members(family: type[M]) -> dict[str, type[M]]:
    """Every member of a family by its `kind`, in the order of declaration."""
    found: dict[str, type[M]] = {}
    for cls in family.__subclasses__():
        kind = cls.model_fields["kind"].default
        if kind:
            found[kind] = cls
        found.update(members(cls))
    return found


class _AnyMember:
    """Annotation that validates a field as whichever member of its family `kind` names."""

    def __get_pydantic_core_schema__(
        self, source: type[Member], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        choices: dict[Hashable, CoreSchema] = {
            kind: handler.generate_schema(cls) for kind, cls in members(source).items()
        }
        union = core_schema.tagged_union_schema(choices, discriminator="kind")
        return core_schema.no_info_before_validator_function(_by_name, union)


def _by_name(value: object) -> object:
    """A bare name in a file or on the command line means that kind with its defaults."""
    return {"kind": value} if isinstance(value, str) else value


ANY_MEMBER = _AnyMember()
