"""Run folders given other names or thrown away: only what is a run of the project, and at rest."""

from __future__ import annotations

import shutil
from pathlib import Path

from cnnstudio.runs.catalog import is_run
from cnnstudio.runs.control_file import is_alive
from cnnstudio.runs.folder import slug
from cnnstudio.runs.writing import plainly
from cnnstudio.spec.errors import UserError


def must_be_at_rest(path: Path, runs: Path) -> None:
    """Raises `UserError` unless `path` is a run folder right inside `runs` that nobody works on.

    A link is none: what it leads to may lie anywhere.
    """
    inside = path.parent.resolve() == runs.resolve() and path.name not in ("", ".", "..")
    # A junction of Windows is no symbolic link, but resolves to another place.
    own = path.resolve() == runs.resolve() / path.name
    if not (inside and own and path.is_dir() and is_run(path)):
        raise UserError(f"{path.name} is not a run of this project.", place=str(path))
    if any(is_alive(place) for place in (path, path / "diagnosis", path / "export")):
        raise UserError(f"{path.name} is still at work. Stop it first.", place=str(path))


def rename(path: Path, runs: Path, name: str) -> Path:
    """Gives a run another name behind its number; its new folder.

    Raises `UserError` when it is at work, is no run of `runs`, or the name is taken.
    """
    must_be_at_rest(path, runs)
    number, _, _ = path.name.partition("-")
    new = path.with_name(f"{number}-{slug(name)}" if number.isdigit() else slug(name))
    if new == path:
        return path
    if new.exists():
        raise UserError(f"There is a run named {new.name} already.", place=str(new))
    with plainly(path, "The run could not be renamed"):
        path.rename(new)
    return new


def remove(path: Path, runs: Path) -> None:
    """Deletes a run folder for good.

    Raises `UserError` when it is at work, is no run of `runs`, or the system refuses.
    """
    must_be_at_rest(path, runs)
    with plainly(path, "The run could not be deleted"):
        shutil.rmtree(path)
