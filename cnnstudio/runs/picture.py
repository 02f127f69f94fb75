"""A run's curves as a picture: accuracy above loss, training solid, validation dashed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from cnnstudio import resources
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.writing import plainly

WIDTH, HEIGHT = 1200, 800
# Drawn twice as large and averaged, because ImageDraw does not smooth lines.
_SCALE = 2

WINDOW, SURFACE, TEXT, MUTED, BORDER = "#F4F5F7", "#FFFFFF", "#1A1D23", "#59616E", "#D9DDE3"
TRAINING, VALIDATION, REFERENCE = "#0B5FB0", "#C24A00", "#6B7380"

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One curve over the epochs: its name at the end, its values, how it is drawn."""

    name: str
    values: tuple[float, ...]
    color: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """Where a plot lies, in pixels of the finished picture, and what it spans."""

    left: float
    top: float
    right: float
    bottom: float
    epochs: tuple[int, ...]
    low: float
    high: float

    def point(self, epoch: float, value: float) -> Point:
        """The place of a value."""
        first, last = self.epochs[0], max(self.epochs[-1], self.epochs[0] + 1)
        x = self.left + (epoch - first) / (last - first) * (self.right - self.left)
        share = (value - self.low) / (self.high - self.low)
        return x, self.bottom - min(max(share, 0.0), 1.0) * (self.bottom - self.top)


def save(history: RunHistory, path: Path, title: str = "") -> None:
    """Write the picture as PNG; raises `UserError` when it cannot be written.

    A run without a finished epoch has nothing to draw: raises `ValueError`.
    """
    picture = draw(history, title)
    with plainly(path):
        picture.save(path, "PNG")


def draw(history: RunHistory, title: str = "") -> Image.Image:
    """The picture of 1200×800 pixels; raises `ValueError` before the first epoch's end."""
    epochs = tuple(int(epoch) for epoch in history.epochs)
    if not epochs:
        raise ValueError("no epoch has ended")
    canvas = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), WINDOW)
    pen = _Pen(canvas)
    pen.text((40, 24), title or "Training", 20, TEXT, bold=True)
    pen.text((40, 54), _summary(history), 13, MUTED)
    accuracy = _lines(history, "accuracy")
    loss = _lines(history, "loss")
    _plot(pen, "Accuracy", accuracy, Box(96, 112, 1040, 430, epochs, 0.0, 1.0), history.chance)
    tops = [v for line in loss for v in line.values if math.isfinite(v)]
    high = _round_up(max(tops, default=1.0))
    _plot(pen, "Loss", loss, Box(96, 496, 1040, 730, epochs, 0.0, high), None)
    pen.text((568, 762), "epoch", 13, MUTED, anchor="mm")
    return canvas.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _lines(history: RunHistory, what: str) -> list[Line]:
    found = [
        Line("training", tuple(history.curve(f"training_{what}")[1].tolist()), TRAINING),
        Line(
            "validation", tuple(history.curve(f"validation_{what}")[1].tolist()), VALIDATION, True
        ),
    ]
    return [line for line in found if any(math.isfinite(value) for value in line.values)]


def _summary(history: RunHistory) -> str:
    parts = [f"{len(history.epochs)} epochs"]
    if history.started is not None:
        parts.append(f"{history.started.training_images:,} training images")
        parts.append(history.started.device)
    if history.best_epoch is not None:
        parts.append(f"best epoch {history.best_epoch}")
    return "  ·  ".join(parts)


def _plot(pen: "_Pen", title: str, lines: Sequence[Line], box: Box, chance: float | None) -> None:
    pen.text((box.left, box.top - 20), title, 15, TEXT, bold=True, anchor="lm")
    pen.box(box)
    percent = box.high == 1.0 and title == "Accuracy"
    for value in _ticks(box.low, box.high):
        x, y = box.point(box.epochs[0], value)
        pen.line([(box.left, y), (box.right, y)], BORDER, 1)
        text = f"{100 * value:.0f} %" if percent else f"{value:g}"
        pen.text((x - 10, y), text, 13, MUTED, anchor="rm")
    for epoch in _epoch_ticks(box.epochs):
        x, _ = box.point(epoch, box.low)
        pen.text((x, box.bottom + 14), str(epoch), 13, MUTED, anchor="mm")
    ends: list[tuple[float, str, str]] = []
    if chance is not None:
        _, y = box.point(box.epochs[0], chance)
        pen.dashes([(box.left, y), (box.right, y)], REFERENCE, 1.5, on=2, off=4)
        ends.append((y, f"chance {100 * chance:.0f} %", REFERENCE))
    for line in lines:
        for run in _runs(box, line.values):
            if len(run) == 1:
                pen.dot(run[0], line.color)
            elif line.dashed:
                pen.dashes(run, line.color, 2, on=8, off=5)
            else:
                pen.line(run, line.color, 2)
        last = [value for value in line.values if math.isfinite(value)][-1]
        text = f"{100 * last:.1f} %" if percent else f"{last:.3g}"
        ends.append((box.point(box.epochs[-1], last)[1], f"{line.name} {text}", line.color))
    for y, text, color in _apart(ends, box):
        pen.text((box.right + 10, y), text, 13, color, bold=True, anchor="lm")


