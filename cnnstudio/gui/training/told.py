"""What the network says of one image, in the words of people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample


@dataclass(frozen=True, slots=True)
class Told:
    """One image and the answer; `sample` is None where the image is not to be found.

    `share` is the probability (0..1) of the class `said`, `true_share` that of the class `true`.
    """

    key: str
    true: str
    said: str
    share: float
    true_share: float
    right: bool
    sample: Sample | None

    @property
    def sentence(self) -> str:
        """`cat, taken for dog with 87 %; cat got 12 %`."""
        sure = percent(self.share)
        if self.right:
            return f"{self.true}, recognized with {sure}"
        own = percent(self.true_share)
        return f"{self.true}, taken for {self.said} with {sure}; {self.true} got {own}"


def percent(share: float) -> str:
    """A probability 0..1 in whole per cent; a dash where it is no number."""
    return f"{100 * share:.0f} %" if math.isfinite(share) else "–"
