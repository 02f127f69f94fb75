"""Inter, the program's typeface, loaded from resources: PySide6 ships none (labels stay blank)."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from cnnstudio import resources

CAPTION, BODY, SECTION, PAGE, LIVE = 11, 13, 15, 20, 32
"""Sizes in pixels."""


def load() -> None:
    """Register every Inter file of `resources/fonts` with Qt. Needs a QGuiApplication."""
    for file in sorted(resources.path("fonts").glob("Inter*.otf")):
        QFontDatabase.addApplicationFont(str(file))


def font(size: int = BODY, *, strong: bool = False, tabular: bool = False) -> QFont:
    """Inter at `size` pixels, weight 400 or 600; `tabular` gives every figure the same width."""
    made = QFont("Inter")
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made
