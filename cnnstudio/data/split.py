"""The seeded split into training, validation and test images, the same shares in every class."""

import math
from collections.abc import Mapping, Sequence

from cnnstudio.data.names import key_hash
from cnnstudio.spec.facts import SplitName


def split_class(
    keys: Sequence[str], validation: float, test: float, seed: int
) -> Mapping[str, SplitName]:
    """The part of each image of one class.

    Every key has its fixed place in a seeded order: the first ones are tested, the last ones
    validate. So new images move few old ones, and none between test and validation. Counts are
    the shares, rounded; each class that has enough images keeps one in training, then one in each
    part that is asked for.
    """
    order = sorted(keys, key=lambda key: (key_hash(key, seed), key))
    tested, validated = counts(len(order), validation, test)
    parts: dict[str, SplitName] = dict.fromkeys(order, "train")
    parts.update(dict.fromkeys(order[:tested], "test"))
    parts.update(dict.fromkeys(order[len(order) - validated :], "validation"))
    return parts


def counts(images: int, validation: float, test: float) -> tuple[int, int]:
    """How many of a class's `images` are tested and how many validate."""
    validated = max(math.floor(images * validation + 0.5), 1 if validation else 0)
    tested = max(math.floor(images * test + 0.5), 1 if test else 0)
    # Training comes first, then validation, which every run needs to be judged by.
    validated = max(0, min(validated, images - 1))
    tested = max(0, min(tested, images - 1 - validated))
    return tested, validated
