"""A stage's page, built at once."""

from __future__ import annotations

from typing import TypeVar

from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.theme import LIGHT

P = TypeVar("P", bound=StagePage)


def built(page: P) -> P:
    """The page after all steps of its building."""
    for _ in page.steps(LIGHT):
        pass
    return page
