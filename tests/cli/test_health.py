"""`cnnstudio check` shows the health of the images, in words and as JSON."""

from pathlib import Path
from typing import Any

from PIL import Image


def test_a_trait_of_the_set_is_told_softly(type_in: Any, experiment: Path) -> None:
    answer = type_in("check", experiment, "--json")
    assert answer.code == 0
    assert answer.result["health"]["measured"] == 80
    # Red pictures are brighter than blue ones, and that is what tells them apart.
    (finding,) = answer.result["health"]["findings"]
    assert (finding["kind"], finding["severity"]) == ("shortcut_brightness", "information")


def test_check_tells_the_images_and_the_remedy_of_each_finding(
    type_in: Any, experiment: Path, images: Path
) -> None:
    (images / "blue/copy.png").write_bytes((images / "red/3.png").read_bytes())
    Image.new("RGB", (16, 16), (90, 90, 90)).save(images / "red/blank.png")
    answer = type_in("check", experiment)
    assert "The same picture has different labels [D7, warning]" in answer.out
    assert answer.out.count("The same picture") == 1
    assert "“blue/copy.png” and “red/3.png” are equal files" in answer.out
    assert "Remedy: Leave all of them out." in answer.out
    machine = type_in("check", experiment, "--json").result
    health = {finding["kind"]: finding for finding in machine["health"]["findings"]}
    assert health["blank"]["images"] == ["red/blank.png"]
    assert health["conflicting"]["fix"]["exclude"] == ["blue/copy.png", "red/3.png"]
    assert {"D6", "D7"} <= {finding["cause"] for finding in machine["findings"]}


def test_a_setting_that_mends_a_finding_can_be_pasted(
    type_in: Any, experiment: Path, images: Path
) -> None:
    for path in images.rglob("*.png"):
        Image.open(path).convert("L").save(path)
    out = type_in("check", experiment).out
    assert """--set 'dataset.color="grayscale"'""" in out
    cured = type_in("check", experiment, "--set", 'dataset.color="grayscale"').out
    assert "dataset.color" not in cured
