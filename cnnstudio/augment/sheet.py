"""A contact sheet: each image at the left, fresh draws of it at the right with their values."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from cnnstudio import resources
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.data.decode import Pixels
from cnnstudio.data.index import Sample
from cnnstudio.spec.errors import UserError

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

GAP, SMALL, LINE = 12, 4, 16
MOST_LINES = 4
WINDOW, TEXT, MUTED = "#F4F5F7", "#1A1D23", "#59616E"
SHORTEST, LONGEST = 128, 256  # sides of a tile, in pixels of the sheet


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture of a sheet, uint8[height, width, 1 or 3], with the line below it."""

    pixels: Pixels
    label: str


def rows(maker: SampleMaker, samples: Sequence[Sample], count: int) -> list[list[Tile]]:
    """For each sample, the original and its draws in epochs 0 to `count` - 1.

    These are the very images that training receives in those epochs.

    Raises:
        UnreadableImage: a file cannot be used.
    """
    table: list[list[Tile]] = []
    for sample in samples:
        image = maker.load(sample)
        row = [Tile(image, "/".join(sample.key.split("/")[-2:]))]
        for epoch in range(count):
            drawn = maker.draw(sample.key, epoch)
            row.append(Tile(maker.sample(image, sample.key, epoch, drawn), drawn.label))
        table.append(row)
    return table


def sheet(table: Sequence[Sequence[Tile]], title: str = "") -> Image.Image:
    """Draw rows of tiles as one RGB image, the first column set apart as the originals."""
    font, bold = _font("Inter-Regular.otf", 11), _font("Inter-SemiBold.otf", 13)
    height, width = table[0][0].pixels.shape[:2]
    scale = _scale(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    lines = [[_wrapped(tile.label, font, size[0]) for tile in row] for row in table]
    text_height = LINE * max(len(wrapped) for row in lines for wrapped in row)
    step = size[0] + GAP, size[1] + SMALL + text_height + GAP
    top = GAP + (LINE + GAP if title else 0)
    columns = max(len(row) for row in table)
    canvas = Image.new("RGB", (2 * GAP + columns * step[0], top + len(table) * step[1]), WINDOW)
    pen = ImageDraw.Draw(canvas)
    if title:
        pen.text((GAP, GAP), title, TEXT, bold)
    for y, row in enumerate(table):
        for x, tile in enumerate(row):
            # Twice the gap after the first column, which holds the originals.
            left = GAP + x * step[0] + (GAP if x else 0)
            corner = left, top + y * step[1]
            canvas.paste(_picture(tile.pixels, size), corner)
            for n, line in enumerate(lines[y][x]):
                below = corner[1] + size[1] + SMALL + n * LINE
                pen.text((left, below), line, MUTED if x else TEXT, font)
    return canvas


def save(table: Sequence[Sequence[Tile]], path: Path, title: str = "") -> None:
    """Write the sheet as a PNG file.

    Raises:
        UserError: the file cannot be written.
    """
    try:
        sheet(table, title).save(path, "PNG")
    except OSError as error:
        raise UserError(
            f"The sheet cannot be written to “{path.name}”: choose another folder, or free space.",
            place=str(path),
            details=str(error),
        ) from error


def _scale(height: int, width: int) -> float:
    longest = max(height, width)
    if longest > LONGEST:
        return LONGEST / longest
    # Whole steps keep the pixels of small images visible as they are.
    return float(max(1, -(-SHORTEST // longest)))


def _picture(pixels: Pixels, size: tuple[int, int]) -> Image.Image:
    flat = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels
    image = Image.fromarray(flat).convert("RGB")
    larger = size[0] > image.width
    filter_ = Image.Resampling.NEAREST if larger else Image.Resampling.BILINEAR
    return image if image.size == size else image.resize(size, filter_)


def _font(name: str, size: int) -> Font:
    try:
        return ImageFont.truetype(resources.path(f"fonts/{name}"), size)
    except OSError:
        return ImageFont.load_default(size)


def _wrapped(text: str, font: Font, width: int) -> list[str]:
    """The words of a label in lines that fit below a tile; draws are two blanks apart."""
    lines: list[str] = []
    for word in text.split("  "):
        longer = f"{lines[-1]}  {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        elif len(lines) < MOST_LINES:
            lines.append(_fitted(word, font, width))
    return lines


def _fitted(text: str, font: Font, width: int) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1].rstrip()
    return text + "…"
