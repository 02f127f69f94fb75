"""The values that files hold: their spread, type, pages and channels, before any window."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from cnnstudio.data.picture import Picture
from cnnstudio.data.stored import stored


def test_values_pages_and_channels_are_told(tmp_path: Path) -> None:
    stack = np.zeros((4, 6, 8), np.uint16)
    stack[0, :, 4:] = 1000
    tifffile.imwrite(tmp_path / "stack.tif", stack, photometric="minisblack")
    found = stored([Picture(tmp_path / "stack.tif")], "grayscale")
    assert found is not None
    assert (found.low, found.high, found.pages, found.channels) == (0, 1000, 4, 1)
    assert found.kind == "16 bits"
    assert found.counts.sum() == 48
    assert found.outside((0, 1000)) == 0
    assert found.outside((500, 1000)) == pytest.approx(0.5)
    five = np.ones((6, 8, 5), np.float32)
    tifffile.imwrite(tmp_path / "five.tif", five, photometric="minisblack", planarconfig="contig")
    found = stored([Picture(tmp_path / "five.tif")], "rgb")
    assert found is not None
    assert (found.pages, found.channels, found.kind) == (1, 5, "32 bits float")


def test_without_a_readable_image_there_is_nothing_to_tell(tmp_path: Path) -> None:
    (tmp_path / "no.tif").write_bytes(b"II*\0")
    assert stored([Picture(tmp_path / "no.tif")], "rgb") is None
    assert stored([], "rgb") is None
