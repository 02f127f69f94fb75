"""The validation images whose predictions are told after each epoch: a sample, and the worst."""

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.cache import PartPixels
from cnnstudio.data.names import key_hashes, shown
from cnnstudio.runs.events import Prediction, PredictionsMade
from cnnstudio.training.evaluate import Measured

SAMPLE = 24
WORST = 8
_PLACES = 4  # of a probability: more say nothing, and there are many of them


class Examples:
    """The sample of a part, the same for the same images and seed, in a resumed run too."""

    def __init__(self, part: PartPixels, seed: int) -> None:
        self._keys = part.keys
        self._rows = sample_rows(part, seed)

    def judged(self, epoch: int, step: int, measured: Measured) -> PredictionsMade:
        """What the part's measuring after `epoch` says of the sample, and its worst mistakes."""
        return PredictionsMade(
            epoch=epoch,
            step=step,
            sample=self._told(self._rows, measured),
            worst=self._told(worst_rows(measured), measured),
        )

    def _told(self, rows: NDArray[np.int64], measured: Measured) -> tuple[Prediction, ...]:
        return tuple(
            Prediction(
                shown(self._keys[row]), label, predicted, round(share, _PLACES), round(own, _PLACES)
            )
            for row, label, predicted, (share, own) in zip(
                rows.tolist(),
                measured.labels[rows].tolist(),
                measured.predicted[rows].tolist(),
                measured.shares[rows].tolist(),
                strict=True,
            )
        )


def sample_rows(part: PartPixels, seed: int, most: int = SAMPLE) -> NDArray[np.int64]:
    """int64[≤ most]: rows of a part by class, classes in proportion and each at least once.

    With more classes than `most` the largest are in it, once each. An image's rank depends on its
    key and the seed alone, so that one that is missing changes the others hardly at all.
    """
    ranks = key_hashes(part.keys, seed)
    labels, classes, counts = np.unique(part.labels, return_inverse=True, return_counts=True)
    given = _places(counts, classes, ranks, most)
    chosen: list[int] = []
    for label, places in zip(labels[given > 0], given[given > 0], strict=True):
        members = np.flatnonzero(part.labels == label)
        chosen += members[np.argsort(ranks[members], kind="stable")[:places]].tolist()
    return np.array(chosen, np.int64)


def worst_rows(measured: Measured, most: int = WORST) -> NDArray[np.int64]:
    """int64[≤ most]: rows with a wrong answer, the one of the highest probability first."""
    sure = measured.shares[:, 0]
    wrong = np.flatnonzero((measured.predicted != measured.labels) & np.isfinite(sure))
    return wrong[np.argsort(-sure[wrong], kind="stable")[:most]]


def _places(
    counts: NDArray[np.int64], classes: NDArray[np.int64], ranks: NDArray[np.uint64], most: int
) -> NDArray[np.int64]:
    """How many of `most` places each class gets: one each as far as they go, then in proportion."""
    given = np.zeros(len(counts), np.int64)
    # Among classes of one size chance decides, not the alphabet.
    first = np.full(len(counts), 2**64 - 1, np.uint64)
    np.minimum.at(first, classes, ranks)
    given[np.lexsort((first, -counts))[:most]] = 1
    for _ in range(min(most, int(counts.sum())) - int(given.sum())):
        # The next place goes where an image stands for the most others (Webster's method).
        need = np.where(given < counts, counts / (2 * given + 1), -1.0)
        given[int(np.argmax(need))] += 1
    return given
