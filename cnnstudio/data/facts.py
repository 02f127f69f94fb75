"""Counts, sizes and colours of a dataset, from file headers and a sample of the pixels."""

import os
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from cnnstudio.data.decode import UnreadableImage, as_array, decode_small, header
from cnnstudio.data.folders import nothing_readable
from cnnstudio.data.index import ImageIndex, Sample
from cnnstudio.data.names import natural_key, shown
from cnnstudio.data.picture import Reading
from cnnstudio.data.stopping import Progress, Stop, Stopped
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.facts import SPLITS, DatasetFacts, GroupFacts, SplitName, Unreadable

_CHUNK = 64
_NAMES = 6
_COLOR_SAMPLE = 100
# A gray picture saved as colour JPEG strays by a few levels.
_GRAY_SPREAD = 12
_COLORED_SHARE = 0.001

Header = tuple[int, int, bool]


@dataclass(frozen=True, slots=True)
class Headers:
    """What the headers of a dataset's files say, excluded ones among them.

    `by_key` holds (height, width, gray) in pixels, or the reason why there is none; `gray` says
    that no image of a sample has colour. It holds however the images are edited and split.
    """

    by_key: Mapping[str, Header | str]
    gray: bool


def headers(
    index: ImageIndex,
    progress: Progress | None = None,
    stop: Stop | None = None,
    known: Headers | None = None,
) -> Headers:
    """The headers of all images of `index`; those that are `known` are not read again.

    They are read by threads; `progress(done, total)` is called from this one.

    Raises:
        Stopped: `stop` returned true.
    """
    before = known.by_key if known is not None else {}
    samples = (*index.samples, *index.excluded)
    missing = [sample for sample in samples if sample.key not in before]
    if known is not None and not missing and len(before) == len(samples):
        return known
    read = _headers(missing, progress, stop)
    sound = [(s, h) for s, h in zip(missing, read, strict=True) if isinstance(h, tuple)]
    found = dict(zip((sample.key for sample in missing), read, strict=True))
    by_key = {s.key: found[s.key] if s.key in found else before[s.key] for s in samples}
    return Headers(by_key, (known is None or known.gray) and _all_gray(sound))


def facts(
    dataset: Dataset,
    index: ImageIndex,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> DatasetFacts:
    """The facts of `index`, from the header of every file, read by threads.

    Files whose header cannot be read are in `unreadable` and not counted. Damage further inside
    shows when the pixels are cached. `progress(done, total)` is called from this thread.

    Raises:
        UserError: no file can be read.
        Stopped: `stop` returned true.
    """
    return counted(dataset, index, headers(index, progress, stop))


def counted(dataset: Dataset, index: ImageIndex, known: Headers) -> DatasetFacts:
    """The facts of `index` from headers that are known; opens no file.

    Raises:
        UserError: no file can be read.
    """
    short: list[int] = []
    aspects: list[float] = []
    unreadable: list[Unreadable] = []
    for sample in index.samples:
        found = known.by_key[sample.key]
        if isinstance(found, str):
            unreadable.append(Unreadable(key=shown(sample.key), reason=found))
        else:
            height, width, _ = found
            short.append(min(height, width))
            aspects.append(width / height)
    if not short:
        first = unreadable[0]
        raise nothing_readable(Path(dataset.source.path), first.key, first.reason)
    low, high = np.percentile(aspects, (10, 90))
    bad = {item.key for item in unreadable}
    return DatasetFacts(
        class_names=index.class_names,
        counts=counts(index, bad),
        median_short_side=round(median(short)),
        aspect_p10=float(low),
        aspect_p90=float(high),
        gray=known.gray,
        own_split=index.own_split,
        unreadable=(*index.unreadable, *unreadable),
        excluded=len(index.excluded),
        grouped=_grouped(index),
    )


def recounted(known: DatasetFacts, index: ImageIndex) -> DatasetFacts:
    """The same facts for the same files after another split; opens no file."""
    bad = {item.key for item in known.unreadable}
    return known.model_copy(
        update={
            "counts": counts(index, bad),
            "excluded": len(index.excluded),
            "grouped": _grouped(index),
        }
    )


def counts(index: ImageIndex, left_out: Collection[str]) -> dict[SplitName, dict[str, int]]:
    """Images by split and class, without the `shown` keys in `left_out`; every class is named."""
    table: dict[SplitName, dict[str, int]] = {
        split: dict.fromkeys(index.class_names, 0) for split in SPLITS
    }
    for sample in index.samples:
        if not left_out or shown(sample.key) not in left_out:
            table[sample.split][index.class_names[sample.label]] += 1
    return table


def _grouped(index: ImageIndex) -> GroupFacts:
    several = [group for group in index.groups if len(group.keys) > 1]
    names = sorted((shown(group.name) for group in several), key=natural_key)
    return GroupFacts(
        groups=len(several),
        images=sum(len(group.keys) for group in several),
        largest=max((len(group.keys) for group in several), default=0),
        names=tuple(names[:_NAMES]),
    )


def _headers(
    samples: Sequence[Sample], progress: Progress | None, stop: Stop | None
) -> list[Header | str]:
    """Each sample's header, or the reason why there is none."""
    found: list[Header | str] = []
    chunks = [samples[at : at + _CHUNK] for at in range(0, len(samples), _CHUNK)]
    pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="headers")
    try:
        for part in pool.map(_read_headers, chunks):
            if stop is not None and stop():
                raise Stopped
            found += part
            if progress is not None:
                progress(len(found), len(samples))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return found


def _read_headers(samples: Sequence[Sample]) -> list[Header | str]:
    found: list[Header | str] = []
    # All images of one array are alike, and to open it anew for each takes seconds.
    arrays: dict[tuple[str, Reading], Header] = {}
    for sample in samples:
        array = (sample.file, sample.reading)
        if sample.item is not None and array in arrays:
            found.append(arrays[array])
            continue
        try:
            read = header(sample.picture)
        except UnreadableImage as error:
            found.append(error.reason)
            continue
        found.append(read)
        if sample.item is not None:
            arrays[array] = read
    return found


def _all_gray(sound: Sequence[tuple[Sample, Header]]) -> bool:
    colored = [sample for sample, (_, _, gray) in sound if not gray]
    step = max(1, len(colored) // _COLOR_SAMPLE)
    return not any(_has_color(sample) for sample in colored[::step])


def _has_color(sample: Sample) -> bool:
    try:
        pixels = as_array(decode_small(sample.picture, 64)).astype(np.int16)
    except UnreadableImage:
        return False
    spread = pixels.max(axis=2) - pixels.min(axis=2)
    return bool(np.mean(spread > _GRAY_SPREAD) > _COLORED_SHARE)
