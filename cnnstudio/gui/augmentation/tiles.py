"""Makes the preview's pictures: the original after resizing and its draws, away from the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from cnnstudio.gui.dataset.pictures import as_image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnnstudio.data.index import Sample
    from cnnstudio.spec.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Tile:
    """One draw: its picture, the drawn values in a few characters, and each with its name."""

    picture: QImage
    label: str
    details: str


@dataclass(frozen=True, slots=True)
class Tiles:
    """What a request came to. `experiment`, `sample` and `epochs` are those it was made for."""

    experiment: Experiment
    sample: Sample
    epochs: tuple[int, ...]
    original: QImage
    stored_size: tuple[int, int]
    tiles: tuple[Tile, ...]


class TileMaker:
    """Draws tiles for one image after another, and keeps the last decoded image.

    Called from one thread at a time.
    """

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._pixels: NDArray[np.uint8] | None = None
        self._size = (0, 0)

    def make(self, experiment: Experiment, sample: Sample, epochs: tuple[int, ...]) -> Tiles:
        """The image and its draws for these epochs (counted from 0), exactly as they train.

        Raises `UnreadableImage`.
        """
        from cnnstudio.augment.samples import SampleMaker
        from cnnstudio.data.decode import size

        maker = SampleMaker(experiment)
        dataset = experiment.dataset
        key = (sample.picture, dataset.image_size, dataset.resize, dataset.scale, dataset.color)
        if key != self._key or self._pixels is None:
            self._pixels, self._size, self._key = maker.load(sample), size(sample.picture), key
        pixels = self._pixels
        tiles = []
        for epoch in epochs:
            drawn = maker.draw(sample.key, epoch)
            picture = as_image(maker.sample(pixels, sample.key, epoch, drawn))
            details = "\n".join(
                f"{draw.operation.title()}: {draw.label}" for draw in drawn.draws if draw.label
            )
            tiles.append(Tile(picture, drawn.label, details or "Left as it is by every draw"))
        return Tiles(experiment, sample, epochs, as_image(pixels), self._size, tuple(tiles))
