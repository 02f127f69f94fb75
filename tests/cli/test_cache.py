"""`cnnstudio cache`: what is kept on disk, told and removed."""

from pathlib import Path
from typing import Any

from cnnstudio.data.cache import PixelCache
from cnnstudio.data.cachefolder import cache_root
from cnnstudio.data.index import index
from cnnstudio.spec import files


def test_what_is_kept_is_told_and_removed(type_in: Any, experiment: Path) -> None:
    dataset = files.load(experiment).dataset
    pixels = PixelCache.open(dataset, index(dataset)).bytes
    assert type_in("data", experiment, "--json").result["cache"]["on_disk"] is True
    told = type_in("cache", "--json").result
    assert told["folder"] == str(cache_root())
    assert told["bytes"] == sum(told["kinds"].values())
    assert told["kinds"]["pixels"] >= pixels
    cleared = type_in("cache", "--clear", "--json").result
    assert cleared["freed"] == told["bytes"]
    assert (cleared["bytes"], set(cleared["kinds"].values())) == (0, {0})
    assert type_in("data", experiment, "--json").result["cache"]["on_disk"] is False


def test_people_read_the_size_of_each_kind_and_where_it_lies(
    type_in: Any, experiment: Path
) -> None:
    dataset = files.load(experiment).dataset
    PixelCache.open(dataset, index(dataset))
    (cache_root() / "pixels" / ("0" * 32)).write_bytes(b"x" * 3_000_000)
    answer = type_in("cache")
    assert answer.code == 0
    assert "decoded images" in answer.out
    assert "thumbnails" not in answer.out  # there are none
    assert str(cache_root()) in answer.out
    said = type_in("cache", "--clear").out
    assert said.startswith("Freed 3")
    assert "all" in type_in("cache").out
