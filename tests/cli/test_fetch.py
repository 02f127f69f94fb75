"""Sets of Keras in the terminal: fetched, proposed, checked and trained; and without a network."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.data.keras_files import Part, keep, sets_folder
from cnnstudio.spec import files
from cnnstudio.spec.keras_sets import keras_set
from cnnstudio.spec.sources import KerasDataset

NOWHERE = "http://127.0.0.1:9"


def digits(images: int) -> Part:
    """Ten classes that a network tells apart at once: a bright row at ten heights."""
    labels = (np.arange(images) % 10).astype(np.uint8)
    pixels = np.zeros((images, 28, 28), np.uint8)
    for item, label in enumerate(labels):
        pixels[item, 2 + 2 * label : 4 + 2 * label] = 255
    return pixels, labels


@pytest.fixture
def mnist() -> None:
    """MNIST as if it had been downloaded, small."""
    keep(keras_set("mnist"), digits(200), digits(50))


@pytest.mark.usefixtures("mnist")
def test_a_set_of_keras_is_proposed_checked_and_trained(type_in: Any, tmp_path: Path) -> None:
    file = tmp_path / "digits.yaml"
    made = type_in("new", file, "--images", "keras:mnist", "--json")
    assert made.code == 0
    assert files.load(file).dataset.source == KerasDataset(name="mnist")
    assert made.result["experiment"]["name"] == "mnist"
    # A mirrored digit is no digit.
    operations = made.result["experiment"]["augmentation"]["operations"]
    assert "RandomFlip" not in {operation["kind"] for operation in operations}
    assert sum(made.result["facts"]["counts"]["test"].values()) == 50
    checked = type_in("check", file, "--json")
    assert checked.code == 0
    assert checked.result["problems"] == []
    shrink = ("--set", "training.epochs=1", "--set", "dataset.image_size=[16, 16]")
    trained = type_in("train", file, "--run", tmp_path / "run", *shrink, "--json")
    assert trained.code == 0
    assert trained.lines[-1]["reason"] == "completed"
    assert trained.lines[-1]["epochs"] == 1


@pytest.mark.usefixtures("mnist")
def test_a_set_that_is_here_is_fetched_at_once(type_in: Any) -> None:
    answer = type_in("fetch", "mnist", "--json")
    assert answer.code == 0
    assert answer.result == {"set": "mnist", "folder": str(sets_folder() / "mnist")}


def test_without_a_network_one_sentence_says_so_and_nothing_is_written(
    type_elsewhere: Any, tmp_path: Path
) -> None:
    file = tmp_path / "photos.yaml"
    environment = {**os.environ, "https_proxy": NOWHERE, "HTTPS_PROXY": NOWHERE, "no_proxy": ""}
    answer = type_elsewhere("new", file, "--images", "keras:cifar10", "--json", env=environment)
    assert answer.code == 2
    assert answer.result["error"] == (
        "CIFAR-10 could not be downloaded: there is no connection to www.cs.toronto.edu. "
        "Check the network and try again."
    )
    assert "Traceback" not in answer.err
    assert not file.exists()
    assert not (sets_folder() / "cifar10").exists()


def test_an_experiment_from_elsewhere_says_how_to_get_its_set(type_in: Any, tmp_path: Path) -> None:
    file = tmp_path / "experiment.yaml"
    file.write_text("cnnstudio: 1\ndataset: {source: {kind: keras_dataset, name: cifar100}}\n")
    answer = type_in("train", file, "--json")
    assert answer.code == 2
    assert "CIFAR-100 is not on this computer yet" in answer.result["error"]
    assert "cnnstudio fetch cifar100" in answer.result["error"]


def test_a_set_that_keras_does_not_have_is_named(type_in: Any) -> None:
    answer = type_in("fetch", "imdb", "--json")
    assert answer.code == 2
    assert "“imdb”" in answer.result["error"]


def test_a_place_that_takes_no_set_is_told_before_the_download(
    type_in: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CNNSTUDIO_DATA", str(tmp_path / "file"))
    answer = type_in("fetch", "mnist", "--json")
    assert answer.code == 2
    assert answer.result["error"].startswith("MNIST could not be kept: ")
