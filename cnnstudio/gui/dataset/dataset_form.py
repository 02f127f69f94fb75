"""The settings of a dataset: size, resize, colour, split and batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnnstudio.gui.forms.spec_form import SpecForm
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.spec.member import members
from cnnstudio.spec.sources import Source

if TYPE_CHECKING:
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts, GroupFacts
    from cnnstudio.spec.problems import Problem

FIELDS = ("image_size", "resize", "color", "intensity", "batch_size", "page", "channels")
LABELS = 76


class DatasetForm(Panel):
    """Where the images are, what size they enter the network in, and how they are dealt out."""

    def __init__(self) -> None:
        super().__init__()
        self._rule = False
        self._grouped: GroupFacts | None = None
        self._source = QLabel()
        self._source.setProperty("role", "muted")
        self._source.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._form = SpecForm(only=FIELDS, label_width=LABELS)
        self._split_title = QLabel("Split")
        self._split_title.setProperty("role", "strong")
        self._split_note = QLabel()
        self._split_note.setProperty("role", "caption")
        self._split_note.setWordWrap(True)
        self._split = SpecForm(label_width=LABELS)
        self._groups_note = QLabel()
        self._groups_note.setProperty("role", "caption")
        self._groups_note.setWordWrap(True)
        self._form.edited.connect(self.edited)
        self._split.edited.connect(self.edited)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(self._source)
        column.addWidget(self._form)
        column.addSpacing(6)
        column.addWidget(self._split_title)
        column.addWidget(self._split_note)
        column.addWidget(self._split)
        column.addWidget(self._groups_note)
        column.addStretch(1)
        scroll = scrolled(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.setMinimumWidth(308)
        self.set_facts(None)

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the dataset of this experiment."""
        dataset = experiment.dataset
        path = Path(dataset.source.path)
        words = members(Source)[dataset.source.kind].title()
        self._source.setText(f"{path.name} · {words.lower()}")
        self._source.setToolTip(str(path))
        self._form.show_value(dataset, "dataset")
        self._split.show_value(dataset.split, "dataset.split")
        self._rule = dataset.split.group is not None
        self._tell_groups()

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Say what the shares apply to."""
        own = facts is not None and facts.own_split
        self._split_note.setText(
            "The folders bring their own split; the validation share counts only where they "
            "have no validation images."
            if own
            else "The same share of every class, drawn by the seed. The rest trains."
        )
        self._form.set_facts(facts)
        self._grouped = facts.grouped if facts is not None else None
        self._tell_groups()

    def _tell_groups(self) -> None:
        """What the rule makes of the file names, so that a pattern is seen to be right."""
        found = self._grouped
        if found is not None and found.groups:
            names = ", ".join(found.names) + (" …" if found.groups > len(found.names) else "")
            several = f"{found.groups:,} groups" if found.groups > 1 else "1 group"
            most = f", at most {found.largest:,} in one" if found.groups > 1 else ""
            words = f"{several} of {found.images:,} images{most}: {names}"
        else:
            words = "No two images are of one group." if self._rule and found else ""
        self._groups_note.setText(words)
        self._groups_note.setVisible(bool(words))

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Mark the fields with problems."""
        self._form.set_problems(problems)
        self._split.set_problems(problems)
        whole = [p.sentence for p in problems if p.path in ("dataset.split", "dataset.source")]
        self._source.setProperty("tone", "error" if whole else "")
        if whole:
            self._source.setText(whole[0])
            self._source.setToolTip(whole[0])

    def set_theme(self, theme: Theme) -> None:
        """Colour the forms."""
        self._form.set_theme(theme)
        self._split.set_theme(theme)
