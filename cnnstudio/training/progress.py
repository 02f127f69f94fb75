"""Where a run stands: what a checkpoint must hold beside the weights to go on as if never cut."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Sums:
    """Sums over the images of the epoch under way; divided by `images` they are its means."""

    images: int = 0
    loss: float = 0.0
    correct: float = 0.0
    penalty: float = 0.0
    seconds: float = 0.0
    timed_images: int = 0

    def add(self, images: int, loss: float, accuracy: float, penalty: float) -> None:
        """Takes in one batch by its means."""
        self.images += images
        self.loss += images * loss
        self.correct += images * accuracy
        self.penalty += images * penalty


@dataclass(slots=True)
class Progress:
    """`epoch` epochs are finished, and `batch` batches of the next; `step` steps in all.

    `watched` holds the numbers that policies watch, one for each finished epoch. `images` is the
    fingerprint of the list of training images, `images_count` its length; empty and 0: not known.
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0
    sums: Sums = field(default_factory=Sums)
    watched: dict[str, list[float]] = field(default_factory=dict)
    images: str = ""
    images_count: int = 0

    def watch(self, values: dict[str, float]) -> None:
        """Appends the numbers of one more finished epoch."""
        for name, value in values.items():
            self.watched.setdefault(name, []).append(value)

    def plain(self) -> dict[str, Any]:
        """As plain containers for a JSON file."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Progress":
        """The inverse of `plain`."""
        return cls(**{**plain, "sums": Sums(**plain["sums"])})
