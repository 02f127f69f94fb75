"""The one undoable command: the experiment before and after a person's edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment

EDIT_ID = 1


class EditCommand(QUndoCommand):
    """Puts `after` in the place of `before`; `path` is what was edited.

    A command that `continues` the one before it (a slider drag, a key held down) folds into it
    when both edit the same path, so that one undo takes the whole gesture back.
    """

    def __init__(
        self,
        text: str,
        path: str,
        before: Experiment,
        after: Experiment,
        continues: bool,
        show: Callable[[Experiment], None],
    ) -> None:
        super().__init__(text)
        self.path = path
        self.before = before
        self.after = after
        self.continues = continues
        self._show = show

    def id(self) -> int:
        """Qt merges only commands of the same number."""
        return EDIT_ID

    def redo(self) -> None:
        """Show the experiment as edited."""
        self._show(self.after)

    def undo(self) -> None:
        """Show the experiment as it was."""
        self._show(self.before)

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over the end of a gesture that goes on; one that leads back is forgotten."""
        if not (isinstance(other, EditCommand) and other.continues and other.path == self.path):
            return False
        self.after = other.after
        self.setObsolete(self.after == self.before)
        return True
