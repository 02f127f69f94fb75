"""What a person says about single images: left out, relabelled, moved, tagged, kept together.

Edits belong to the experiment and stand in a CSV file beside it; image files are never touched.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from cnnstudio.spec.errors import UserError
from cnnstudio.spec.facts import SplitName

COLUMNS = ("key", "excluded", "label", "split", "tags", "group")
FILE_NAME = "edits.csv"
TAG_SEPARATOR = ";"
YES = frozenset({"yes", "true", "1", "x"})
NO = frozenset({"", "no", "false", "0"})


class _Keep(Enum):
    KEEP = "keep"


KEEP: Final = _Keep.KEEP
"""Stands for “leave it as it is”, where None means “take it back”."""

Kept = Literal[_Keep.KEEP]


def tags_of(text: str) -> tuple[str, ...]:
    """The tags in a text where semicolons stand between them, each once."""
    words = (_words(part) for part in text.split(TAG_SEPARATOR))
    return tuple(dict.fromkeys(word for word in words if word))


def _words(text: str | None) -> str | None:
    """The text on one line without surrounding spaces; None when nothing is left."""
    return (" ".join(text.split()) or None) if text is not None else None


@dataclass(frozen=True, slots=True)
class Edit:
    """What is said about one image.

    `label` is the name of a class, perhaps a new one; `tags` are in the order they were given, each
    once; files of one `group` stay in one split. Blank words count as none.
    """

    excluded: bool = False
    label: str | None = None
    split: SplitName | None = None
    tags: tuple[str, ...] = ()
    group: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.label if self.label and self.label.strip() else None)
        object.__setattr__(self, "group", _words(self.group))
        if self.tags:
            object.__setattr__(self, "tags", tags_of(TAG_SEPARATOR.join(self.tags)))


NO_EDIT = Edit()


class Edits:
    """What is said about the images of a dataset, by key: immutable, equal by content."""

    __slots__ = ("_by_key", "_digest")

    def __init__(self, by_key: Mapping[str, Edit] | None = None) -> None:
        found = by_key or {}
        self._by_key = {key: edit for key, edit in found.items() if edit != NO_EDIT}
        self._digest = ""

    def get(self, key: str) -> Edit:
        """What is said about one image."""
        return self._by_key.get(key, NO_EDIT)

    def items(self) -> Iterable[tuple[str, Edit]]:
        """Every key with its edit, in no order that means anything."""
        return self._by_key.items()

    def mapping(self) -> Mapping[str, Edit]:
        """All edits as a read-only mapping."""
        return MappingProxyType(self._by_key)

    def changed(
        self,
        keys: Iterable[str],
        *,
        excluded: bool | Kept = KEEP,
        label: str | Kept | None = KEEP,
        split: SplitName | Kept | None = KEEP,
        add_tags: Iterable[str] = (),
        remove_tags: Iterable[str] = (),
        group: str | Kept | None = KEEP,
    ) -> "Edits":
        """The edits after saying something more about the images of `keys`.

        None takes a label, a split or a group back; what is not given stays.
        """
        by_key = dict(self._by_key)
        added = tags_of(TAG_SEPARATOR.join(add_tags))
        removed = frozenset(tags_of(TAG_SEPARATOR.join(remove_tags)))
        for key in keys:
            old = by_key.get(key, NO_EDIT)
            tags = old.tags
            if added or removed:
                tags = tuple(tag for tag in dict.fromkeys((*tags, *added)) if tag not in removed)
            new = Edit(
                excluded=old.excluded if excluded is KEEP else excluded,
                label=old.label if label is KEEP else label,
                split=old.split if split is KEEP else split,
                tags=tags,
                group=old.group if group is KEEP else group,
            )
            if new == NO_EDIT:
                by_key.pop(key, None)
            else:
                by_key[key] = new
        return Edits._of(by_key)

    def without(self, keys: Iterable[str]) -> "Edits":
        """The edits with everything about `keys` taken back."""
        gone = frozenset(keys)
        return Edits._of({key: edit for key, edit in self._by_key.items() if key not in gone})

    @classmethod
    def _of(cls, by_key: dict[str, Edit]) -> "Edits":
        """Edits that take over a dictionary in which every edit says something."""
        made = cls()
        made._by_key = by_key
        return made

    @property
    def digest(self) -> str:
        """A fingerprint of the content: the same for equal edits, on every machine."""
        if not self._digest:
            content = dumps(self).encode("utf-8", "surrogatepass")
            self._digest = hashlib.blake2b(content, digest_size=16).hexdigest()
        return self._digest

    def __len__(self) -> int:
        return len(self._by_key)

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Edits) and self._by_key == other._by_key

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Edits({len(self)})"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Passed through as it is, so that editing one image costs the same among thousands.

        None, as a person writes it, is no edits.
        """
        return core_schema.no_info_before_validator_function(
            lambda value: NO_EDITS if value is None else value,
            core_schema.custom_error_schema(
                core_schema.is_instance_schema(cls),
                custom_error_type="edits",
                custom_error_message="edits are read from a table beside the experiment file",
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(
                _serialized, info_arg=True
            ),
        )


NO_EDITS = Edits()


def dumps(edits: Edits) -> str:
    """The edits as CSV, one image a line, sorted by key; equal edits give equal text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for key, edit in sorted(edits.items()):
        writer.writerow(
            (
                key,
                "yes" if edit.excluded else "",
                edit.label or "",
                edit.split or "",
                TAG_SEPARATOR.join(edit.tags),
                edit.group or "",
            )
        )
    return out.getvalue()


def loads(text: str, place: str = "") -> Edits:
    """The edits of a CSV text with a header line; commas, semicolons or tabs between columns.

    Only the column `key` is needed. Raises `UserError` with the line of the fault.
    """
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0].rstrip("\r")
    delimiter = next((mark for mark in ",;\t" if mark in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    by_key: dict[str, Edit] = {}
    lines: dict[str, int] = {}
    begun = 1
    try:
        for row in reader:
            line, begun = begun, reader.line_num + 1
            if not names:
                names = _header(row, place)
            elif any(row):
                key, edit = _edit(names, row, _at(place, line))
                if key in lines:
                    raise UserError(
                        f"“{key}” stands twice, on the lines {lines[key]} and {line}: "
                        "keep one of them.",
                        _at(place, line),
                    )
                lines[key] = line
                by_key[key] = edit
    except csv.Error as error:
        raise UserError(
            "This is not a valid CSV table: a quotation mark is left open, or a cell is far too "
            "long.",
            _at(place, begun),
            str(error),
        ) from error
    if not names:
        raise UserError("The table of edits is empty: it has no header line.", place)
    return Edits(by_key)


def _header(row: list[str], place: str) -> list[str]:
    names = [name.strip().lower() for name in row]
    for name in names:
        if name not in COLUMNS:
            raise UserError(
                f"The table of edits has the unknown column “{name}”. Known: {', '.join(COLUMNS)}.",
                _at(place, 1),
            )
        if names.count(name) > 1:
            raise UserError(f"The column “{name}” stands twice.", _at(place, 1))
    if "key" not in names:
        raise UserError("The table of edits has no column “key”.", _at(place, 1))
    return names


def _edit(names: list[str], row: list[str], place: str) -> tuple[str, Edit]:
    if len(row) > len(names):
        raise UserError(
            f"This line has {len(row)} cells, but the header has {len(names)} columns: "
            "put cells that hold a comma into quotation marks.",
            place,
        )
    cells = dict(zip(names, row, strict=False))
    key = cells.get("key", "")
    if not key:
        raise UserError("This line names no image: its column “key” is empty.", place)
    excluded = cells.get("excluded", "").strip().lower()
    if excluded not in YES | NO:
        raise UserError(
            f"“excluded” must be yes or empty, not “{cells['excluded'].strip()}”.", place
        )
    split = cells.get("split", "").strip().lower()
    if split and split not in get_args(SplitName):
        raise UserError(
            f"“split” must be train, validation, test or empty, not “{cells['split'].strip()}”.",
            place,
        )
    return key, Edit(
        excluded=excluded in YES,
        label=cells.get("label") or None,
        split=next((name for name in get_args(SplitName) if name == split), None),
        tags=tags_of(cells.get("tags", "")),
        group=cells.get("group") or None,
    )


def _at(place: str, line: int) -> str:
    return f"{place}, line {line}" if place else f"line {line}"


def _serialized(edits: Edits, info: Any) -> object:
    if info.mode != "json":
        return edits
    return FILE_NAME if edits else None