def _runs(box: Box, values: Sequence[float]) -> list[list[Point]]:
    """The pieces of a curve between values that are missing or no numbers."""
    runs: list[list[Point]] = [[]]
    for epoch, value in zip(box.epochs, values, strict=True):
        if math.isfinite(value):
            runs[-1].append(box.point(epoch, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _apart(ends: list[tuple[float, str, str]], box: Box) -> list[tuple[float, str, str]]:
    """Labels moved so that none covers another, in the order of their lines."""
    placed: list[tuple[float, str, str]] = []
    for y, text, color in sorted(ends):
        placed.append((max(y, placed[-1][0] + 18 if placed else box.top), text, color))
    over = placed[-1][0] - box.bottom if placed else 0.0
    for index in range(len(placed) - 1, -1, -1):
        y, text, color = placed[index]
        below = placed[index + 1][0] - 18 if index + 1 < len(placed) else box.bottom
        placed[index] = (min(y, below) if over > 0 else y, text, color)
    return placed


def _ticks(low: float, high: float) -> list[float]:
    step = 10.0 ** math.floor(math.log10((high - low) / 2))
    for factor in (1, 2, 2.5, 5, 10):
        if (high - low) / (step * factor) <= 5:
            step *= factor
            break
    return [round(low + step * i, 10) for i in range(int((high - low) / step + 1e-6) + 1)]


def _epoch_ticks(epochs: Sequence[int]) -> list[int]:
    step = 1
    while len(epochs) / step > 12:
        step = {1: 2, 2: 5}.get(step, step * 2)
    return [epoch for epoch in epochs if epoch % step == 0 or epoch == epochs[0]]


def _round_up(value: float) -> float:
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * f for f in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if unit * f >= value)


class _Pen:
    """Draws in pixels of the finished picture on a canvas that is larger."""

    def __init__(self, canvas: Image.Image) -> None:
        self._pen = ImageDraw.Draw(canvas)
        self._fonts: dict[tuple[int, bool], Font] = {}

    def text(
        self,
        place: Point,
        text: str,
        size: int,
        color: str,
        bold: bool = False,
        anchor: str = "la",
    ) -> None:
        key = (size, bold)
        if key not in self._fonts:
            name = "Inter-SemiBold.otf" if bold else "Inter-Regular.otf"
            self._fonts[key] = ImageFont.truetype(resources.path(f"fonts/{name}"), size * _SCALE)
        x, y = place
        self._pen.text((x * _SCALE, y * _SCALE), text, color, self._fonts[key], anchor=anchor)

    def box(self, box: Box) -> None:
        corners = [box.left, box.top, box.right, box.bottom]
        self._pen.rectangle([c * _SCALE for c in corners], fill=SURFACE)

    def dot(self, place: Point, color: str) -> None:
        x, y = (c * _SCALE for c in place)
        self._pen.ellipse([x - 6, y - 6, x + 6, y + 6], fill=color)

    def line(self, points: Sequence[Point], color: str, width: float) -> None:
        flat = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._pen.line(flat, fill=color, width=round(width * _SCALE), joint="curve")

    def dashes(
        self, points: Sequence[Point], color: str, width: float, on: float, off: float
    ) -> None:
        """A dashed line; the rhythm goes on around corners."""
        done = 0.0
        for (x0, y0), (x1, y1) in pairwise(points):
            length = math.hypot(x1 - x0, y1 - y0)
            at = 0.0
            while at < length:
                place = done % (on + off)
                piece = min(length - at, (on if place < on else on + off) - place)
                if place < on:
                    a, b = at / length, (at + piece) / length
                    self.line(
                        [
                            (x0 + (x1 - x0) * a, y0 + (y1 - y0) * a),
                            (x0 + (x1 - x0) * b, y0 + (y1 - y0) * b),
                        ],
                        color,
                        width,
                    )
                at += max(piece, 1e-6)
                done += max(piece, 1e-6)
