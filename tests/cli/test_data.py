"""`cnnstudio data`: the facts of the images in words and as JSON."""

import shutil
from pathlib import Path
from typing import Any

from cnnstudio.spec import files, patch
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.groupings import NamePattern


def edited(file: Path) -> None:
    """Excludes three, relabels one, moves and tags one, and names one that is not there."""
    edits = NO_EDITS.changed(["red/1.png", "red/2.png", "blue/3.png"], excluded=True)
    edits = edits.changed(["red/4.png"], label="blue", add_tags=["odd"])
    edits = edits.changed(["blue/5.png"], split="test", add_tags=["odd", "dark"])
    edits = edits.changed(["blue/gone.png"], excluded=True)
    experiment = patch.replace(files.load(file), "dataset.edits", edits)
    files.save(experiment, file)


def test_counts_edits_groups_and_unreadable_files_are_told(
    experiment: Path, images: Path, type_in: Any
) -> None:
    edited(experiment)
    (images / "red" / "7.png").write_bytes(b"nothing")
    answer = type_in(
        "data",
        experiment,
        "--set",
        "dataset.split.group={kind: NamePattern, pattern: '^(\\d)'}",
    )
    assert answer.code == 0, answer.err
    words = " ".join(answer.out.split())
    assert "class training validation test excluded" in words
    assert "76 images in 2 classes, 16 px on the short side" in words
    assert "Edits: 3 excluded, 1 with another label, 1 put into a part by hand, 3 tags." in words
    assert "Tags: dark 1, odd 2." in words
    assert "Groups: 80 images stay together in 10 groups" in words
    assert "Edits name images that are not there: “blue/gone.png”." in words
    assert "1 file cannot be used: red/7.png" in words
    assert "made by the first run" in words
    assert "Against the file as it is:" in words


def test_json_gives_the_same_facts_as_the_table(experiment: Path, type_in: Any) -> None:
    edited(experiment)
    answer = type_in("data", experiment, "--json")
    found = answer.result
    assert answer.code == 0
    assert found["excluded"] == {
        "by_class": {"blue": 1, "red": 2},
        "keys": ["blue/3.png", "red/1.png", "red/2.png"],
    }
    assert found["relabelled"] == [{"key": "red/4.png", "from": "red", "to": "blue"}]
    assert found["tags"] == {"odd": 2, "dark": 1}
    assert (found["moved_by_hand"], found["lost_edits"]) == (1, ["blue/gone.png"])
    counted = found["facts"]["counts"]
    assert sum(part["red"] for part in counted.values()) == 37
    assert sum(part["blue"] for part in counted.values()) == 40
    assert found["groups"]["largest"] is None
    assert found["cache"]["on_disk"] is False
    assert "moves" not in found


def test_another_seed_tells_what_would_move_and_writes_nothing(
    experiment: Path, type_in: Any
) -> None:
    before = experiment.read_bytes()
    found = type_in("data", experiment, "--set", "dataset.split.seed=9", "--json").result["moves"]
    assert len(found["moved"]) + found["kept"] == 80
    assert found["moved"]
    assert all(move["from"] != move["to"] for move in found["moved"])
    assert experiment.read_bytes() == before


def test_a_fault_in_the_table_of_edits_is_named_with_its_line(
    experiment: Path, type_in: Any
) -> None:
    edited(experiment)
    table = experiment.with_name("edits.csv")
    table.write_text("key,split\nred/1.png,practice\n", "utf-8")
    answer = type_in("data", experiment)
    assert answer.code == 2
    assert "“split” must be train, validation, test or empty, not “practice”." in answer.err
    assert "edits.csv, line 2" in answer.err


def test_a_run_keeps_the_edits_it_was_trained_with(experiment: Path, tmp_path: Path) -> None:
    from cnnstudio.runs.folder import RunFolder

    edited(experiment)
    grouped = patch.replace(files.load(experiment), "dataset.split.group", NamePattern())
    folder = RunFolder.create(tmp_path / "runs", grouped)
    assert (folder.path / "edits.csv").is_file()
    assert folder.experiment() == grouped


def test_health_is_told_where_it_is_asked_for(experiment: Path, images: Path, type_in: Any) -> None:
    shutil.copy(images / "red" / "1.png", images / "blue" / "copy.png")
    answer = type_in("data", experiment, "--health", "--json")
    assert answer.code == 0
    doubled = [f for f in answer.result["health"]["findings"] if "blue/copy.png" in f["images"]]
    assert doubled
    assert "health" not in type_in("data", experiment, "--json").result


def test_check_tells_edits_and_images_as_data_does(experiment: Path, type_in: Any) -> None:
    edited(experiment)
    images = type_in("data", experiment, "--json").result
    assert images.items() <= type_in("check", experiment, "--json").result.items()
    assert "Edits: 3 excluded, 1 with another label" in type_in("check", experiment).out
