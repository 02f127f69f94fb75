"""The ends of every range: each operation alone, as far as it goes either way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from cnnstudio.augment.draws import Drawn, OperationDraw
from cnnstudio.spec.experiment import Augmentation
from cnnstudio.spec.operations.bending import RandomPerspective
from cnnstudio.spec.operations.geometry import RandomFlip, RandomQuarterTurn
from cnnstudio.spec.operations.operation import BatchOperation, CompoundOperation, Operation

LOW, HIGH = 0.0, 1.0 - 2.0**-53
"""The least and the largest number that a generator gives."""

MOST_MIXED = 0.5
"""The larger share of two images is the label's own, so half is the end."""

LOWER, UPPER = "lower end", "upper end"
_ENDS = ((LOWER, (LOW,)), (UPPER, (HIGH,)))

# Where all numbers at the same end are no end at all. Corners that all move the same way only
# shift the image; these make its upper, then its left side the far one. Coins and turns have no
# ends but outcomes.
_OUTCOMES: dict[type[Operation], tuple[tuple[str, tuple[float, ...]], ...]] = {
    RandomPerspective: (
        ("tilted back", (LOW, LOW, HIGH, HIGH, HIGH, LOW, LOW, HIGH)),
        ("turned aside", (LOW, LOW, LOW, HIGH, HIGH, HIGH, HIGH, LOW)),
    ),
    RandomFlip: (("", (LOW, HIGH)), ("", (HIGH, LOW)), ("", (LOW, LOW))),
    RandomQuarterTurn: (("", (0.25,)), ("", (0.5,)), ("", (0.75,))),
}
_EXAMPLES = (("an example", (0.1, 0.2)), ("an example", (0.6, 0.8)), ("an example", (0.9, 0.3)))


@dataclass(frozen=True, slots=True)
class Extreme:
    """One operation alone at one end of its range; `end` may be empty where there is no range."""

    index: int
    operation: Operation
    end: str
    drawn: Drawn


class LoadedDice:
    """Gives the same few numbers in turn, without end."""

    def __init__(self, numbers: Sequence[float]) -> None:
        self._numbers = cycle(numbers)

    def random(self) -> float:
        """The next of the numbers, in [0, 1)."""
        return next(self._numbers)


def extremes(augmentation: Augmentation) -> tuple[Extreme, ...]:
    """Every operation that is on, alone, at the ends of its range, in the order of the list.

    Ends that come to the same draw appear once. A compound operation has no ends: three examples
    stand for it. Mixing operations are drawn with the largest share of the other image.
    """
    return tuple(_all(augmentation))


def _all(augmentation: Augmentation) -> Iterator[Extreme]:
    for index, operation in enumerate(augmentation.operations):
        if not operation.enabled or operation.idle:
            continue
        seen: list[dict[str, float]] = []
        for end, numbers in _ends(operation):
            values = operation.draw(LoadedDice(numbers))
            if isinstance(operation, BatchOperation):
                values |= {"share": MOST_MIXED}
            if values in seen:
                continue
            seen.append(values)
            draw = OperationDraw(index, operation, values)
            yield Extreme(index, operation, end if values else "", Drawn((draw,)))


def _ends(operation: Operation) -> tuple[tuple[str, tuple[float, ...]], ...]:
    if isinstance(operation, BatchOperation):
        return (("most mixed", (0.5,)),)
    if isinstance(operation, CompoundOperation):
        return _EXAMPLES
    return _OUTCOMES.get(type(operation), _ENDS)
