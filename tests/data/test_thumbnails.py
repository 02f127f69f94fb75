"""Thumbnails: small, upright, kept between sessions, never stale."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data.decode import UnreadableImage
from cnnstudio.data.thumbnails import clean_thumbnails, thumbnail, thumbnails_folder

Noise = Callable[..., NDArray[np.uint8]]


@pytest.fixture
def photo(tmp_path: Path, noise: Noise) -> Path:
    path = tmp_path / "photo.jpg"
    Image.fromarray(noise(300, 600)).save(path, quality=95)
    return path


def kept() -> list[Path]:
    return sorted(thumbnails_folder().rglob("*.jpg"))


def test_the_longer_side_is_as_asked_and_the_aspect_is_kept(photo: Path) -> None:
    made = thumbnail(photo, 96)
    assert made.shape == (48, 96, 3)
    assert made.dtype == np.uint8


def test_small_pictures_come_as_they_are(tmp_path: Path, noise: Noise) -> None:
    pixels, path = noise(32, 20), tmp_path / "a.png"
    Image.fromarray(pixels).save(path)
    assert np.array_equal(thumbnail(path, 96), pixels)
    assert kept() == []


def test_a_kept_thumbnail_is_read_instead_of_the_photo(photo: Path) -> None:
    first = thumbnail(photo, 96)
    [stored] = kept()
    Image.new("RGB", (96, 48), "#40A060").save(stored, quality=100)
    again = thumbnail(photo, 96)
    assert np.abs(again.astype(int) - (0x40, 0xA0, 0x60)).max() <= 3
    assert not np.array_equal(first, again)


def test_a_changed_photo_gets_a_new_thumbnail(photo: Path) -> None:
    thumbnail(photo, 96)
    os.utime(photo, ns=(1, 1))
    thumbnail(photo, 96)
    assert len(kept()) == 2


def test_a_broken_kept_thumbnail_is_made_again(photo: Path) -> None:
    thumbnail(photo, 96)
    kept()[0].write_bytes(b"torn")
    assert thumbnail(photo, 96).shape == (48, 96, 3)
    assert thumbnail(photo, 96).shape == (48, 96, 3)


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("CNNSTUDIO_CACHE", str(tmp_path / "file"))
    assert thumbnail(photo, 96).shape == (48, 96, 3)


def test_old_thumbnails_are_cleaned_away(photo: Path) -> None:
    thumbnail(photo, 96)
    thumbnail(photo, 64)
    os.utime(kept()[0], (1, 1))
    assert clean_thumbnails() > 0
    assert len(kept()) == 1


def test_a_thumbnail_that_is_still_looked_at_stays(photo: Path) -> None:
    thumbnail(photo, 96)
    os.utime(kept()[0], (1, 1))
    thumbnail(photo, 96)
    assert clean_thumbnails() == 0


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="no longer there"):
        thumbnail(tmp_path / "gone.png", 96)
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(UnreadableImage, match="is empty"):
        thumbnail(tmp_path / "a.png", 96)
