"""What the network says of single validation images after an epoch: a sample, and the worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnnstudio.gui.forms.editors import Segments
from cnnstudio.gui.training.prediction_tiles import PredictionTiles
from cnnstudio.gui.training.run_images import RunImages
from cnnstudio.gui.training.told import Told

if TYPE_CHECKING:
    from cnnstudio.gui.dataset.collection import Collection
    from cnnstudio.gui.theme import Theme
    from cnnstudio.runs.events import Prediction, PredictionsMade
    from cnnstudio.runs.history import RunHistory

SAMPLE, WORST = 0, 1
TIPS = (
    "The same validation images after every epoch, some of each class",
    "The wrong answers that the network is most sure of, among all validation images",
)
SOON = "What the network says of some validation images is shown after the first epoch."
NONE_KEPT = "This run has not kept what the network said of single images."
NO_IMAGES = "There are no validation images of which the network could say something."


class Predictions(QWidget):
    """Call `show_epoch` as often as wanted. A click on an image leads to it under Data."""

    def __init__(self) -> None:
        super().__init__()
        self._history: RunHistory | None = None
        self._epoch: int | None = None
        self._known: tuple[object, ...] = ()
        self.images = RunImages(self)
        self.images.changed.connect(self._show)
        self.place = QLabel()
        self.place.setProperty("role", "muted")
        self.choice = Segments(("Sample", "Worst mistakes"))
        self.choice.choose(SAMPLE)
        for kind, tip in enumerate(TIPS):
            self.choice.group.button(kind).setToolTip(tip)
        self.choice.group.idClicked.connect(lambda _kind: self._show())
        self.count = QLabel()
        self.count.setProperty("role", "caption")
        self.tiles = PredictionTiles()
        self.empty = QLabel()
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        title = QLabel("Predictions")
        title.setProperty("role", "strong")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(title, 1)
        head.addWidget(self.place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        for widget in (self.choice, self.count, self.tiles, self.empty):
            column.addWidget(widget)
        self._show()

    def set_collection(self, collection: Collection) -> None:
        """Take the images from here."""
        self.tiles.opened.connect(collection.seek)
        self.tiles.set_thumbnails(collection.thumbnails)
        self.images.set_collection(collection)

    def show_epoch(self, history: RunHistory | None, epoch: int | None) -> None:
        """Show this run after `epoch`; None: after the last one that is known."""
        made = history.predictions if history is not None else []
        # A resumed run tells some epochs anew, so their number alone says too little.
        known = (history, epoch, len(made), made[-1] if made else None, _ended_epochs(history))
        if known == self._known:
            return
        self._known = known
        self._history, self._epoch = history, epoch
        self._show()

    @property
    def shown(self) -> PredictionsMade | None:
        """What is in sight."""
        made = self._history.predictions if self._history is not None else []
        if self._epoch is None:
            return made[-1] if made else None
        return next((one for one in reversed(made) if one.epoch == self._epoch), None)

    def set_theme(self, theme: Theme) -> None:
        """Colour the tiles."""
        self.tiles.set_theme(theme)

    def _show(self) -> None:
        made, sentence = self.shown, self._sentence()
        self.empty.setText(sentence)
        self.empty.setVisible(bool(sentence))
        for widget in (self.place, self.choice, self.count, self.tiles):
            widget.setVisible(not sentence)
        if sentence or self._history is None:
            self.tiles.show_tiles((), 0)
            return
        worst = self.choice.group.checkedId() == WORST
        every = [one.worst if worst else one.sample for one in self._history.predictions]
        rows = () if made is None else made.worst if worst else made.sample
        self.tiles.show_tiles(self._told(rows), max(len(one) for one in every))
        epoch = self._epoch if made is None else made.epoch
        self.place.setText(f"epoch {epoch}")
        self.count.setText(self._words(rows, worst) if made is not None else "Not kept here.")

    def _sentence(self) -> str:
        """Why there is nothing to see; empty where there is."""
        history = self._history
        if history is None or history.started is None or history.predictions:
            return "" if history is not None and history.predictions else SOON
        if not history.started.validation_images:
            return NO_IMAGES
        return NONE_KEPT if history.epoch_events else SOON

    def _words(self, rows: tuple[Prediction, ...], worst: bool) -> str:
        if worst:
            return "The surest first" if rows else "No mistakes"
        right = sum(row.label == row.predicted for row in rows)
        return f"{right} of {len(rows)} right"

    def _told(self, rows: tuple[Prediction, ...]) -> tuple[Told, ...]:
        assert self._history is not None
        names = self._history.started.class_names if self._history.started is not None else ()
        found = self.images.find(row.key for row in rows)

        def name(label: int) -> str:
            return names[label] if label < len(names) else str(label)

        return tuple(
            Told(
                row.key,
                name(row.label),
                name(row.predicted),
                row.share,
                row.true_share,
                row.label == row.predicted,
                found[row.key],
            )
            for row in rows
        )


def _ended_epochs(history: RunHistory | None) -> int:
    return len(history.epoch_events) if history is not None else 0
