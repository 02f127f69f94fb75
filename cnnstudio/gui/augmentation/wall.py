"""Where pictures stand on the preview's wall: the original, and the draws around it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF

GAP, MOST_GAP, LINES = 12, 28.0, 34
LEAST, MOST = 84, 230
LIKED = 12
"""About as many draws as one takes in at a glance."""
ENOUGH = 5
"""Draws that must fit before exact pixels are shown in a larger size."""


@dataclass(frozen=True, slots=True)
class Wall:
    """Columns, rows and the size of a tile; the original takes `span` by `span` cells.

    `exact` says that a tile shows each pixel of the network's image as a whole number of the
    screen's.
    """

    columns: int
    rows: int
    tile: QSizeF
    span: int = 2
    exact: bool = False

    @property
    def draws(self) -> int:
        """Cells left beside the original."""
        return max(1, self.columns * self.rows - self.span * self.span)

    def cells(self) -> list[tuple[int, int]]:
        """(row, column) of each draw."""
        return [
            (row, column)
            for row in range(self.rows)
            for column in range(self.columns)
            if row >= self.span or column >= self.span
        ]

    def place(self, row: int, column: int, width: float, span: int = 1) -> QRectF:
        """A cell's picture on a wall so many pixels wide; its words stand below."""
        size = self.tile
        # Between columns lies what is left of the width, unless that tears the wall apart.
        rest = width - self.columns * size.width()
        gap = max(0.0, min(MOST_GAP, rest / max(1, self.columns - 1)))
        if self.exact:
            gap = float(int(gap))
        whole = self.columns * size.width() + (self.columns - 1) * gap
        left = max(0.0, (width - whole) / 2)
        x = (int(left) if self.exact else left) + column * (size.width() + gap)
        y = row * (size.height() + LINES + GAP)
        across = span * size.width() + (span - 1) * gap
        down = span * size.height() + (span - 1) * (LINES + GAP)
        return QRectF(x, y, across, min(down, across * size.height() / size.width()))


def arrange(width: float, height: float, aspect: float, liked: int = LIKED) -> Wall:
    """The wall that fills the room best with tiles of that aspect (width divided by height).

    Tiles have at least `LEAST` pixels of width, unless an image that high leaves room for less.
    """
    least = min(float(LEAST), max(1.0, ((height - GAP) / 2 - LINES) * aspect))
    best, best_score = Wall(3, 2, QSizeF(LEAST, LEAST / aspect)), -1.0
    for columns in range(3, 9):
        for rows in range(2, 8):
            tile_width = min(
                (width - (columns - 1) * GAP) / columns,
                ((height - (rows - 1) * GAP) / rows - LINES) * aspect,
                float(MOST),
            )
            if tile_width < least:
                continue
            covered = columns * rows * tile_width * tile_width / aspect / (width * height)
            draws = columns * rows - 4
            # Draws that are missing weigh more where their number is known.
            missing = 0.05 * max(0, liked - draws) if liked != LIKED else 0.0
            score = covered - 0.015 * abs(draws - liked) - missing
            if score > best_score:
                best = Wall(columns, rows, QSizeF(tile_width, tile_width / aspect))
                best_score = score
    return best


def arrange_exactly(
    width: float, height: float, image: tuple[int, int], ratio: float = 1.0, enough: int = ENOUGH
) -> Wall | None:
    """A wall whose tiles enlarge `image` (height, width) by a whole number.

    The largest that leaves room for `enough` draws is taken. `ratio` are the screen's pixels for
    each of the window's. None where the image is larger than the room.
    """
    best = None
    for factor in range(1, 33):
        tile = QSizeF(factor * image[1] / ratio, factor * image[0] / ratio)
        columns = int((width + GAP) // (tile.width() + GAP))
        rows = int((height + GAP) // (tile.height() + LINES + GAP))
        if columns * rows < 2 or (tile.width() > MOST and best is not None):
            break
        if best is None or columns * rows - 1 >= enough:
            best = Wall(columns, rows, tile, span=1, exact=True)
    return best
