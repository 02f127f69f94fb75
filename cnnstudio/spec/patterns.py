"""Regular expressions that a person writes to pick one part out of a file name."""

from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from cnnstudio.spec.errors import UserError

LONGEST = 0.5
"""Seconds that one name may take; an ordinary pattern takes some millionths."""


def _has_one_group(pattern: str) -> str:
    try:
        NameFinder(pattern)
    except UserError as error:
        raise ValueError(error.sentence[0].lower() + error.sentence[1:-1]) from error
    return pattern


class NameFinder:
    """Finds the part of a file name that a pattern's one group stands for.

    A pattern can ask for more ways to try than there is time (`^(.*?,){12}P`), and an experiment
    may come from anywhere: a search ends after `LONGEST`, and lets other threads run meanwhile,
    both of which Python's own `re` cannot.
    """

    def __init__(self, pattern: str) -> None:
        """Raises `UserError` when it is no regular expression with one group."""
        import regex  # here, because the window need not wait for it

        try:
            compiled = regex.compile(pattern)
        except (regex.error, RecursionError, OverflowError, MemoryError) as error:
            raise UserError(f"The pattern is not a regular expression: {error}.") from error
        if compiled.groups != 1:
            raise UserError(
                "The pattern needs exactly one group in parentheses, such as ^(.+?)_ for what "
                f"stands before the first underscore; it has {compiled.groups or 'none'}."
            )
        self._pattern = pattern
        self._compiled: Any = compiled

    def place(self, name: str) -> tuple[int, int] | None:
        """From where to where the part stands in a name; None where the pattern does not fit.

        Raises `UserError` when that takes too long.
        """
        try:
            found = self._compiled.search(name, timeout=LONGEST, concurrent=True)
        except TimeoutError as error:
            raise UserError(
                f"The pattern takes too long on the name “{name}”: make it simpler, with no "
                "repetition inside another one.",
                details=self._pattern,
            ) from error
        return None if found is None or found.start(1) < 0 else found.span(1)

    def part(self, name: str) -> str:
        """The part itself; empty where there is none. Raises `UserError` as `place` does."""
        found = self.place(name)
        return name[found[0] : found[1]] if found is not None else ""


@lru_cache(maxsize=16)
def finder(pattern: str) -> NameFinder:
    """The finder of a pattern, made once. Raises `UserError` as `NameFinder` does."""
    return NameFinder(pattern)


NamePart = Annotated[
    str, Field(min_length=1, max_length=200, title="Pattern"), AfterValidator(_has_one_group)
]
"""A regular expression with exactly one group: the part of the name that counts."""
