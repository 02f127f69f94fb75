"""What an experiment lists, in words that tests compare."""

from __future__ import annotations

from typing import Any

from cnnstudio.gui.document import Document


def operations(document: Document) -> list[Any]:
    assert document.experiment is not None
    return list(document.experiment.augmentation.operations)


def names(document: Document) -> list[str]:
    return [operation.kind for operation in operations(document)]
