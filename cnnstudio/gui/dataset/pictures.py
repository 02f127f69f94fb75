"""Arrays of pixels as Qt pictures, each owning its memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPixmap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENLARGED_AS_PIXELS = 2.0
"""From this enlargement on, pixels are shown as squares: blur would hide what the network gets."""


def as_image(pixels: NDArray[np.uint8]) -> QImage:
    """uint8[height, width, 1 or 3] as a QImage that owns a copy of the pixels."""
    import numpy as np

    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
    whole = np.ascontiguousarray(pixels)
    return QImage(whole.data, width, height, width * channels, kind).copy()


def square(image: QImage, side: int) -> QImage:
    """The middle of the image as a square of at most `side` pixels; nothing is enlarged."""
    length = min(image.width(), image.height())
    left, top = (image.width() - length) // 2, (image.height() - length) // 2
    middle = image.copy(left, top, length, length)
    if length <= side:
        return middle
    smooth = Qt.TransformationMode.SmoothTransformation
    return middle.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)


def rounded(image: QImage, side: int, radius: float) -> QImage:
    """A square picture of `side` pixels with rounded corners, ready to be copied to the screen."""
    made = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    paint_rounded(painter, image, QRectF(0, 0, side, side), radius)
    painter.end()
    return made


def fitted(size: QSizeF, place: QRectF) -> QRectF:
    """The largest rectangle of that shape in the middle of `place`."""
    if size.isEmpty():
        return place
    inner = size.scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
    found = QRectF(0, 0, inner.width(), inner.height())
    found.moveCenter(place.center())
    return found


def paint_rounded(
    painter: QPainter, picture: QPixmap | QImage, place: QRectF, radius: float
) -> None:
    """Draw a picture with rounded corners; strong enlargement keeps its pixels visible."""
    path = QPainterPath()
    path.addRoundedRect(place, radius, radius)
    ratio = painter.device().devicePixelRatioF()
    enlarged = place.width() * ratio / max(1, picture.width())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    hint = QPainter.RenderHint.SmoothPixmapTransform
    painter.setRenderHint(hint, enlarged < ENLARGED_AS_PIXELS)
    painter.setClipPath(path)
    if isinstance(picture, QImage):
        painter.drawImage(place, picture, QRectF(picture.rect()))
    else:
        painter.drawPixmap(place, picture, QRectF(picture.rect()))
    painter.restore()


def paint_skeleton(painter: QPainter, place: QRectF, color: QColor, radius: float) -> None:
    """A plain tile where a picture is on its way."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(place, radius, radius)
    painter.restore()
