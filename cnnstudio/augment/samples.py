"""The one path from an image to its augmented self: what the preview shows is what trains."""

import numpy as np

from cnnstudio.augment.color import recolor
from cnnstudio.augment.draws import Drawer, Drawn, draw
from cnnstudio.augment.warp import route, warp
from cnnstudio.data.decode import Pixels
from cnnstudio.data.index import Sample
from cnnstudio.data.load import load
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.operations.operation import BatchOperation


class SampleMaker:
    """Makes the training images of an experiment: any image, any epoch, repeatable and in threads.

    Draws depend on the experiment's seed, the epoch (from 0) and the image's key alone.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._dataset = experiment.dataset
        self._augmentation = experiment.augmentation
        self._drawer = Drawer(experiment.training.seed)

    @property
    def mixes(self) -> bool:
        """Whether images are mixed with others of their batch."""
        return any(
            isinstance(operation, BatchOperation) and operation.enabled and not operation.idle
            for operation in self._augmentation.operations
        )

    def draw(self, key: str, epoch: int) -> Drawn:
        """What is drawn for the image `key` in `epoch`."""
        return draw(self._augmentation, self._drawer, key, epoch)

    def load(self, sample: Sample) -> Pixels:
        """The image before augmentation: decoded and resized as the experiment says.

        Raises:
            UnreadableImage: the file cannot be used.
        """
        return load(sample.picture, self._dataset)

    def sample(
        self,
        image: Pixels,
        key: str,
        epoch: int,
        drawn: Drawn | None = None,
        out: Pixels | None = None,
    ) -> Pixels:
        """uint8[height, width, channels], `image` as training sees it in `epoch`.

        `image` is decoded and resized; `drawn` replaces the draw; `out`, an array without gaps,
        receives the result. The input stays as it is. Mixing with other images of the batch
        follows in `Batches`.
        """
        if drawn is None:
            drawn = self.draw(key, epoch)
        if out is None:
            out = np.empty(image.shape, np.uint8)
        source = image
        if moves := drawn.of("geometry"):
            way = route(moves, image.shape[0], image.shape[1])
            source = warp(
                image, way, self._augmentation.fill_mode, self._augmentation.fill_value, out
            )
        if changes := drawn.of("color") + drawn.of("noise"):
            return recolor(source, changes, out)
        if source is image:
            np.copyto(out, image)
        return out
