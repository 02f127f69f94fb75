"""The one shape of everything that shows a part of the experiment: setters in, `edited` out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.problems import Problem


class Panel(QWidget):
    """A view of the experiment.

    A setter never emits and never edits; only a person's gesture emits `edited` with a dotted
    path into the experiment (`model.layers.2.filters`) and the new value. `action_requested`
    carries an action id (`run.start`) from a button inside the panel.
    """

    edited = Signal(str, object)
    action_requested = Signal(str)

    def set_experiment(self, experiment: Experiment) -> None:
        """Show this experiment."""

    def showing(self, experiment: Experiment) -> Iterator[None]:
        """`set_experiment` in steps, between which the event loop may go on.

        A panel that makes widgets for what it shows has several; what it shows in between is of
        no account, because nobody looks.
        """
        self.set_experiment(experiment)
        yield

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Show what is known about the images, or that nothing is known yet."""

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Mark the places that make a run impossible."""

    def set_theme(self, theme: Theme) -> None:
        """Take the colours for what the style sheet does not reach: icons, plots, painting."""
