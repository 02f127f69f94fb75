"""Numbers, names and lists as they stand in the sentences of a finding."""

from collections.abc import Sequence


def counted(count: int, noun: str = "image") -> str:
    """`1 image`, `2,000 images`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def verb(count: int, one: str, many: str) -> str:
    """The form of a verb that fits a count."""
    return one if count == 1 else many


def percent(share: float) -> str:
    """`63 %`, and `0.4 %` below one."""
    return f"{100 * share:.0f} %" if share >= 0.0095 or share == 0 else f"{100 * share:.1g} %"


def named(names: Sequence[str], most: int = 4) -> str:
    """`“a”, “b” and “c”`; beyond `most` the rest is counted."""
    quoted = [f"“{name}”" for name in names]
    if len(quoted) > most:
        return f"{', '.join(quoted[: most - 1])} and {len(quoted) - most + 1} more"
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"
