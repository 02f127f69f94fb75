"""The split: exact shares in every class, seeded, and steady while images come and go."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.data.names import key_hash, natural_key
from cnnstudio.data.split import counts, split_class

shares = st.floats(0, 0.45)


def keys(count: int) -> list[str]:
    return [f"cat/{n}.jpg" for n in range(count)]


@given(images=st.integers(0, 400), validation=shares, test=shares, seed=st.integers(0, 2**31 - 1))
def test_every_part_has_its_share_and_training_is_never_empty(
    images: int, validation: float, test: float, seed: int
) -> None:
    parts = split_class(keys(images), validation, test, seed)
    counted = Counter(parts.values())
    assert sorted(parts) == sorted(keys(images))
    assert (counted["test"], counted["validation"]) == counts(images, validation, test)
    if images:
        assert counted["train"] >= 1
    if validation and images >= 2:
        assert counted["validation"] >= 1
    if test and validation and images >= 3:
        assert counted["test"] >= 1
    if images >= 12:
        assert abs(counted["validation"] - images * validation) <= max(0.5, 1 - images * validation)
        assert abs(counted["test"] - images * test) <= max(0.5, 1 - images * test)
    if not test:
        assert not counted["test"]


@given(images=st.integers(4, 200), seed=st.integers(0, 99), name=st.text(min_size=1))
def test_a_new_image_moves_at_most_one_old_image_at_each_border(
    images: int, seed: int, name: str
) -> None:
    before = split_class(keys(images), 0.2, 0.15, seed)
    after = split_class([*keys(images), f"cat/new {name}"], 0.2, 0.15, seed)
    moved = [(before[key], after[key]) for key in before if before[key] != after[key]]
    assert len(moved) <= 2
    assert all("train" in pair for pair in moved)


def test_the_order_of_the_files_does_not_matter_and_the_seed_does() -> None:
    listed = keys(60)
    assert split_class(listed, 0.2, 0.2, 1) == split_class(listed[::-1], 0.2, 0.2, 1)
    assert split_class(listed, 0.2, 0.2, 1) != split_class(listed, 0.2, 0.2, 2)


def test_hashes_are_the_same_on_every_machine_and_take_any_file_name() -> None:
    assert key_hash("cat/ü 1.jpg", 7) == 2364995310209708799
    assert key_hash("cat/\udcff.jpg") != key_hash("cat/\udcfe.jpg")


def test_names_sort_as_people_count() -> None:
    names = ["img10", "Img2", "img1", "img02", "b", "A", "７", "3²"]
    assert sorted(names, key=natural_key) == [
        "3²",
        "A",
        "b",
        "img1",
        "Img2",
        "img02",
        "img10",
        "７",
    ]
