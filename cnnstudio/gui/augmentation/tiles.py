"""Makes the preview's pictures: the original after resizing and its draws, away from the window."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from cnnstudio.gui.augmentation.cautions import Caution, cautions
from cnnstudio.gui.augmentation.training_list import TrainingList
from cnnstudio.gui.dataset.pictures import as_image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnnstudio.augment.draws import Drawn
    from cnnstudio.augment.lookalikes import Doubt
    from cnnstudio.augment.mixture import Mixed
    from cnnstudio.augment.samples import SampleMaker
    from cnnstudio.augment.scaling import Spread
    from cnnstudio.data.index import ImageIndex, Sample
    from cnnstudio.spec.experiment import Experiment

FAR_EPOCH = 1_000_000
"""Fresh draws are those of epochs that no run reaches, so none of them is mistaken for training."""
KEPT = 48
"""Decoded images kept: the chosen one, those of pinned tiles, and partners of mixed ones."""
SPREAD_OF = 32
"""Training images whose spread stands for all of them in the preview of `standardize`."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A draw that stays on the wall: this image in this epoch (from 0)."""

    sample: Sample
    epoch: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the wall asks for: draws of `sample` in `epochs` (from 0) after those that are pinned.

    With `ends`, each operation alone at the ends of its range instead. `scaled` asks for the
    values after the input stage, too. `index` is needed where images are mixed or scaled by what
    the training images are.
    """

    experiment: Experiment
    sample: Sample
    epochs: tuple[int, ...] = ()
    pins: tuple[Pin, ...] = ()
    ends: bool = False
    scaled: bool = False
    index: ImageIndex | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """One draw: its picture and what it came from, the drawn values short and in full.

    `epoch` counts from 0, None where no epoch was drawn; `shares` are the parts of a mixed image's
    label, `values` those that enter the first layer; both are empty where there is nothing to say.
    """

    picture: QImage
    original: QImage
    sample: Sample
    label: str
    details: str
    title: str = ""
    epoch: int | None = None
    pinned: bool = False
    shares: str = ""
    values: str = ""
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Tiles:
    """What a request came to; `stored_size` is the file's (height, width)."""

    wanted: Wanted
    original: QImage
    stored_size: tuple[int, int]
    tiles: tuple[Tile, ...]
    values: str = ""


