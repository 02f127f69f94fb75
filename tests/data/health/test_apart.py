"""What judges in the end stays out of what is decided: no setting follows from test images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data.health.report import HealthFinding

Find = Callable[..., dict[str, HealthFinding]]
Picture = Callable[..., NDArray[np.uint8]]


def planted(root: Path, picture: Picture, part: str, gray: bool, side: int, shift: int) -> None:
    """Thirty pictures of each class in one part; `gray` and `side` differ between the classes."""
    for number in range(60):
        name = "xy"[number % 2]
        odd = number % 2 == 1
        pixels = picture(1000 * shift + number, side if odd else 96, 96)
        image = Image.fromarray(pixels).convert("L" if gray and odd else "RGB")
        path = root / part / name / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)


def decisions(found: dict[str, HealthFinding]) -> set[str]:
    """The findings that say something of the classes or would change a setting."""
    return {kind for kind, one in found.items() if one.changes or kind.startswith("shortcut")}


def test_no_setting_follows_from_images_that_only_judge(
    tmp_path: Path, picture: Picture, find: Find
) -> None:
    for shift, part in enumerate(("train", "validation", "test")):
        odd = part != "train"
        planted(tmp_path, picture, part, gray=odd, side=400 if odd else 96, shift=shift)
    assert decisions(find(tmp_path, split_folders=True, image_size=(47, 47))) == {"shrunk"}
    assert decisions(find(tmp_path, split_folders=True, resize="crop")) == set()


def test_the_same_oddities_among_the_training_images_are_told(
    tmp_path: Path, picture: Picture, find: Find
) -> None:
    for shift, part in enumerate(("train", "validation", "test")):
        odd = part == "train"
        planted(tmp_path, picture, part, gray=odd, side=400 if odd else 96, shift=shift)
    found = find(tmp_path, split_folders=True)
    assert decisions(found) >= {"shortcut_size", "shortcut_format", "mixed_color"}


def test_every_finding_lists_its_images(tmp_path: Path, picture: Picture, find: Find) -> None:
    for shift, part in enumerate(("train", "validation", "test")):
        planted(tmp_path, picture, part, gray=True, side=400, shift=shift)
    (tmp_path / "train/x/cut.png").write_bytes((tmp_path / "train/x/0.png").read_bytes()[:900])
    Image.new("RGB", (96, 96), (9, 99, 199)).save(tmp_path / "train/y/blank.png")
    found = find(tmp_path, split_folders=True, image_size=(32, 32))
    assert len(found) >= 6
    for finding in found.values():
        assert finding.keys, finding.kind
        assert finding.sentence.endswith((".", "?")), finding.kind
        assert (finding.fix_label != "") == bool(finding.edits or finding.changes), finding.kind
