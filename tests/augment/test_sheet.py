"""The contact sheet shows originals and draws as they train."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.augment import sheet
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.data.index import Sample
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation

MakeExperiment = Callable[..., Experiment]


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    made = []
    for n in range(2):
        path = tmp_path / "images" / "cat" / f"{n}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(n).integers(0, 256, (128, 128, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
        made.append(Sample(f"cat/{n}.png", str(path), 0, "train"))
    return made


def test_rows_hold_the_original_and_what_trains(
    experiment: MakeExperiment, samples: list[Sample]
) -> None:
    maker = SampleMaker(experiment(RandomRotation(), RandomFlip(probability=1)))
    table = sheet.rows(maker, samples, 3)
    assert [len(row) for row in table] == [4, 4]
    original, *draws = table[1]
    assert np.array_equal(original.pixels, maker.load(samples[1]))
    assert original.label == "cat/1.png"
    for epoch, tile in enumerate(draws):
        assert np.array_equal(tile.pixels, maker.sample(original.pixels, "cat/1.png", epoch))
        assert tile.label == maker.draw("cat/1.png", epoch).label


def test_the_file_holds_every_tile_pixel_for_pixel(
    experiment: MakeExperiment, samples: list[Sample], tmp_path: Path
) -> None:
    table = sheet.rows(SampleMaker(experiment(RandomRotation())), samples, 2)
    out = tmp_path / "sheet.png"
    sheet.save(table, out, "As in training")
    with Image.open(out) as opened:
        assert opened.format == "PNG"
        made = np.asarray(opened.convert("RGB"))
    windows = np.lib.stride_tricks.sliding_window_view(made[:, :, 0], (128,), axis=1)
    for row in table:
        for tile in row:
            top_line = tile.pixels[0, :, 0]
            y, x = np.argwhere((windows == top_line).all(axis=2))[0]
            assert np.array_equal(made[y : y + 128, x : x + 128], tile.pixels)


def test_small_gray_images_are_enlarged_in_whole_steps() -> None:
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8, 1)
    made = np.asarray(sheet.sheet([[sheet.Tile(pixels, "x" * 200)]]))
    enlarged = np.repeat(np.repeat(pixels[:, :, 0], 16, axis=0), 16, axis=1)
    corner = made[sheet.GAP : sheet.GAP + 128, sheet.GAP : sheet.GAP + 128, 1]
    assert np.array_equal(corner, enlarged)


def test_a_place_that_cannot_be_written_is_a_plain_error(tmp_path: Path) -> None:
    tile = sheet.Tile(np.zeros((8, 8, 1), np.uint8), "")
    with pytest.raises(UserError, match="cannot be written") as caught:
        sheet.save([[tile]], tmp_path / "missing" / "sheet.png")
    assert caught.value.place.endswith("sheet.png")
