"""Edits and groups in the list of images: what a person says holds, and moves nothing else."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnstudio.data.facts import counted, facts, headers
from cnnstudio.data.found import Found, Scan
from cnnstudio.data.index import ImageIndex, deal, index
from cnnstudio.data.moves import Move, moves
from cnnstudio.spec.edits import NO_EDITS, Edit, Edits
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Split
from cnnstudio.spec.facts import SplitName
from cnnstudio.spec.groupings import NamePattern, Subfolder
from cnnstudio.spec.sources import ClassFolders, SplitFolders

Tree = Callable[[Sequence[str]], Path]
MakeDataset = Callable[..., Dataset]

CLASSES = ("cat", "dog", "eel")


def listed(keys: Sequence[str], part: SplitName | None = None) -> Scan:
    """What a folder per class would hold."""
    images = tuple(Found(key, f"/images/{key}", key.split("/")[0], part) for key in keys)
    return Scan(tuple(sorted({image.class_name for image in images})), images, ())


def dataset(edits: Edits = NO_EDITS, **split: object) -> Dataset:
    return Dataset(
        source=ClassFolders(path="/images"), split=Split.model_validate(split), edits=edits
    )


def parts(found: ImageIndex) -> dict[str, SplitName]:
    return {sample.key: sample.split for sample in (*found.samples, *found.excluded)}


THIRTY = [f"{name}/p{n % 7}_{n}.png" for name in CLASSES for n in range(30)]


def test_an_excluded_image_is_listed_apart_and_moves_no_other() -> None:
    plain = deal(dataset(), listed(THIRTY))
    gone = THIRTY[::4]
    found = deal(dataset(NO_EDITS.changed(gone, excluded=True)), listed(THIRTY))
    assert [sample.key for sample in found.excluded] == gone
    assert len(found.samples) == len(THIRTY) - len(gone)
    assert parts(found) == parts(plain)


def test_an_image_with_another_label_is_of_that_class() -> None:
    edits = NO_EDITS.changed(["cat/p0_0.png"], label="dog", add_tags=["sure"])
    found = deal(dataset(edits), listed(THIRTY))
    sample = next(sample for sample in found.samples if sample.key == "cat/p0_0.png")
    assert (found.class_of(sample), sample.origin, sample.tags) == ("dog", "cat", ("sure",))
    assert all(other.origin is None for other in found.samples if other is not sample)
    before = parts(deal(dataset(), listed(THIRTY)))
    assert sum(before[key] != part for key, part in parts(found).items()) <= 5


def test_labels_make_classes_and_take_the_last_image_of_one() -> None:
    edits = NO_EDITS.changed([key for key in THIRTY if key.startswith("eel")], label="Aal")
    found = deal(dataset(edits), listed(THIRTY))
    assert found.class_names == ("Aal", "cat", "dog")
    assert found.absent == ()
    assert Counter(map(found.class_of, found.samples)) == dict.fromkeys(found.class_names, 30)


def test_a_class_of_excluded_images_is_none_and_they_keep_its_name() -> None:
    edits = NO_EDITS.changed([key for key in THIRTY if key.startswith("cat")], excluded=True)
    found = deal(dataset(edits), listed(THIRTY))
    assert (found.class_names, found.absent) == (("dog", "eel"), ("cat",))
    assert {found.class_of(sample) for sample in found.excluded} == {"cat"}
    assert {found.class_of(sample) for sample in found.samples} == {"dog", "eel"}


def test_edits_that_leave_one_class_are_a_plain_error() -> None:
    edits = NO_EDITS.changed([key for key in THIRTY if key[0] != "c"], excluded=True)
    with pytest.raises(UserError, match="The edits leave only the class “cat” of “images”"):
        deal(dataset(edits), listed(THIRTY))
    with pytest.raises(UserError, match="The edits leave no image of “images”"):
        deal(dataset(NO_EDITS.changed(THIRTY, excluded=True)), listed(THIRTY))
    with pytest.raises(UserError, match="has a name that is no valid text"):
        deal(dataset(NO_EDITS.changed(THIRTY[:2], label="\udcff")), listed(THIRTY))


def test_labels_can_make_two_classes_of_a_folder_of_one() -> None:
    cats = [key for key in THIRTY if key.startswith("cat")]
    edits = NO_EDITS.changed(cats[:10], label="kitten")
    assert deal(dataset(edits), listed(cats)).class_names == ("cat", "kitten")
    with pytest.raises(UserError, match="only one class folder"):
        deal(dataset(NO_EDITS.changed(cats[:1], excluded=True)), listed(cats))


def test_an_edit_moves_its_image_and_no_other() -> None:
    before = parts(deal(dataset(), listed(THIRTY)))
    chosen = [key for key, part in before.items() if part == "train"][:3]
    found = parts(deal(dataset(NO_EDITS.changed(chosen, split="test")), listed(THIRTY)))
    assert found == {**before, **dict.fromkeys(chosen, "test")}


def test_edits_of_images_that_are_not_there_are_named() -> None:
    edits = NO_EDITS.changed(["cat/gone.png", THIRTY[0]], excluded=True)
    assert deal(dataset(edits), listed(THIRTY)).lost == ("cat/gone.png",)


files_of_patients = st.lists(
    st.tuples(st.sampled_from(CLASSES), st.integers(0, 9), st.integers(0, 3)),
    min_size=4,
    max_size=60,
    unique=True,
).filter(lambda rows: len({row[0] for row in rows}) >= 2)


@settings(max_examples=60)
@given(
    rows=files_of_patients,
    by_hand=st.dictionaries(st.integers(0, 59), st.sampled_from("xyz"), max_size=12),
    moved=st.dictionaries(
        st.integers(0, 59), st.sampled_from(["train", "validation", "test"]), max_size=4
    ),
    seed=st.integers(0, 20),
)
def test_no_group_is_ever_in_two_parts(
    rows: list[tuple[str, int, int]],
    by_hand: dict[int, str],
    moved: dict[int, SplitName],
    seed: int,
) -> None:
    keys = [f"{name}/p{patient}_{n}.png" for name, patient, n in rows]
    said: dict[str, Edit] = {}
    for at, key in enumerate(keys):
        said[key] = Edit(group=by_hand.get(at), split=moved.get(at), excluded=at % 11 == 10)
    data = dataset(Edits(said), group=NamePattern(pattern="^(.+?)_"), seed=seed)
    found = deal(data, listed(keys))
    part = parts(found)
    for group in found.groups:
        assert len({part[key] for key in group.keys}) == 1
    assert sorted(key for group in found.groups for key in group.keys) == sorted(keys)
    group_of = {key: group for group in found.groups for key in group.keys}
    for one in keys:
        for other in keys:
            same_patient = one.split("/")[1].split("_")[0] == other.split("/")[1].split("_")[0]
            if same_patient or (said[one].group and said[one].group == said[other].group):
                assert group_of[one] is group_of[other]
    assert {s.key: s.group for s in found.samples}.items() <= {
        key: group.name for key, group in group_of.items()
    }.items()
    assert part == parts(deal(data, listed(sorted(keys, reverse=True))))


def test_a_group_of_many_small_ones_keeps_the_shares_of_every_class() -> None:
    keys = [f"{name}/p{n // 3}_{n}.png" for name in CLASSES for n in range(300)]
    data = dataset(group=NamePattern(pattern="^(.+?)_"), validation=0.2, test=0.1)
    found = deal(data, listed(keys))
    for label in range(3):
        number = Counter(sample.split for sample in found.samples if sample.label == label)
        assert abs(number["validation"] - 60) <= 3
        assert abs(number["test"] - 30) <= 3


def test_folders_below_a_class_are_groups_across_classes() -> None:
    keys = [f"{name}/patient{n // 3}/{n}.png" for name in CLASSES for n in range(30)]
    found = deal(dataset(group=Subfolder()), listed(keys))
    assert len(found.groups) == 10
    assert all(len(group.keys) == 9 for group in found.groups)


def test_a_group_goes_along_with_the_image_that_is_moved() -> None:
    edits = NO_EDITS.changed(["cat/p3_3.png"], split="validation")
    found = deal(dataset(edits, group=NamePattern(pattern="^(.+?)_")), listed(THIRTY))
    assert {s.split for s in found.samples if s.group == "p3"} == {"validation"}


def test_a_source_with_a_split_keeps_it_and_draws_groups_out_of_training() -> None:
    images = (*listed(THIRTY[::2], "train").images, *listed(THIRTY[1::2], "test").images)
    data = Dataset(source=SplitFolders(path="/images"), split=Split(validation=0.2))
    plain = parts(deal(data, Scan(CLASSES, images, ())))
    assert all(plain[key] == "test" for key in THIRTY[1::2])
    edits = NO_EDITS.changed([THIRTY[0], THIRTY[1]], group="twins")
    found = parts(deal(data.model_copy(update={"edits": edits}), Scan(CLASSES, images, ())))
    assert found[THIRTY[0]] == found[THIRTY[1]] == "test"


def test_facts_follow_the_edits_without_opening_files(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree([f"{name}/{n}.png" for name in ("a", "b") for n in range(8)])
    (root / "a" / "broken.png").write_bytes(b"")
    plain = dataset_of(root)
    known = headers(index(plain))
    edits = NO_EDITS.changed(["a/broken.png", "a/1.png"], excluded=True)
    edits = edits.changed(["b/2.png"], label="c")
    data = plain.model_copy(update={"edits": edits})
    found = index(data)
    expected = facts(data, found)
    for path in root.rglob("*.png"):
        path.unlink()
    assert headers(found, known=known) is known
    again = counted(data, found, known)
    assert again == expected
    assert again.class_names == ("a", "b", "c")
    assert (again.class_count("a"), again.class_count("c"), again.unreadable) == (7, 1, ())


def test_only_the_headers_of_new_files_are_read(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree([f"{name}/{n}.png" for name in ("a", "b") for n in range(8)])
    known = headers(index(dataset_of(root)))
    (root / "a" / "1.png").unlink()
    for path in root.rglob("*.png"):
        path.write_bytes(b"")
    Image.new("RGB", (40, 30)).save(root / "b" / "new.png")
    told: list[tuple[int, int]] = []
    found = headers(
        index(dataset_of(root)), lambda done, total: told.append((done, total)), known=known
    )
    assert told == [(1, 1)]
    assert found.by_key["b/new.png"] == (30, 40, False)
    assert set(known.by_key) - set(found.by_key) == {"a/1.png"}
    assert all(found.by_key[key] == known.by_key[key] for key in found.by_key if "new" not in key)


def test_what_moved_is_told_in_words() -> None:
    before = deal(dataset(), listed(THIRTY))
    assert moves(before, before).sentence == ""
    assert not moves(before, before)
    edits = NO_EDITS.changed([THIRTY[0]], excluded=True).changed([THIRTY[40]], label="cat")
    after = deal(dataset(edits), listed([*THIRTY[:-1], "eel/new.png"]))
    found = moves(before, after)
    assert (found.came, found.went) == (("eel/new.png",), (THIRTY[-1],))
    assert (found.excluded, found.relabelled) == ((THIRTY[0],), (THIRTY[40],))
    assert found.sentence.startswith(
        "1 image is new, 1 is gone, 1 is excluded, 1 has another class"
    )
    back = moves(after, before)
    assert (back.included, back.came) == ((THIRTY[0],), (THIRTY[-1],))


def test_another_seed_tells_every_image_that_moved() -> None:
    before, after = (deal(dataset(seed=seed), listed(THIRTY)) for seed in (0, 1))
    found = moves(before, after)
    old, new = parts(before), parts(after)
    assert found.moved == tuple(
        Move(key, old[key], new[key])
        for key in (sample.key for sample in after.samples)
        if old[key] != new[key]
    )
    assert {move.after for move in found.seen} == {"test"}
    assert found.kept + len(found.moved) == len(THIRTY)
    assert "moved from training to test" in found.sentence
    assert found.sentence.endswith(f"; {found.kept} stay where they were.")
