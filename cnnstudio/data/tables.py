"""A CSV or TSV table that lists images: path, label, perhaps the split, and anything else."""

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cnnstudio.data.decode import EXTENSIONS
from cnnstudio.data.found import PARTS, Found
from cnnstudio.data.names import shown
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.facts import SplitName, Unreadable
from cnnstudio.spec.sources import Table

DELIMITERS = ",;\t|"
ENDINGS = (".csv", ".tsv")
PATH_NAMES = (
    *("path", "file", "filename", "file_name", "filepath", "file_path", "image"),
    *("image_path", "img", "img_path", "image_name", "image_id", "id"),
)
LABEL_NAMES = ("label", "class", "class_name", "category", "target", "labels", "y", "diagnosis")
SPLIT_NAMES = ("split", "subset", "part", "fold", "set", "partition")
_SAMPLE = 16_384  # characters that the delimiter is judged by


def read_table(source: Table) -> Iterator[Found | Unreadable]:
    """The images of a table, line by line; relative paths start at the table's folder.

    The first line names the columns. Whether the files are there shows when they are read. An
    image that lies outside the table's folder is left out; one that is listed twice counts once.

    Raises:
        UserError: with the line, where one is to blame: no table, a column or a cell is missing,
            a split is unknown, an image has two labels, or there are fewer than two labels.
    """
    table = Path(source.path)
    labels: set[str] = set()
    seen: dict[str, tuple[str, int]] = {}
    rows = _rows(table)
    _, header = next(rows)
    columns = _columns(source, header, table)
    for line, cells in rows:
        if len(cells) != len(header):
            raise _at(
                table,
                line,
                f"has {len(cells)} cells, but there are {len(header)} columns. Put a text that "
                "holds the separator in quotes",
            )
        row = {name: cell for name, cell in zip(header, cells, strict=True) if name}
        path, label = row[columns.path].strip(), row[columns.label].strip()
        if not path or not label:
            raise _at(table, line, f"has no {'label' if path else 'path'}. Fill it in")
        key, file = _place(table.parent, path + source.ending)
        if key is None:
            yield Unreadable(key=shown(path), reason="lies outside the table's folder")
            continue
        known = seen.setdefault(key, (label, line))
        if known[0] != label:
            raise _at(
                table,
                line,
                f"gives “{key}” the label “{label}”, line {known[1]} gives it “{known[0]}”. "
                "Decide which one it is",
            )
        if known[1] == line:
            labels.add(label)
            yield Found(key, file, label, _part(row, columns.split, table, line), None, row)
    if len(labels) < 2:
        what = f"has one label only, “{labels.pop()}”" if labels else "lists no images"
        raise UserError(
            f"“{table.name}” {what}: the network needs at least two classes.", place=str(table)
        )


def table_of(path: Path) -> Table:
    """The table in a file, with the ending that its paths need to name files that are there.

    Raises:
        UserError: the file is no table, or its columns do not tell which one is which.
    """
    source = Table(path=str(path))
    rows = _rows(path)
    header = next(rows)[1]
    columns = _columns(source, header, path)
    for _, cells in islice(rows, 20):
        named = dict(zip(header, cells, strict=False)).get(columns.path, "").strip()
        for ending in ("", *sorted(EXTENSIONS)):
            if named and Path(_place(path.parent, named + ending)[1]).is_file():
                return source.with_fields(ending=ending)
    return source


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table as it will be read; `there` says whether its file is."""

    path: str
    label: str
    split: str
    there: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The names of a table's columns, which of them count (empty: none), and the first lines."""

    columns: tuple[str, ...]
    path: str
    label: str
    split: str
    rows: tuple[Row, ...]


def head(source: Table, most: int = 4) -> Head:
    """How a table begins; a column that is not found is no error here.

    Raises:
        UserError: the file is no table.
    """
    table = Path(source.path)
    lines = _rows(table)
    header = next(lines)[1]
    wanted = (
        (source.path_column, PATH_NAMES),
        (source.label_column, LABEL_NAMES),
        (source.split_column, SPLIT_NAMES),
    )
    path, label, split = (_column(name, usual, header) or "" for name, usual in wanted)
    rows = []
    for _, cells in islice(lines, most):
        row = dict(zip(header, cells, strict=False))
        named = row.get(path, "").strip()
        file = Path(_place(table.parent, named + source.ending)[1])
        there = bool(named) and file.is_file()
        rows.append(Row(named, row.get(label, "").strip(), row.get(split, "").strip(), there))
    return Head(tuple(filter(None, header)), path, label, split, tuple(rows))


