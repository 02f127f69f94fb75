"""Several changes of the experiment as one value at one path, so that one undo takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnstudio.spec.patch import Change, apply, get

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment


def one_edit(experiment: Experiment, changes: Sequence[Change]) -> tuple[str, object]:
    """The path that all changes lie below, and its value after them. Raises `UserError`."""
    after = apply(experiment, changes)
    paths = [change.path.split(".") for change in changes]
    common: list[str] = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    place = ".".join(common)
    return place, get(after, place)
