"""Classes that a mirror or a turn makes into each other, by their names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atan2, degrees

from cnnstudio.augment.draws import Drawn
from cnnstudio.augment.warp import compose

Table = tuple[tuple[str, str], ...]

MIRRORED: Table = (("b", "d"), ("p", "q"), ("left", "right"))
UPSIDE_DOWN: Table = (("6", "9"), ("up", "down"), ("top", "bottom"), ("M", "W"), ("n", "u"))
FLIPPED: Table = (("b", "p"), ("d", "q"), ("up", "down"), ("top", "bottom"), ("M", "W"))

# Single signs that look the same after each of them, or nearly so.
_LEFT_RIGHT, _UP_DOWN, _HALF_TURN = "018AHIMOTUVWXYilovwx", "0138BCDEHIKOXclox", "018HINOSXZlosxz"
_ROUND = "0OoXx"

LEANS = 60.0
"""Degrees up to which a digit or letter that leans is still read as what it is."""
HALF = 135.0
"""Degrees from which on a turn is rather upside down than on its side."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How a draw lays an image: mirrored left and right or not, then turned by 0 to 180 degrees."""

    mirrored: bool = False
    degrees: float = 0.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """A draw that may no longer show the class `name`; `twin` is the one that it may show."""

    name: str
    turn: Turn
    twin: str | None = None


def turn_of(drawn: Drawn, height: int, width: int) -> Turn:
    """How the geometry of a draw lays an image, all its operations together.

    `height` and `width` are the image's, in pixels.
    """
    moves = drawn.of("geometry")
    if not moves:
        return Turn()
    (a, b), (c, d) = compose(moves, height, width)[:2, :2].tolist()
    mirrored = a * d < b * c
    if mirrored:
        a, c = -a, -c
    # What remains without scale and shear: the rotation nearest to the matrix, which maximizes
    # the trace of its transpose times the matrix, cos · (a + d) + sin · (c − b).
    return Turn(mirrored, abs(degrees(atan2(c - b, a + d))))


def doubt(name: str, names: Sequence[str], turn: Turn) -> Doubt | None:
    """Whether an image of class `name` laid like this may show another class, or none of them.

    Pairs such as “left” and “right” are told by any class names. Where every class is a single
    letter or digit, a sign that is mirrored or far turned is in doubt unless it is symmetric.
    """
    if not turn.mirrored and turn.degrees <= LEANS:
        return None
    table = _table(turn)
    for first, second in pairs(names, table):
        if name in (first, second):
            return Doubt(name, turn, second if name == first else first)
    if all(len(each) == 1 and each.isalnum() for each in names) and name not in _same(turn):
        return Doubt(name, turn)
    return None


def pairs(names: Sequence[str], table: Table) -> Iterator[tuple[str, str]]:
    """Class names that differ in one word of a pair alone, such as `turn_left`, `turn_right`."""
    words = {tuple(re.findall(r"[^\W_]+", name)): name for name in names}
    for parts, name in words.items():
        for place, part in enumerate(parts):
            for first, second in table:
                # “kind 6” is a number, not the picture of a 6; a bare “6” may well be one.
                bare = len(parts) == 1 and part == first
                if not (bare if len(first) == 1 else part.lower() == first):
                    continue
                other = second.capitalize() if part[:1].isupper() and len(first) > 1 else second
                twin = words.get((*parts[:place], other, *parts[place + 1 :]))
                if twin is not None:
                    yield name, twin


def _table(turn: Turn) -> Table:
    if turn.mirrored:
        return MIRRORED if turn.degrees < 180.0 - HALF else FLIPPED if turn.degrees > HALF else ()
    return UPSIDE_DOWN if turn.degrees > HALF else ()


def _same(turn: Turn) -> str:
    """The signs that such a turn leaves as they are."""
    if turn.mirrored:
        if turn.degrees <= LEANS:
            return _LEFT_RIGHT
        return _UP_DOWN if turn.degrees > HALF else _ROUND
    return _HALF_TURN if turn.degrees > HALF else _ROUND