class _Columns:
    """The columns that say something of an image."""

    __slots__ = ("label", "path", "split")

    def __init__(self, path: str, label: str, split: str | None) -> None:
        self.path, self.label, self.split = path, label, split


def _rows(table: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold anything, with their number, the names of the columns first."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            sample = file.read(_SAMPLE)
            file.seek(0)
            reader = csv.reader(file, delimiter=_delimiter(sample, table), strict=True)
            named = False
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if not named:
                    cells, named = _named(cells, table), True
                yield reader.line_num, cells
            if not named:
                raise UserError(f"“{table.name}” is empty.", place=str(table))
    except csv.Error as error:
        raise _at(table, reader.line_num, f"is not valid: {error}") from error
    except UnicodeDecodeError as error:
        raise UserError(
            f"“{table.name}” is not a table in UTF-8: save it as CSV in UTF-8.",
            place=str(table),
            details=str(error),
        ) from error
    except FileNotFoundError as error:
        raise UserError(
            f"There is no table “{table.name}”: it was moved or renamed. Choose it again.",
            place=str(table),
        ) from error
    except OSError as error:
        raise UserError(
            f"“{table.name}” could not be read: change its permissions, or choose another table.",
            place=str(table),
            details=str(error),
        ) from error


def _delimiter(sample: str, table: Path) -> str:
    """The separator that cuts the first lines into the same number of cells, the most of them."""
    best, most = "", 1
    for delimiter in DELIMITERS:
        try:
            # The sample may end within a line.
            rows = [row for row in csv.reader(sample.splitlines(), delimiter=delimiter) if row]
        except csv.Error:
            continue
        lengths = [len(row) for row in islice(rows, 20)]
        if len(rows) > 1 and len(rows) <= 20 and len(sample) == _SAMPLE:
            lengths = lengths[:-1]
        usual = lengths[0] if lengths else 0
        if usual > most and lengths.count(usual) * 2 >= len(lengths):
            best, most = delimiter, usual
    if not best:
        raise UserError(
            f"“{table.name}” is not a table of paths and labels: its first line names no two "
            "columns, separated by comma, semicolon or tab.",
            place=str(table),
        )
    return best


def _named(cells: Sequence[str], table: Path) -> list[str]:
    names = [cell.strip() for cell in cells]
    # Spreadsheets often write empty columns after the last one.
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise _at(table, 1, f"names the column “{twice[0]}” twice. Rename one of them")
    return names


def _columns(source: Table, header: Sequence[str], table: Path) -> _Columns:
    def column(wanted: str, usual: Sequence[str], what: str) -> str:
        found = _column(wanted, usual, header)
        if found is None:
            raise UserError(
                f"“{table.name}” has no column {f'“{wanted}”' if wanted else f'for the {what}'}: "
                f"choose the {what} column among {_listed(header)}.",
                place=f"{table}, line 1",
            )
        return found

    split = _column(source.split_column, SPLIT_NAMES, header)
    if split is None and source.split_column:
        column(source.split_column, (), "split")
    return _Columns(
        column(source.path_column, PATH_NAMES, "path"),
        column(source.label_column, LABEL_NAMES, "label"),
        split,
    )


def _column(wanted: str, usual: Sequence[str], header: Sequence[str]) -> str | None:
    if wanted:
        return wanted if wanted in header else None
    by_name = {name.lower().replace(" ", "_"): name for name in reversed(header)}
    return next((by_name[name] for name in usual if name in by_name), None)


def _part(row: Mapping[str, str], column: str | None, table: Path, line: int) -> SplitName | None:
    text = row[column].strip() if column else ""
    if not text:
        return None
    part = PARTS.get(text.lower())
    if part is None:
        raise _at(
            table, line, f"has the split “{text}”. Write train, validation or test, or nothing"
        )
    return part


def _place(folder: Path, path: str) -> tuple[str | None, str]:
    """The key below `folder` and the file; no key where it lies outside.

    A folder may be written with `..` in it, as in `../data`: it is compared without, never opened
    without, since after a link that would be another place.
    """
    file = os.path.normpath(os.path.join(folder, path.replace("\\", "/")))  # noqa: PTH118
    below = os.path.join(os.path.normpath(folder), "")  # noqa: PTH118 (the separator that follows)
    if not file.startswith(below):
        return None, file
    key = file[len(below) :]
    return key.replace(os.sep, "/"), os.path.join(folder, key)  # noqa: PTH118


def _at(table: Path, line: int, what: str) -> UserError:
    return UserError(f"Line {line} of “{table.name}” {what}.", place=f"{table}, line {line}")


def _listed(names: Sequence[str]) -> str:
    words = [f"“{name}”" for name in names if name][:12]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
