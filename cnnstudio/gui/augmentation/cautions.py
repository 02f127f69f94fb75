"""What is said of draws that hide an image or change what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cnnstudio.augment.damage import Damage
    from cnnstudio.augment.lookalikes import Doubt

Kind = Literal["fill", "seen", "clipped", "blank", "label"]


@dataclass(frozen=True, slots=True)
class Caution:
    """One warning about one draw: a few characters on its tile, and the sentence behind them."""

    kind: Kind
    words: str
    sentence: str
    share: float = 1.0


def cautions(found: Damage, doubt: Doubt | None = None) -> tuple[Caution, ...]:
    """The warnings that a draw deserves, the gravest first."""
    made = [_in_doubt(doubt)] if doubt is not None else []
    if found.near_blank:
        made.append(
            Caution(
                "blank",
                "nearly blank",
                f"Nearly blank: the contrast falls from {found.contrast_before:.0f} to "
                f"{found.contrast:.0f} grey levels.",
            )
        )
    if found.much_fill:
        made.append(
            Caution(
                "fill",
                f"fill {percent(found.fill)}",
                f"{percent(found.fill)} of the picture lies outside the image and is filled.",
                found.fill,
            )
        )
    elif found.little_seen:
        made.append(
            Caution(
                "seen",
                f"shows {percent(found.seen)}",
                f"Only {percent(found.seen)} of the image is in the picture.",
                found.seen,
            )
        )
    if found.much_clipped:
        made.append(
            Caution(
                "clipped",
                f"clipped {percent(found.clipped)}",
                f"{percent(found.clipped)} of the grey levels are cut off at black or white.",
                found.clipped,
            )
        )
    return tuple(made)


def _in_doubt(doubt: Doubt) -> Caution:
    turn, name = doubt.turn, doubt.name
    how = "mirrored" if turn.mirrored else f"turned by {turn.degrees:.0f}°"
    if doubt.twin is not None:
        sentence = f"{how.capitalize()}, “{name}” may look like “{doubt.twin}”; the label stays."
        return Caution("label", f"{name} → {doubt.twin}?", sentence)
    sentence = f"{how.capitalize()}, a “{name}” may be no “{name}” any more; the label stays."
    return Caution("label", f"still a {name}?", sentence)


def summary(draws: Sequence[Sequence[Caution]], noun: str) -> str:
    """One line over all draws that are shown, such as `3 of 8 draws: fill up to 61 %`."""
    warned = sum(bool(each) for each in draws)
    if not warned:
        return ""
    every = [caution for each in draws for caution in each]
    parts = []
    if labels := sum(c.kind == "label" for c in every):
        parts.append(
            "label in doubt" if labels == warned else f"{labels} label{'s' * (labels > 1)} in doubt"
        )
    if blank := sum(c.kind == "blank" for c in every):
        parts.append(f"{blank} nearly blank")
    if seen := [c.share for c in every if c.kind == "seen"]:
        parts.append(f"only {percent(min(seen))} of the image shown")
    for kind in ("fill", "clipped"):
        shares = [c.share for c in every if c.kind == kind]
        if shares:
            most = percent(max(shares))
            parts.append(f"{kind} {most}" if len(shares) == 1 else f"{kind} up to {most}")
    return f"{warned} of {len(draws)} {noun}: " + ", ".join(parts)


def explanation() -> str:
    """What the warnings mean and from where on they are given."""
    from cnnstudio.augment.damage import FLAT, LITTLE_SEEN, MUCH_CLIPPED, MUCH_FILL

    return (
        f"Fill: more than {percent(MUCH_FILL)} of the picture lies outside the image and shows "
        "what the fill mode makes up.\n"
        f"Shown: less than {percent(LITTLE_SEEN)} of the image is in the picture, so that what the "
        "label names may be outside.\n"
        f"Clipped: the colour operations make more than {percent(MUCH_CLIPPED)} of the grey levels "
        "black or white that were neither, so shading is gone there.\n"
        f"Nearly blank: a standard deviation below {FLAT:.0f} of 255 grey levels, and less than "
        "half of what the image had.\n"
        "Label in doubt: turned or mirrored like this, it may show another class."
    )


def percent(share: float) -> str:
    """`0.483` as `48 %`."""
    return f"{100 * share:.0f} %"