class TileMaker:
    """Draws tiles for one image after another, and keeps the last decoded images.

    Called from one thread at a time.
    """

    def __init__(self) -> None:
        self._decoded: OrderedDict[tuple[object, ...], NDArray[np.uint8]] = OrderedDict()
        self._sizes: dict[object, tuple[int, int]] = {}
        self._training = TrainingList()
        self._spread: tuple[ImageIndex | None, object, Spread | None] = (None, None, None)

    def make(self, wanted: Wanted) -> Tiles:
        """The image and its draws, exactly as they train.

        Raises `UnreadableImage`.
        """
        from cnnstudio.augment.samples import SampleMaker
        from cnnstudio.data.decode import size

        maker, sample = SampleMaker(wanted.experiment), wanted.sample
        pixels = self._load(maker, wanted.experiment, sample)
        if sample.picture not in self._sizes:
            self._sizes = {sample.picture: size(sample.picture)}
        if wanted.ends:
            tiles = self._ends(wanted, maker)
        else:
            pins = self._pinned(wanted, maker)
            fresh = [self._draw(wanted, maker, sample, epoch) for epoch in wanted.epochs]
            tiles = [*pins, *fresh]
        return Tiles(
            wanted,
            as_image(pixels),
            self._sizes[sample.picture],
            tuple(tiles),
            self._values(wanted, maker, pixels),
        )

    def _pinned(self, wanted: Wanted, maker: SampleMaker) -> list[Tile]:
        from cnnstudio.data.decode import UnreadableImage

        tiles = []
        for pin in wanted.pins:
            # A file that vanished takes its own tile away, not the wall.
            with suppress(UnreadableImage):
                tiles.append(self._draw(wanted, maker, pin.sample, pin.epoch, pinned=True))
        return tiles

    def _draw(
        self, wanted: Wanted, maker: SampleMaker, sample: Sample, epoch: int, pinned: bool = False
    ) -> Tile:
        title = f"epoch {epoch + 1}" if epoch < FAR_EPOCH else ("pinned" if pinned else "")
        if pinned and sample.key != wanted.sample.key:
            title = f"{sample.key.rsplit('/', 1)[-1]} · {title}"
        drawn = maker.draw(sample.key, epoch)
        return self._tile(wanted, maker, sample, epoch, drawn, title, pinned)

    def _ends(self, wanted: Wanted, maker: SampleMaker) -> list[Tile]:
        from cnnstudio.augment.extremes import LOWER, UPPER, extremes

        tiles = []
        for extreme in extremes(wanted.experiment.augmentation):
            tile = self._tile(wanted, maker, wanted.sample, None, extreme.drawn, "")
            if tile.picture == tile.original:
                continue
            # A value says more than which end it is, and a shift to the left is the lower end.
            told = extreme.drawn.label and extreme.end in (LOWER, UPPER)
            words = "  ".join(filter(None, (extreme.drawn.label, "" if told else extreme.end)))
            details = "\n".join(filter(None, (extreme.end.capitalize(), tile.details)))
            title = extreme.operation.title()
            tiles.append(replace(tile, label=words, details=details, title=title))
        return tiles

    def _tile(
        self,
        wanted: Wanted,
        maker: SampleMaker,
        sample: Sample,
        epoch: int | None,
        drawn: Drawn,
        title: str,
        pinned: bool = False,
    ) -> Tile:
        from cnnstudio.augment.damage import damage

        pixels = self._load(maker, wanted.experiment, sample)
        made = self._mixed(wanted, maker, sample, epoch, drawn)
        harm = damage(wanted.experiment.augmentation, pixels, drawn, made.alone)
        warned = cautions(harm, _doubt(wanted.index, sample, drawn, pixels))
        shares = label_parts(made, wanted.index)
        lines = [f"{one.operation.title()}: {one.label}" for one in drawn.draws if one.label]
        lines = lines or ["Left as it is by every draw"]
        if made.partner is not None:
            lines.append(f"Mixed with {made.partner}: the label is {shares}")
        values = self._values(wanted, maker, made.pixels)
        if values:
            lines.append(f"Values that enter the network: {values}")
        return Tile(
            as_image(made.pixels),
            as_image(pixels),
            sample,
            drawn.label,
            "\n".join([*lines, *(caution.sentence for caution in warned)]),
            title,
            epoch,
            pinned,
            shares,
            values,
            warned,
        )

    def _mixed(
        self, wanted: Wanted, maker: SampleMaker, sample: Sample, epoch: int | None, drawn: Drawn
    ) -> Mixed:
        from cnnstudio.augment.draws import Drawn
        from cnnstudio.augment.mixture import Lineup, mixed
        from cnnstudio.data.decode import UnreadableImage

        experiment, index = wanted.experiment, wanted.index
        dataset, seed = experiment.dataset, experiment.training.seed
        asked: list[Sample] = []
        # An operation alone has a partner that nothing else has changed either.
        at, partners = (FAR_EPOCH, Drawn()) if epoch is None else (epoch, None)

        def load(key: str) -> NDArray[np.uint8]:
            asked.append(sample if key == sample.key else self._training.sample(key))
            return self._load(maker, experiment, asked[-1])

        while True:
            lineup = Lineup((), (), dataset.batch_size, seed)
            if index is not None and drawn.mixing is not None:
                lineup = self._training.lineup(dataset, index, seed)
            try:
                return mixed(maker, lineup, sample.key, sample.label, at, load, drawn, partners)
            except UnreadableImage:
                if asked[-1] == sample:
                    raise
                # No run can read it, either: it is in nobody's batch.
                self._training.leave_out(asked[-1])

    def _load(
        self, maker: SampleMaker, experiment: Experiment, sample: Sample
    ) -> NDArray[np.uint8]:
        dataset = experiment.dataset
        key = (sample.picture, dataset.image_size, dataset.resize, dataset.scale, dataset.color)
        if key in self._decoded:
            self._decoded.move_to_end(key)
        else:
            self._decoded[key] = maker.load(sample)
            while len(self._decoded) > KEPT:
                self._decoded.popitem(last=False)
        return self._decoded[key]

    def _values(self, wanted: Wanted, maker: SampleMaker, pixels: NDArray[np.uint8]) -> str:
        """What enters the first layer, such as `0.00…1.00 ⌀ 0.46`."""
        if not wanted.scaled:
            return ""
        from cnnstudio.augment.scaling import span

        scaling = wanted.experiment.model.input_scaling
        known = self._spread_of(wanted, maker) if scaling == "standardize" else None
        if scaling == "standardize" and known is None:
            return "scaled by the training images' spread"
        found = span(pixels, scaling, known)
        digits = 0 if scaling == "none" else 2
        least, most, mean = (f"{v:.{digits}f}" for v in (found.least, found.most, found.mean))
        words = f"{least}…{most} ⌀ {mean}".replace("-", "−")
        return f"≈ {words}" if known else words

    def _spread_of(self, wanted: Wanted, maker: SampleMaker) -> Spread | None:
        """About the spread of the training images, from a few of them."""
        from cnnstudio.augment.scaling import spread
        from cnnstudio.data.decode import UnreadableImage

        dataset, index = wanted.experiment.dataset, wanted.index
        if index is None:
            return None
        asked = (dataset.image_size, dataset.resize, dataset.scale, dataset.color)
        if self._spread[0] is not index or self._spread[1] != asked:
            train = index.part("train")
            images = []
            for sample in train[:: max(1, -(-len(train) // SPREAD_OF))]:
                try:
                    images.append(maker.load(sample))
                except UnreadableImage:
                    continue
            self._spread = (index, asked, spread(images) if images else None)
        return self._spread[2]


def _doubt(
    index: ImageIndex | None, sample: Sample, drawn: Drawn, pixels: NDArray[np.uint8]
) -> Doubt | None:
    from cnnstudio.augment.lookalikes import doubt, turn_of

    if index is None or sample.label >= len(index.class_names):
        return None
    name = index.class_names[sample.label]
    return doubt(name, index.class_names, turn_of(drawn, *pixels.shape[:2]))


def label_parts(made: Mixed, index: ImageIndex | None) -> str:
    """The label's parts, such as `cat 70 %, dog 30 %`; empty where nothing is mixed.

    What is less than half a percent is left out, and “4” is not taken for a part of the number.
    """
    if made.partner is None or index is None:
        return ""
    names = [*index.class_names, "this"]
    said = [
        (names[min(label, len(names) - 1)], f"{100 * share:.0f}") for label, share in made.shares
    ]
    return ", ".join(
        f"{f'“{name}”' if name[-1:].isdigit() else name} {percent} %"
        for name, percent in said
        if percent != "0"
    )
