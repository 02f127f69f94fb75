"""Experiments as YAML files: load with plain errors, save without ever leaving half a file."""

import errno
import io
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cnnstudio.spec import edits as edit_table
from cnnstudio.spec.edits import NO_EDITS, Edits
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import FORMAT, Experiment
from cnnstudio.spec.explain import explain
from cnnstudio.spec.member import Member

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes; an experiment has a few kilobytes, and a file far above is none."""

LARGEST_TABLE = 256 * 1024 * 1024
"""Bytes; a million edited images need about a hundred megabytes."""

MOST_VALUES = 100_000
"""An experiment has hundreds; a few lines of nested aliases can stand for billions."""


def loads(text: str, folder: Path, place: str = "") -> Experiment:
    """The experiment that a YAML text describes; relative paths start at `folder`.

    Edits of single images are read from the table that `dataset.edits` names. Raises `UserError`
    naming `place` and the dotted path of the fault, or the table and the line.
    """
    plain = parse_yaml(text, place)
    if not isinstance(plain, dict):
        raise UserError("This is not an experiment: it holds no fields.", place)
    version = plain.get("cnnstudio")
    if version is None:
        raise UserError("This is not an experiment: the field “cnnstudio: 1” is missing.", place)
    if version != FORMAT:
        raise UserError(
            f"This experiment has the format {version!r}; this program reads format {FORMAT}.",
            f"{place}: cnnstudio" if place else "cnnstudio",
        )
    dataset = plain["dataset"] if isinstance(plain.get("dataset"), dict) else {}
    source = dataset.get("source")
    if isinstance(source, dict) and isinstance(source.get("path"), str) and source["path"]:
        source["path"] = str((folder / expanded(source["path"])).absolute())
    if "edits" in dataset:
        dataset["edits"] = _named_edits(dataset["edits"], folder, place)
    try:
        return Experiment.model_validate(plain)
    except ValidationError as error:
        raise explain(error, place) from error


def expanded(path: str | Path) -> Path:
    """The path with `~` put in; a `~` of somebody who is not known here is a plain name."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def named(path: Path) -> Path:
    """The same folder by a path that ends with its name, not with `..`."""
    return path.resolve() if path.name == ".." else path


def dumps(
    experiment: Experiment,
    folder: Path | None = None,
    complete: bool = False,
    edits_name: str = edit_table.FILE_NAME,
) -> str:
    """The experiment as YAML; image paths below `folder` are written relative to it.

    Members leave out fields at their defaults, unless the text must be `complete`. Edits of single
    images are not in the text, only the name of their table.
    """
    plain = experiment.model_dump(mode="json")
    plain["dataset"].pop("edits")
    if experiment.dataset.edits:
        plain["dataset"]["edits"] = edits_name
    if experiment.dataset.split.group is None:
        plain["dataset"]["split"].pop("group")
    if not complete:
        plain["augmentation"]["operations"] = [
            _brief(m) for m in experiment.augmentation.operations
        ]
        plain["model"]["layers"] = [_brief(m) for m in experiment.model.layers]
        plain["training"]["loss"] = _brief(experiment.training.loss)
        plain["training"]["optimizer"] = _brief(experiment.training.optimizer)
        plain["training"]["policies"] = [_brief(m) for m in experiment.training.policies]
    if folder is not None and "path" in plain["dataset"]["source"]:
        path = Path(plain["dataset"]["source"]["path"])
        if path.is_relative_to(folder.absolute()):
            plain["dataset"]["source"]["path"] = path.relative_to(folder.absolute()).as_posix()
    out = io.StringIO()
    _yaml().dump(plain, out)
    return out.getvalue()


def load(path: Path) -> Experiment:
    """Read an experiment file; raises `UserError` naming the file and the path into it."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UserError("This file is far too large for an experiment.", str(path))
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserError("There is no such experiment file.", str(path)) from error
    except IsADirectoryError as error:
        raise UserError("This is a folder, not an experiment file.", str(path)) from error
    except UnicodeDecodeError as error:
        raise UserError("This is not an experiment: it is not a text file.", str(path)) from error
    except OSError as error:
        raise disk_error(error, "The experiment could not be read", path) from error
    return loads(text, path.parent.absolute(), str(path))


def save(experiment: Experiment, path: Path, complete: bool = False) -> None:
    """Write an experiment file, and its edits beside it, in one step.

    On any error the old files stay as they were. A table of edits that is no longer needed goes.
    """
    table = edits_file(path)
    edits = experiment.dataset.edits
    text = dumps(experiment, path.parent, complete, table.name)
    contents: dict[Path, bytes | None] = {path: text.encode("utf-8")}
    try:
        if edits:
            # First, so that no experiment ever names a table that is not there.
            content = edit_table.dumps(edits).encode("utf-8", "surrogateescape")
            contents = {table: content, **contents}
        elif _is_edits(table):
            contents = {**contents, table: None}
        write_together(contents)
    except OSError as error:
        raise disk_error(error, "The experiment could not be saved", path) from error


def edits_file(path: Path) -> Path:
    """Where the edits of an experiment file stand: each file of a folder has a table of its own."""
    name = edit_table.FILE_NAME
    return path.with_name(name if path.stem == "experiment" else f"{path.stem}.{name}")


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside `path`, reach the disk, then take its place; raises `OSError`."""
    write_together({path: content})


