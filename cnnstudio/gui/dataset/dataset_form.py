"""The settings of a dataset: size, resize, colour, split and batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.cache_note import CacheNote
from cnnstudio.gui.dataset.name_preview import NamePreview
from cnnstudio.gui.dataset.source_form import SourceForm
from cnnstudio.gui.dataset.window_view import WindowView
from cnnstudio.gui.forms.spec_form import SpecForm
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.spec.groupings import NamePattern
from cnnstudio.spec.intensities import FixedWindow, Intensity, PercentileWindow
from cnnstudio.spec.keras_sets import keras_set
from cnnstudio.spec.member import members
from cnnstudio.spec.sources import KerasDataset, Source

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.gui.dataset.collection import Collection
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts, GroupFacts
    from cnnstudio.spec.problems import Problem

SHAPE = ("image_size", "resize")
LIGHT = ("color", "intensity")
FIELDS = ("batch_size", "page", "channels")
LABELS = 76


class DatasetForm(Panel):
    """Where the images are, what size they enter the network in, and how they are dealt out."""

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self._collection = collection
        self._rule = False
        self._grouped: GroupFacts | None = None
        self._listed: Sequence[Sample] = ()
        self._source = QLabel()
        self._source.setProperty("role", "muted")
        self._source.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._labels = SourceForm(LABELS)
        self._shape = SpecForm(only=SHAPE, label_width=LABELS)
        self._scale = SpecForm(only=("scale",), label_width=LABELS)
        self._light = SpecForm(only=LIGHT, label_width=LABELS)
        self._window = WindowView(collection)
        self._form = SpecForm(only=FIELDS, label_width=LABELS)
        self._forms = (self._shape, self._scale, self._light, self._form)
        self._intensity: Intensity | None = None
        self._split_title = QLabel("Split")
        self._split_title.setProperty("role", "strong")
        self._split_note = QLabel()
        self._split_note.setProperty("role", "caption")
        self._split_note.setWordWrap(True)
        self._split = SpecForm(label_width=LABELS)
        self._groups_note = QLabel()
        self._groups_note.setProperty("role", "caption")
        self._groups_note.setWordWrap(True)
        self._cache = CacheNote()
        self._groups = NamePreview("group", "groups")
        self._labels.edited.connect(self.edited)
        self._split.typed.connect(self._pattern_typed)
        self._groups.looked.connect(self._tell_groups)
        collection.index_changed.connect(lambda _index: self._set_names())
        self._split.edited.connect(self.edited)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(self._source)
        column.addWidget(self._labels)
        fields = QVBoxLayout()
        fields.setSpacing(0)
        for part in (self._shape, self._scale, self._light, self._window, self._form):
            fields.addWidget(part)
        for form in (self._shape, self._scale, self._form):
            form.edited.connect(self.edited)
        self._light.edited.connect(self._light_edited)
        self._window.edited.connect(lambda window: self.edited.emit("dataset.intensity", window))
        column.addLayout(fields)
        column.addSpacing(6)
        column.addWidget(self._split_title)
        column.addWidget(self._split_note)
        column.addWidget(self._split)
        column.addWidget(self._groups)
        column.addWidget(self._groups_note)
        column.addSpacing(6)
        column.addWidget(self._cache)
        column.addStretch(1)
        scroll = scrolled(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.setMinimumWidth(308)
        self.set_facts(None)

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the dataset of this experiment."""
        for _ in self.showing(experiment):
            pass

    def showing(self, experiment: Experiment) -> Iterator[None]:
        """The same, a form at a time."""
        dataset = experiment.dataset
        self._cache.set_experiment(experiment)
        path = Path(dataset.source.path)
        if isinstance(dataset.source, KerasDataset):
            one = keras_set(dataset.source.name)
            self._source.setText(f"{one.title} · set of Keras")
        else:
            words = members(Source)[dataset.source.kind].title()
            self._source.setText(f"{path.name} · {words.lower()}")
        self._source.setToolTip(str(path))
        self._labels.show_source(dataset.source, "dataset.source")
        for form in self._forms:
            form.show_value(dataset, "dataset")
            yield
        self._intensity = dataset.intensity
        self._window.show_dataset(dataset)
        self._scale.setVisible(dataset.resize == "fixed_scale")
        yield
        self._split.show_value(dataset.split, "dataset.split")
        yield
        rule = dataset.split.group
        self._rule = rule is not None
        self._groups.set_pattern(rule.pattern if isinstance(rule, NamePattern) else "")
        self._set_names()
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
        self._cache.set_facts(facts)
        self._grouped = facts.grouped if facts is not None else None
        self._tell_groups()

    def _light_edited(self, path: str, value: object) -> None:
        """A window of values begins where the one in use stands; percentiles begin anew."""
        if path == "dataset.intensity" and type(value) is not type(self._intensity):
            ends = self._window.window_of()
            if isinstance(value, FixedWindow):
                value = FixedWindow(low=ends[0], high=ends[1]) if ends else FixedWindow()
            elif isinstance(value, PercentileWindow):
                value = PercentileWindow()
        self.edited.emit(path, value)

    def _pattern_typed(self, path: str, text: str) -> None:
        if path == "dataset.split.group.pattern":
            self._groups.set_pattern(text)

    def _set_names(self) -> None:
        """Show the rule the file names of all images, which nothing is done to without a rule."""
        listed = self._collection.everything if self._rule else ()
        if listed is not self._listed:
            self._listed = listed
            self._groups.set_names([sample.key.rpartition("/")[2] for sample in listed])

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
        self._groups_note.setVisible(bool(words) and self._groups.seen is None)

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Mark the fields with problems."""
        for form in self._forms:
            form.set_problems(problems)
        self._split.set_problems(problems)
        whole = [p.sentence for p in problems if p.path in ("dataset.split", "dataset.source")]
        self._source.setProperty("tone", "error" if whole else "")
        if whole:
            self._source.setText(whole[0])
            self._source.setToolTip(whole[0])

    @property
    def labels(self) -> SourceForm:
        """The fields that say how the images are labelled."""
        return self._labels

    @property
    def window_view(self) -> WindowView:
        """The stored values and the intensity window."""
        return self._window

    @property
    def groups(self) -> NamePreview:
        """What the split's rule makes of the file names."""
        return self._groups

    def set_theme(self, theme: Theme) -> None:
        """Colour the forms."""
        self._labels.set_theme(theme)
        self._groups.set_theme(theme)
        for form in self._forms:
            form.set_theme(theme)
        self._window.set_theme(theme)
        self._split.set_theme(theme)
