"""The two colour sets of the program, and the palette and style sheet made from them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from string import Template

from PySide6.QtGui import QColor, QPalette

from cnnstudio import resources


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by name, each as `#RRGGBB`. Text on any surface has a contrast of at least 4.9:1."""

    name: str
    dark: bool
    window: str
    surface: str
    raised: str
    text: str
    muted: str
    border: str
    control: str
    accent: str
    on_accent: str
    ok: str
    warn: str
    error: str
    selection: str
    training: str
    clean: str
    validation: str
    rate: str
    reference: str
    runs: tuple[str, ...]

    def color(self, name: str) -> QColor:
        """The colour of that name (`"accent"`) as a QColor."""
        return QColor(getattr(self, name))

    def mixed(self, first: str, second: str, share: float) -> str:
        """`#RRGGBB` between two named colours; `share` 0..1 is how much of the second."""
        a, b = self.color(first), self.color(second)
        parts = (
            round(x + (y - x) * share)
            for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True)  # type: ignore[index]
        )
        return "#{:02X}{:02X}{:02X}".format(*parts)

    def tone(self, tone: str) -> str:
        """The colour of a verdict's tone: neutral, good, warn or error."""
        return {"good": self.ok, "warn": self.warn, "error": self.error}.get(tone, self.muted)


LIGHT = Theme(
    name="light",
    dark=False,
    window="#F4F5F7",
    surface="#FFFFFF",
    raised="#FAFBFC",
    text="#1A1D23",
    muted="#59616E",
    border="#D9DDE3",
    control="#868E9B",
    accent="#2457D6",
    on_accent="#FFFFFF",
    ok="#1B7A43",
    warn="#8F5600",
    error="#C0271D",
    selection="#DCE6FF",
    training="#0B5FB0",
    clean="#1A1D23",
    validation="#C24A00",
    rate="#7A3E9D",
    reference="#6B7380",
    runs=("#0B5FB0", "#C24A00", "#772255", "#9933FF", "#CC7766", "#770000"),
)

DARK = Theme(
    name="dark",
    dark=True,
    window="#16181D",
    surface="#1E2127",
    raised="#262A32",
    text="#E8EAEE",
    muted="#A3ABB8",
    border="#343A44",
    control="#737C8A",
    accent="#7FA5FF",
    on_accent="#0E1116",
    ok="#5CC98A",
    warn="#F0B04A",
    error="#FF8A80",
    selection="#2A3B66",
    training="#5AA9F5",
    clean="#E8EAEE",
    validation="#FF9A4D",
    rate="#C79BE8",
    reference="#8E96A3",
    runs=("#5AA9F5", "#FF9A4D", "#DD1166", "#AA33FF", "#00FFBB", "#FFDD00"),
)


def palette(theme: Theme) -> QPalette:
    """The Qt palette, for every widget the style sheet does not name."""
    made = QPalette()
    role = QPalette.ColorRole
    for target, name in (
        (role.Window, "window"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "raised"),
        (role.Text, "text"),
        (role.Button, "raised"),
        (role.ButtonText, "text"),
        (role.BrightText, "error"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"),
        (role.PlaceholderText, "muted"),
        (role.Highlight, "selection"),
        (role.HighlightedText, "text"),
        (role.Accent, "accent"),
        (role.Link, "accent"),
        (role.LinkVisited, "accent"),
        (role.Light, "raised"),
        (role.Midlight, "border"),
        (role.Mid, "border"),
        (role.Dark, "control"),
        (role.Shadow, "control"),
    ):
        made.setColor(target, theme.color(name))
    for target in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, theme.color("control"))
    return made


def stylesheet(theme: Theme) -> str:
    """`resources/styles/studio.qss` with this theme's colours and drawings filled in."""
    words = {
        field.name: getattr(theme, field.name)
        for field in fields(theme)
        if isinstance(getattr(theme, field.name), str)
    }
    words["hover"] = theme.mixed("surface", "text", 0.06)
    words["pressed"] = theme.mixed("surface", "text", 0.11)
    words["faint"] = theme.mixed("surface", "text", 0.04)
    words["accent_hover"] = theme.mixed("accent", "text" if theme.dark else "on_accent", 0.12)
    words["accent_pressed"] = theme.mixed("accent", "window" if theme.dark else "text", 0.18)
    words["track"] = theme.mixed("surface", "control", 0.35)
    words["disabled"] = theme.mixed("surface", "muted", 0.62)
    for tone in ("ok", "warn", "error"):
        words[f"{tone}_ground"] = theme.mixed("surface", tone, 0.10)
    words["drawings"] = resources.path(f"styles/{theme.name}").as_posix()
    return Template(resources.path("styles/studio.qss").read_text("utf-8")).substitute(words)
