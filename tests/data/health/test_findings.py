"""Each fault is found where it was planted, and its clean twin is not blamed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from cnnstudio.data.health.report import HealthFinding
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.experiment import Split

Find = Callable[..., dict[str, HealthFinding]]
Folder = Callable[..., Path]
Picture = Callable[..., NDArray[np.uint8]]


def plant(path: Path, pixels: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(np.asarray(pixels))).save(path)


def test_a_clean_set_leaves_the_check_silent(folder: Folder, find: Find) -> None:
    assert find(folder()) == {}


def test_a_clean_set_of_jpegs_of_many_sizes_leaves_the_check_silent(
    tmp_path: Path, picture: Picture, find: Find
) -> None:
    rng = np.random.default_rng(1)
    for number in range(120):
        height, width = (int(side) for side in rng.integers(80, 240, 2))
        plant(tmp_path / "xy"[number % 2] / f"{number}.jpg", picture(number, height, width))
    assert find(tmp_path) == {}


def test_what_cannot_be_read_and_what_is_cut_short_are_told_apart(
    folder: Folder, find: Find, picture: Picture
) -> None:
    root = folder()
    (root / "cat/note.jpg").write_text("not a picture")
    plant(root / "dog/cut.jpg", picture(900))
    whole = (root / "dog/cut.jpg").read_bytes()
    (root / "dog/cut.jpg").write_bytes(whole[: len(whole) // 2])
    found = find(root)
    assert found["unreadable"].keys == ("cat/note.jpg",)
    assert found["truncated"].keys == ("dog/cut.jpg",)
    assert found["truncated"].edits is not None
    assert found["truncated"].edits.excluded == ("dog/cut.jpg",)


def test_a_blank_image_is_found(folder: Folder, find: Find) -> None:
    root = folder()
    plant(root / "cat/blank.png", np.full((96, 96, 3), 128, np.uint8))
    assert find(root)["blank"].keys == ("cat/blank.png",)


def test_a_class_that_consists_of_blank_images_is_not_blamed_for_them(
    folder: Folder, find: Find
) -> None:
    root = folder()
    for level in range(60):
        plant(root / "empty" / f"{level}.png", np.full((96, 96, 3), 60 + 2 * level, np.uint8))
    assert "blank" not in find(root)


@pytest.mark.parametrize("version", ["saved again", "smaller", "cut", "brighter"])
def test_versions_of_a_picture_are_found_whatever_was_done_to_them(
    version: str, folder: Folder, find: Find
) -> None:
    root = folder()
    image = Image.open(root / "cat/007.png").convert("RGB")
    changed = {
        "saved again": image,
        "smaller": image.resize((64, 64)),
        "cut": image.crop((2, 2, 94, 94)),
        "brighter": image.point(lambda level: min(255, int(level * 1.15))),
    }[version]
    changed.save(root / "dog/other.jpg", quality=70)
    found = find(root)
    assert set(found["conflicting"].keys) == {"cat/007.png", "dog/other.jpg"}
    assert found["conflicting"].cause == "D7"


def test_copies_in_one_class_and_split_offer_to_keep_one(folder: Folder, find: Find) -> None:
    root = folder()
    for name in ("a", "b"):
        (root / f"cat/copy {name}.png").write_bytes((root / "cat/001.png").read_bytes())
    one_split = {"split": {"validation": 0.0, "test": 0.0}}
    finding = find(root, **one_split)["copies"]
    assert set(finding.keys) == {"cat/001.png", "cat/copy a.png", "cat/copy b.png"}
    assert finding.edits is not None
    assert len(finding.edits.excluded) == 2


def test_a_leak_between_splits_is_healed_by_its_own_fix(folder: Folder, find: Find) -> None:
    root = folder()
    for number in range(20):
        image = Image.open(root / f"cat/{number:03}.png")
        image.save(root / f"cat/again {number}.jpg", quality=80)
    finding = find(root)["leaking"]
    assert (finding.cause, finding.severity) == ("M4", "warning")
    assert finding.edits is not None
    assert "leaking" not in find(root, edits=finding.edits.applied(NO_EDITS))


def test_a_leak_between_split_folders_is_healed_without_losing_test_images(
    tmp_path: Path, picture: Picture, find: Find
) -> None:
    for part in ("train", "validation", "test"):
        for number in range(60):
            seed = 1000 * len(part) + number if part != "test" or number else 7
            plant(tmp_path / part / "xy"[number % 2] / f"{number}.png", picture(seed))
    plant(tmp_path / "train/x/leak.jpg", picture(7))
    finding = find(tmp_path, split_folders=True)["leaking"]
    assert finding.edits is not None
    assert finding.edits.excluded == ("train/x/leak.jpg",)


def test_uneven_stray_few_and_unseen_classes_are_named(folder: Folder, find: Find) -> None:
    found = find(folder({"cat": 120, "dog": 30, "fox": 70, "leftover": 1}))
    assert found["imbalance"].cause == "D4"
    assert found["imbalance"].changes[0].value == "balanced"
    assert found["stray"].keys == ("leftover/000.png",)
    assert found["few"].cause == "D8"
    assert len(found["few"].keys) == 30
    # What is hardly a class need not be told of twice.
    assert "unseen" not in found


def test_a_class_that_validation_never_shows_is_named(folder: Folder, find: Find) -> None:
    assert find(folder({"cat": 30, "dog": 30, "newt": 1}))["unseen"].keys == ("newt/000.png",)


def test_parts_of_a_split_are_no_classes(folder: Folder, find: Find) -> None:
    assert find(folder({"train": 60, "extra": 60}))["wrong_level"].cause == "D5"


def test_folders_that_repeat_in_every_class_may_be_the_classes(folder: Folder, find: Find) -> None:
    root = folder({f"{site}/{name}": 30 for site in ("a", "b") for name in ("cat", "dog")})
    assert "“cat” and “dog”" in find(root)["wrong_level"].sentence


def test_colour_that_no_image_has_is_read_as_one_channel(
    tmp_path: Path, picture: Picture, find: Find
) -> None:
    for number in range(60):
        gray = Image.fromarray(picture(number)).convert("L")
        plant(tmp_path / "xy"[number % 2] / f"{number}.png", gray)
    finding = find(tmp_path)["gray"]
    assert (finding.cause, finding.changes[0].value) == ("P10", "grayscale")
    assert "gray" not in find(tmp_path, color="grayscale")


def test_grey_images_among_coloured_ones_are_listed(folder: Folder, find: Find) -> None:
    root = folder()
    for path in sorted((root / "cat").iterdir())[:20]:
        Image.open(path).convert("L").save(path)
    finding = find(root)["mixed_color"]
    assert finding.keys == tuple(f"cat/{number:03}.png" for number in range(20))


@pytest.mark.parametrize(("kind", "shift"), [("dark", -1), ("bright", 1)])
def test_an_image_that_is_nearly_black_or_white_is_found(
    kind: str, shift: int, folder: Folder, find: Find, picture: Picture
) -> None:
    root = folder()
    level = 5 if shift < 0 else 235
    plant(root / "cat/odd.png", (picture(901) / 16 + level).clip(0, 255).astype(np.uint8))
    assert find(root)[kind].keys == ("cat/odd.png",)


def test_blurred_tiny_and_very_long_images_are_found(
    folder: Folder, find: Find, picture: Picture
) -> None:
    root = folder()
    soft = Image.fromarray(picture(902)).filter(ImageFilter.GaussianBlur(3))
    plant(root / "cat/soft.png", soft)
    plant(root / "cat/tiny.png", Image.fromarray(picture(903)).resize((14, 14)))
    plant(root / "dog/long.png", picture(904, 60, 400))
    found = find(root)
    assert found["blurry"].keys == ("cat/soft.png",)
    assert found["tiny"].keys == ("cat/tiny.png",)
    assert found["odd_aspect"].keys == ("dog/long.png",)
    assert found["odd_aspect"].edits is not None
    trained = find(root, split=Split(validation=0.0, test=0.0))["odd_aspect"]
    assert trained.changes[0].value == "pad"


def test_transparent_files_among_plain_ones_are_listed(
    folder: Folder, find: Find, picture: Picture
) -> None:
    root = folder()
    image = Image.fromarray(picture(905)).convert("RGBA")
    plant(root / "cat/clear.png", image)
    assert find(root)["modes"].keys == ("cat/clear.png",)


def test_an_input_that_is_too_small_and_a_crop_that_cuts_are_told(
    tmp_path: Path, picture: Picture, find: Find
) -> None:
    for number in range(60):
        plant(tmp_path / "xy"[number % 2] / f"{number}.png", picture(number, 100, 260))
    assert find(tmp_path, image_size=(32, 32))["shrunk"].changes[0].value == [64, 64]
    assert find(tmp_path, resize="crop")["cropped"].changes[0].value == "pad"


def shortcut(found: dict[str, HealthFinding]) -> set[str]:
    return {kind for kind in found if kind.startswith("shortcut")}


def test_a_format_that_gives_the_class_away_is_found(
    tmp_path: Path, picture: Picture, find: Find
) -> None:
    for number in range(80):
        ending = "png" if number % 2 else "bmp"
        plant(tmp_path / "xy"[number % 2] / f"{number}.{ending}", picture(number))
    assert shortcut(find(tmp_path)) == {"shortcut_format"}


def test_a_size_that_gives_one_of_many_classes_away_is_found(
    tmp_path: Path, picture: Picture, find: Find
) -> None:
    for number in range(400):
        side = 128 if number % 10 == 3 else 96
        plant(tmp_path / str(number % 10) / f"{number}.png", picture(number, side, side))
    finding = find(tmp_path)["shortcut_size"]
    assert "“3”" in finding.sentence
    assert len(finding.keys) == 24  # those of the 40 that are trained on


def test_brightness_that_gives_the_class_away_is_told_softly(
    tmp_path: Path, picture: Picture, find: Find
) -> None:
    for number in range(120):
        light = picture(number) // 2 + (100 if number % 2 else 20)
        plant(tmp_path / "xy"[number % 2] / f"{number}.png", light.astype(np.uint8))
    assert find(tmp_path)["shortcut_brightness"].severity == "information"


def test_formats_and_sizes_that_are_dealt_by_chance_are_no_shortcut(
    tmp_path: Path, picture: Picture, find: Find
) -> None:
    rng = np.random.default_rng(2)
    for number in range(120):
        ending = ("png", "bmp")[int(rng.integers(2))]
        side = (96, 128)[int(rng.integers(2))]
        name = tmp_path / "xy"[number % 2] / f"{number}.{ending}"
        plant(name, picture(number, side, side))
    assert shortcut(find(tmp_path)) == set()
