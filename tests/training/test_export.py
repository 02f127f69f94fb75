"""An exported model predicts what the trained network says, for whoever loads it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.events import ExportFinished, PhaseChanged
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import build, seed
from cnnstudio.training.engine import keras, tf
from cnnstudio.training.export import decimal, export, write_keras_model, write_saved_model
from cnnstudio.training.restored import chosen, inference_model, rebuild
from cnnstudio.training.schedule import RateTable
from cnnstudio.training.snapshot import Checkpoints

GO_ON: Callable[[], bool] = lambda: False  # noqa: E731


@pytest.fixture(scope="module")
def exported(trained: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    out = tmp_path_factory.mktemp("exports") / "model"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNSTUDIO_CACHE", str(tmp_path_factory.mktemp("cache")))
        return out, export(trained, "savedmodel", out, lambda event: None, GO_ON)


def test_a_fresh_process_agrees_on_every_validation_image(
    exported: tuple[Path, ExportFinished],
) -> None:
    out, finished = exported
    assert (finished.images_compared, finished.agreement) == (15, 1.0)
    # Images are resized from 18..24 pixels to 16; a grey level may differ here and there.
    assert finished.largest_difference < 0.01
    assert finished.sentence.startswith(
        "Checked in a fresh process: 15 validation images, largest difference 0"
    )
    assert finished.size_bytes == sum(f.stat().st_size for f in out.rglob("*") if f.is_file())
    assert {"saved_model.pb", "labels.txt", "README.md"} <= {f.name for f in out.iterdir()}
    assert (out / "labels.txt").read_text().split() == ["blue", "green", "red"]


def test_the_saved_model_takes_both_types_names_its_labels_and_never_varies(
    exported: tuple[Path, ExportFinished], trained: RunFolder
) -> None:
    model = tf.saved_model.load(str(exported[0]))
    images = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3)).astype(np.uint8)
    experiment = trained.experiment()
    network = rebuild(experiment, chosen(trained, experiment))
    expected = network(images, training=False).numpy()
    answers = [model.serve(images).numpy() for _ in range(3)]
    assert answers[0] == pytest.approx(expected, abs=1e-6)
    assert all(np.array_equal(answer, answers[0]) for answer in answers)
    assert np.array_equal(model.serve(images.astype(np.float32)), answers[0])
    assert [name.decode() for name in model.labels().numpy()] == ["blue", "green", "red"]
    answer = model.signatures["serving_default"](images=tf.constant(images))
    assert answer["probabilities"].numpy() == pytest.approx(answers[0])
    names = np.array(["blue", "green", "red"])[expected.argmax(axis=1)]
    assert [name.decode() for name in answer["label"].numpy()] == names.tolist()


@pytest.mark.parametrize("format", ["savedmodel", "keras"])  # a folder, and a single file
def test_the_example_of_the_readme_runs_as_it_stands(
    exported: tuple[Path, ExportFinished], trained: RunFolder, tmp_path: Path, format: str
) -> None:
    out, text = exported[0], "README.md"
    if format == "keras":
        out, text, single = tmp_path, "colors.README.md", tmp_path / "colors.keras"
        finished = export(trained, "keras", single, lambda event: None, GO_ON)
        assert finished.path == str(single)
        assert finished.largest_difference < 1e-6
        names = sorted(path.name for path in tmp_path.iterdir())
        assert names == ["colors.README.md", "colors.keras", "colors.labels.txt"]
    Image.new("RGB", (40, 30), (210, 40, 30)).save(out / "photo.jpg")
    code = (out / text).read_text().split("```python\n")[1].split("```")[0]
    assert len(code.splitlines()) <= 6
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=out, capture_output=True, text=True, check=False
    )
    (out / "photo.jpg").unlink()
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] in ("blue", "green", "red")


@pytest.mark.parametrize(
    ("loss", "last"),
    [
        ({"kind": "SparseCategoricalCrossentropy", "from_logits": True}, "linear"),
        ({"kind": "BinaryCrossentropy"}, "sigmoid"),
        ({"kind": "BinaryCrossentropy", "from_logits": True}, "linear"),
    ],
)
def test_other_losses_give_probabilities_too(
    make: Callable[..., Experiment], tmp_path: Path, loss: dict[str, Any], last: str
) -> None:
    binary = loss["kind"].startswith("Binary")
    head = {"kind": "Dense", "units": 1 if binary else 2, "activation": last}
    experiment = make({"training.loss": loss, "model.layers.6": head})
    seed(1)
    network = build(experiment, RateTable(np.zeros(1)))
    model = inference_model(network, experiment, 2)
    images = np.random.default_rng(0).integers(0, 256, (5, 16, 16, 3)).astype(np.uint8)
    raw = network(images, training=False).numpy().astype(np.float64)
    if not binary:
        expected = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    else:
        second = raw if last == "sigmoid" else 1 / (1 + np.exp(-raw))
        expected = np.concatenate([1 - second, second], axis=1)
    write_saved_model(tmp_path / "model", model, experiment, ["no", "yes"])
    loaded = tf.saved_model.load(str(tmp_path / "model"))
    assert loaded.serve(images).numpy() == pytest.approx(expected, abs=1e-5)
    write_keras_model(tmp_path / "model.keras", model)
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again(images).numpy() == pytest.approx(expected, abs=1e-5)


def test_an_earlier_export_is_replaced_and_anything_else_is_refused(
    exported: tuple[Path, ExportFinished], trained: RunFolder, tmp_path: Path
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(exported[0], copy)
    (copy / "variables" / "old").write_text("from the earlier export")
    assert export(trained, "savedmodel", copy, lambda event: None, GO_ON).path == str(copy)
    assert not (copy / "variables" / "old").exists()
    (copy / "predict.py").write_text("a person's own")
    with pytest.raises(UserError, match="other things in it"):
        export(trained, "savedmodel", copy, lambda event: None, GO_ON)
    assert (copy / "predict.py").read_text() == "a person's own"

    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter.txt").write_text("precious")
    file = tmp_path / "model.keras"
    file.write_text("precious")
    for format, out in (("savedmodel", foreign), ("keras", foreign), ("keras", file)):
        with pytest.raises(UserError, match="choose"):
            export(trained, format, out, lambda event: None, GO_ON)
    assert (foreign / "chapter.txt").read_text() == file.read_text() == "precious"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model", "model.keras", "thesis"]


@pytest.mark.parametrize("phase", ["exporting", "checking"])
def test_a_stopped_export_leaves_nothing_behind(
    trained: RunFolder, listener: Any, tmp_path: Path, phase: str
) -> None:
    heard = listener(lambda event: isinstance(event, PhaseChanged) and event.phase == phase)
    with pytest.raises(Stopped):
        export(trained, "savedmodel", tmp_path / "model", heard.emit, heard.should_stop)
    assert list(tmp_path.iterdir()) == []
    assert not heard.of(ExportFinished)


def test_without_the_images_the_model_is_still_exported(trained: RunFolder, tmp_path: Path) -> None:
    moved = tmp_path / "run"
    shutil.copytree(trained.path, moved)
    text = (moved / "experiment.yaml").read_text()
    source = trained.experiment().dataset.source.path
    (moved / "experiment.yaml").write_text(text.replace(source, "/nowhere"))
    finished = export(RunFolder(moved), "keras", tmp_path / "m", lambda event: None, GO_ON)
    assert finished.images_compared == 0
    assert "not compared" in finished.sentence
    names = {"model.keras", "labels.txt", "README.md", "export.json"}
    assert {path.name for path in (tmp_path / "m").iterdir()} == names


def test_a_model_that_cannot_be_read_back_is_not_put_in_place(
    trained: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnnstudio.training import export as module

    def half(path: Path, *others: Any) -> None:
        path.mkdir()
        (path / "saved_model.pb").write_bytes(b"half")

    monkeypatch.setattr(module, "write_saved_model", half)
    with pytest.raises(UserError, match="could not be read back") as caught:
        export(trained, "savedmodel", tmp_path / "model", lambda event: None, GO_ON)
    assert "exit code 1" in caught.value.details
    assert list(tmp_path.iterdir()) == []


def test_the_best_epoch_is_exported_where_a_policy_keeps_it(
    make: Callable[..., Experiment], trained: RunFolder
) -> None:
    plain = trained.experiment()
    assert chosen(trained, plain).progress.epoch == 6
    policy = {"kind": "EarlyStopping", "restore_best": True}
    best = Checkpoints(trained).best()
    assert best is not None
    kept = chosen(trained, make({"training.policies": [policy]}))
    assert kept.progress == best.progress


def test_an_untrained_run_or_an_unknown_format_is_a_sentence(
    make: Callable[..., Experiment], trained: RunFolder, tmp_path: Path
) -> None:
    empty = RunFolder.create(tmp_path, make())
    with pytest.raises(UserError, match="no trained model"):
        export(empty, "savedmodel", tmp_path / "model", lambda event: None, GO_ON)
    with pytest.raises(UserError, match="no export format"):
        export(trained, "pickle", tmp_path / "model", lambda event: None, GO_ON)
    with pytest.raises(UserError, match=r"a name that ends in \.keras"):
        export(trained, "keras", tmp_path / "model.txt", lambda event: None, GO_ON)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (1.234e-6, "0.0000012"), (0.0456, "0.046"), (1.0, "1")]
)
def test_differences_are_written_without_an_exponent(value: float, text: str) -> None:
    assert decimal(value) == text
