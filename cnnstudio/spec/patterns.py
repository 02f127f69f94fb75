"""Regular expressions that a person writes to pick one part out of a file name."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field


def _has_one_group(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"this is not a regular expression: {error}") from error
    if groups != 1:
        raise ValueError(
            "the pattern needs exactly one group in parentheses, such as ^(.+?)_ for what "
            f"stands before the first underscore; it has {groups or 'none'}"
        )
    return pattern


NamePart = Annotated[
    str, Field(min_length=1, max_length=200, title="Pattern"), AfterValidator(_has_one_group)
]
"""A regular expression with exactly one group: the part of the name that counts."""
