"""Numbers and lists as they stand in a sentence."""

from collections.abc import Sequence


def number(value: float) -> str:
    """Three significant digits without an exponent where that is readable: `0.001`, `1.2e-06`."""
    if value != 0 and (abs(value) < 1e-4 or abs(value) >= 1e6):
        return f"{value:.2g}"
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percent(share: float) -> str:
    """`63 %`, and `0.4 %` below one."""
    return f"{100 * share:.0f} %" if share >= 0.0095 or share == 0 else f"{100 * share:.1g} %"


def listed(items: Sequence[str], most: int = 4) -> str:
    """`a, b and c`; beyond `most` the rest is counted."""
    if len(items) > most:
        return f"{', '.join(items[: most - 1])} and {len(items) - most + 1} more"
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def counted(count: int, noun: str) -> str:
    """`1 image`, `2,000 images`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
