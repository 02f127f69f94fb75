"""The split: exact shares in every class, seeded, and steady while images come and go."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.data.names import key_hash, key_hashes, natural_key
from cnnstudio.data.split import Item, counts, split_class, split_items
from cnnstudio.spec.facts import SPLITS, SplitName

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


@given(
    listed=st.lists(st.text(alphabet="ab/🐈\udcff", max_size=5), unique=True, max_size=30),
    seed=st.integers(-5, 2**64),
)
def test_the_first_hashes_are_tested_and_the_last_validate(listed: list[str], seed: int) -> None:
    order = sorted(listed, key=lambda key: (key_hash(key, seed), key))
    assert key_hashes(listed, seed).tolist() == [key_hash(key, seed) for key in listed]
    tested, validated = counts(len(order), 0.3, 0.2)
    parts = split_class(listed, 0.3, 0.2, seed)
    assert [parts[key] for key in order] == (
        ["test"] * tested
        + ["train"] * (len(order) - tested - validated)
        + ["validation"] * validated
    )


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


names = st.sampled_from(["cat", "dog", "eel"])
group_sizes = st.dictionaries(names, st.integers(1, 9), min_size=1, max_size=3)


def items_of(groups: list[dict[str, int]]) -> list[Item]:
    return [Item((f"rule\0{n}",), tuple(group.items())) for n, group in enumerate(groups)]


def per_class(items: list[Item], parts: tuple[SplitName, ...]) -> dict[SplitName, Counter[str]]:
    table: dict[SplitName, Counter[str]] = {part: Counter() for part in SPLITS}
    for item, part in zip(items, parts, strict=True):
        table[part].update(dict(item.images))
    return table


@given(
    sizes=st.dictionaries(names, st.integers(1, 60), min_size=1, max_size=3),
    validation=shares,
    test=shares,
    seed=st.integers(0, 99),
)
def test_images_without_groups_are_dealt_as_if_there_were_no_groups(
    sizes: dict[str, int], validation: float, test: float, seed: int
) -> None:
    by_class = {name: [f"{name}/{n}" for n in range(size)] for name, size in sizes.items()}
    expected = {
        key: part
        for listed in by_class.values()
        for key, part in split_class(listed, validation, test, seed).items()
    }
    items = [Item((key,), ((name, 1),)) for name, listed in by_class.items() for key in listed]
    parts = split_items(items, validation, test, seed)
    assert {item.marks[0]: part for item, part in zip(items, parts, strict=True)} == expected


@given(groups=st.lists(group_sizes, max_size=40), validation=shares, test=shares)
def test_groups_leave_every_class_something_to_train_on(
    groups: list[dict[str, int]], validation: float, test: float
) -> None:
    items = items_of(groups)
    table = per_class(items, split_items(items, validation, test, 0))
    assert all(table["train"][name] for group in groups for name in group)
    if not test:
        assert not table["test"].total()
    if not validation:
        assert not table["validation"].total()


@given(
    sizes=st.lists(st.integers(1, 9), min_size=8, max_size=60),
    validation=st.floats(0.05, 0.3),
    test=st.floats(0.05, 0.3),
    seed=st.integers(0, 99),
)
def test_counts_of_groups_stray_from_the_shares_by_less_than_one_group(
    sizes: list[int], validation: float, test: float, seed: int
) -> None:
    items = items_of([{"cat": size} for size in sizes])
    parts = split_items(items, validation, test, seed)
    table = per_class(items, parts)
    tested, validated = counts(sum(sizes), validation, test)
    assert abs(table["test"]["cat"] - tested) < max(sizes)
    assert abs(table["validation"]["cat"] - validated) < max(sizes)
    assert table["test"]["cat"]
    assert table["validation"]["cat"]


@given(groups=st.lists(group_sizes, min_size=1, max_size=25), order=st.randoms())
def test_groups_are_dealt_the_same_in_any_order(
    groups: list[dict[str, int]], order: random.Random
) -> None:
    items = items_of(groups)
    expected = dict(zip(items, split_items(items, 0.2, 0.2, 3), strict=True))
    order.shuffle(items)
    assert dict(zip(items, split_items(items, 0.2, 0.2, 3), strict=True)) == expected


def test_three_large_groups_are_one_for_each_part() -> None:
    items = items_of([{"cat": 100}, {"cat": 120}, {"cat": 400}])
    assert sorted(split_items(items, 0.1, 0.1, 0)) == ["test", "train", "validation"]
    assert split_items(items_of([{"cat": 90}]), 0.2, 0.2, 0) == ("train",)
