"""Draws the images of the sample project “shapes”, the same ones from the same seed.

    python resources/samples/draw_shapes.py FOLDER [--seed 7] [--each 200]

Each image is 64×64: one large bright shape of any colour, place and size, a little turned, on a
darker ground with a gradient, over strokes and dots of other colours, with the noise of a cheap
camera. A network of four small convolutions needs some hundred steps to tell the shapes apart.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIDE = 64
CLASSES = ("circle", "square", "star", "triangle")
SEED = 7
EACH = 200
# Radians to either side. A square on its corner or a triangle on its head would need far more
# images, and so more minutes, than a first look at the program should.
MAX_TURN = np.pi / 7

# Drawn this many times larger and then averaged, because ImageDraw does not smooth edges.
_OVERSAMPLING = 4

Color = tuple[int, int, int]


def _color(rng: Generator, darkest: int, brightest: int) -> Color:
    red, green, blue = (int(value) for value in rng.integers(darkest, brightest + 1, 3))
    return red, green, blue


def _corners(shape: str) -> NDArray[np.float64]:
    """Corners on and in the unit circle, float64[n, 2]."""
    if shape == "star":
        angles = np.arange(10) * np.pi / 5
        radii = np.where(np.arange(10) % 2 == 0, 1.15, 0.45)
    else:
        count = {"circle": 48, "square": 4, "triangle": 3}[shape]
        # A square stands on its side.
        angles = (np.arange(count) + (0.5 if shape == "square" else 0)) * 2 * np.pi / count
        radii = np.full(count, 0.9 if shape == "circle" else 1.1)
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def _clutter(rng: Generator, pen: ImageDraw.ImageDraw, side: int) -> None:
    for _ in range(int(rng.integers(2, 6))):
        color = _color(rng, 60, 200)
        x, y = (float(value) for value in rng.uniform(0, side, 2))
        if rng.random() < 0.5:
            angle, length = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.15, 0.6)) * side
            end = (x + length * float(np.cos(angle)), y + length * float(np.sin(angle)))
            pen.line([(x, y), end], fill=color, width=int(rng.integers(1, 3)) * _OVERSAMPLING)
        else:
            radius = float(rng.uniform(0.02, 0.055)) * side
            pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=color)


def draw(shape: str, rng: Generator) -> NDArray[np.uint8]:
    """One picture of ``shape``, uint8[64, 64, 3]."""
    side = SIDE * _OVERSAMPLING
    first = np.asarray(_color(rng, 10, 120), np.float64)
    second = np.clip(first + rng.uniform(-50, 50, 3), 0, 255)
    angle = float(rng.uniform(0, 2 * np.pi))
    rows, columns = np.mgrid[0:side, 0:side] / (side - 1) - 0.5
    along = np.clip(rows * np.sin(angle) + columns * np.cos(angle) + 0.5, 0, 1)[..., None]
    picture = Image.fromarray((first * (1 - along) + second * along).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    _clutter(rng, pen, side)

    radius = float(rng.uniform(0.24, 0.38)) * side
    centre = rng.uniform(radius, side - radius, 2)
    turn = float(rng.uniform(-MAX_TURN, MAX_TURN)) - np.pi / 2
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    # Seen a little from the side, so that no two are quite the same figure.
    squeeze = np.diag(rng.uniform(0.85, 1.0, 2))
    corners = _corners(shape) @ rotation.T @ squeeze * radius + centre
    pen.polygon([(float(x), float(y)) for x, y in corners], fill=_color(rng, 130, 255))

    small = picture.resize((SIDE, SIDE), Image.Resampling.BOX)
    noisy = np.asarray(small, np.float64) + rng.normal(
        0, float(rng.uniform(4, 14)), (SIDE, SIDE, 3)
    )
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def write(folder: Path, seed: int = SEED, each: int = EACH) -> tuple[Path, ...]:
    """Fill ``folder`` with one folder per class of ``each`` JPEG files; returns the files."""
    written: list[Path] = []
    for label, shape in enumerate(CLASSES):
        (folder / shape).mkdir(parents=True, exist_ok=True)
        for number in range(each):
            # A seed of its own, so that more images leave the first ones as they are.
            image = draw(shape, np.random.default_rng([seed, label, number]))
            file = folder / shape / f"{shape}-{number + 1:03d}.jpg"
            Image.fromarray(image).save(file, quality=85)
            written.append(file)
    return tuple(written)


def main() -> None:
    """Draw from the command line."""
    parser = argparse.ArgumentParser(description="Draws the images of the sample “shapes”.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--each", type=int, default=EACH, help="images of each class")
    arguments = parser.parse_args()
    files = write(arguments.folder, arguments.seed, arguments.each)
    print(f"{len(files)} images in {arguments.folder}")


if __name__ == "__main__":
    main()
