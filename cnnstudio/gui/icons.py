"""Lucide's SVG icons, coloured for a theme: one set of files serves light and dark."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from cnnstudio import resources
from cnnstudio.gui.theme import Theme


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return resources.path(f"icons/{name}.svg").read_text("utf-8")


def pixmap(name: str, color: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """The icon `name` (a file of resources/icons) drawn in `color` (`#RRGGBB`), `size` px wide.

    `ratio` is the screen's device pixel ratio: the pixmap has `size * ratio` pixels.
    """
    kept = QPixmap()
    key = f"{name} {color} {size} {ratio}"
    # Painting asks for the same few icons again and again; drawing one costs up to 5 ms.
    if QPixmapCache.find(key, kept):
        return kept
    pixels = max(1, round(size * ratio))
    drawn = QPixmap(QSize(pixels, pixels))
    drawn.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, drawn)
    return drawn


def icon(name: str, theme: Theme | str, size: int = 16) -> QIcon:
    """The icon in the theme's text colour, or in one given as `#RRGGBB`; sharp up to 2x screens.

    With a theme, the disabled state is drawn in the colour of control borders.
    """
    color = theme if isinstance(theme, str) else theme.text
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, color, size, ratio), QIcon.Mode.Normal)
        if not isinstance(theme, str):
            made.addPixmap(pixmap(name, theme.control, size, ratio), QIcon.Mode.Disabled)
    return made