def write_together(contents: Mapping[Path, bytes | None]) -> None:
    """Write several files beside their places, then let all take them; None removes a file.

    Raises `OSError`; when the disk is full or read-only, no file has changed.
    """
    written: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            if content is not None:
                written[path] = _beside(path, content)
        for path, content in contents.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                written[path].replace(path)
    except BaseException:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)
        raise


def _beside(path: Path, content: bytes) -> Path:
    """A new file beside `path` that has reached the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _named_edits(name: Any, folder: Path, place: str) -> Edits:
    """The edits in the table that an experiment names."""
    if not name:
        return NO_EDITS
    where = f"{place}: dataset.edits" if place else "dataset.edits"
    if not isinstance(name, str):
        raise UserError("“dataset.edits” must be the name of a CSV file.", where)
    return load_edits(folder / expanded(name))


def load_edits(path: Path) -> Edits:
    """Read a table of edits; raises `UserError` naming the file and the line of a fault."""
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise UserError("This file is far too large for a table of edits.", str(path))
        # Names of files need not be UTF-8; such bytes are kept as they are.
        text = path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError as error:
        raise UserError(
            "The experiment's table of edits is missing: put it back, or remove the line “edits” "
            "from the experiment to go on without.",
            str(path),
        ) from error
    except OSError as error:
        raise disk_error(error, "The table of edits could not be read", path) from error
    return edit_table.loads(text, str(path))


def _is_edits(path: Path) -> bool:
    """Whether a file is a table of edits that this program has written."""
    header = ",".join(edit_table.COLUMNS).encode()
    try:
        with path.open("rb") as file:
            return file.read(len(header)) == header
    except OSError:
        return False


def disk_error(error: OSError, what: str, path: Path) -> UserError:
    """A failed read or write as one sentence; `what` is its beginning, without a full stop."""
    denied = "its permissions do not allow it. Change them, or choose another folder"
    reasons = {
        errno.ENOSPC: "the disk is full. Free some space and try again",
        errno.EDQUOT: "your quota on this disk is used up. Free some space and try again",
        errno.EACCES: denied,
        errno.EPERM: denied,
        errno.EROFS: "the disk is read-only. Choose another folder",
        errno.ENOENT: "the folder is not there any more",
        errno.ENOTDIR: "a part of the path is not a folder",
        errno.ENAMETOOLONG: "the name is too long",
    }
    reason = reasons.get(error.errno or 0, error.strerror or str(error))
    return UserError(f"{what}: {reason}.", str(path), str(error))


def parse_yaml(text: str, place: str = "") -> Any:
    """Plain containers from a YAML 1.2 text (safe: no objects); raises `UserError`."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        plain = _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = f", line {mark.line + 1}" if mark is not None else ""
        where = f"{place}{line}" if place else line.lstrip(", ")
        raise UserError(f"This is not valid YAML: {error.problem}.", where, str(error)) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise UserError("This is not valid YAML.", place, str(error)) from error
    if _values(plain) > MOST_VALUES:
        raise UserError("This is not an experiment: its aliases unfold to far too much.", place)
    return plain


def _values(plain: Any) -> int:
    """How many values a YAML text unfolds to, counted to a little above `MOST_VALUES`."""
    found, open_values = 0, [plain]
    while open_values and found <= MOST_VALUES:
        value = open_values.pop()
        found += 1
        if isinstance(value, dict):
            open_values += value.values()
        elif isinstance(value, list):
            open_values += value
    return found


def _brief(member: Member) -> dict[str, Any]:
    """A member's `kind` and the fields that differ from their defaults."""
    brief = member.model_dump(mode="json", exclude_defaults=True)
    for name in type(member).model_fields:
        value = getattr(member, name)
        if isinstance(value, Member) and name in brief:
            brief[name] = _brief(value)
    brief.pop("kind", None)
    return {"kind": member.kind, **brief}


def _yaml() -> Any:
    from ruamel.yaml import YAML  # 60 ms, and the first window needs no file

    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None  # short lists and leaves on one line
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 120
    yaml.allow_unicode = True
    return yaml
