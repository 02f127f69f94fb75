"""A run's model as files for other programs, checked by a fresh process before it appears."""

import json
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import cnnstudio
from cnnstudio.data.cache import PartPixels
from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.events import ExportFinished, PhaseChanged
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.writing import plainly
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.checking import Checked, Examples, check
from cnnstudio.training.dataset import plain_batches, prepare
from cnnstudio.training.engine import keras, tf
from cnnstudio.training.readme import readme
from cnnstudio.training.restored import chosen, inference_model, rebuild
from cnnstudio.training.serving import fit_images, of_values, window_images, window_of
from cnnstudio.training.session import Emit, ShouldStop, tell_progress

FORMATS = ("savedmodel", "keras")
MARK = "export.json"
MODEL_FILE = "model.keras"
MOST_COMPARED = 200

_WRITTEN = {MARK, MODEL_FILE, "README.md", "labels.txt"}
_WRITTEN |= {"saved_model.pb", "fingerprint.pb", "variables", "assets"}


def export(
    folder: RunFolder, format: str, out: Path, emit: Emit, should_stop: ShouldStop
) -> ExportFinished:
    """Writes the model of a run to `out` and checks it; the returned event is also emitted.

    `savedmodel` makes `out` a SavedModel folder whose `serve` takes uint8 or float32 images 0..255
    of any size [n, h, w, c] and returns probabilities [n, classes]. `keras` makes it a folder with
    `model.keras`, or that file itself if `out` ends in `.keras`; its images must have the network's
    size. Labels and a README lie inside, beside a single file. `out` appears when all is checked.

    Raises:
        UserError: the run has no model, or `out` holds something else or cannot be written.
        Stopped: `should_stop` returned true; nothing is left behind.
    """
    began = time.monotonic()
    if format not in FORMATS:
        raise UserError(f"There is no export format “{format}”: choose {' or '.join(FORMATS)}.")
    out = out.absolute()
    # A folder named like another kind of file would be taken for one.
    misled = format == "keras" and out.suffix[1:].isalpha() and out.suffix != ".keras"
    if misled or out.suffix in {".h5", ".hdf5", ".pb", ".tflite", ".onnx"}:
        raise UserError(
            f"The format {format} is not written to a {out.suffix} file: choose a new folder"
            + (" or a name that ends in .keras." if format == "keras" else "."),
            str(out),
        )
    single = format == "keras" and out.suffix == ".keras"
    _check_free(out, single)
    experiment = folder.experiment()
    snapshot = chosen(folder, experiment)
    emit(PhaseChanged(phase="exporting"))
    labels = folder.labels()
    model = inference_model(rebuild(experiment, snapshot), experiment, len(labels))
    _pause(should_stop)
    with plainly(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name[:40]}.", dir=out.parent))
    try:
        staged = made / "export"
        with plainly(out):
            _write(staged, format, model, experiment, labels)
            mark = {"cnnstudio": cnnstudio.__version__, "run": folder.name, "format": format}
            (staged / MARK).write_text(json.dumps(mark) + "\n", "utf-8")
            text = _readme(format, experiment, labels, out if single else None)
            (staged / "README.md").write_text(text, "utf-8")
        _pause(should_stop)
        examples = _examples(experiment, model, emit, should_stop)
        checked = check(staged, format, experiment, examples, labels, emit, should_stop)
        with plainly(out):
            size = _settle(staged, out, single, made)
    except OSError as error:
        raise UserError(f"The model could not be written: {error}.", str(out)) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    finished = ExportFinished(
        path=str(out),
        format=format,
        size_bytes=size,
        largest_difference=checked.largest_difference,
        images_compared=checked.images,
        agreement=checked.agreement,
        seconds=time.monotonic() - began,
        sentence=_sentence(checked),
    )
    emit(finished)
    return finished


def write_saved_model(path: Path, model: Any, experiment: Experiment, labels: list[str]) -> None:
    """The SavedModel alone: functions `serve` and `labels`, signature `serving_default`.

    With an intensity window images are stored values, uint16 or float32, not grey levels.
    """
    dataset = experiment.dataset
    channels = experiment.input_shape[2]
    names = tf.constant(labels)

    window = window_of(experiment)

    @tf.function
    def serve(images: Any) -> Any:
        if window is not None:
            images = window_images(images, window)
        fitted = fit_images(images, dataset.image_size, dataset.resize, dataset.scale)
        return model(fitted, training=False)

    def classify(images: Any) -> dict[str, Any]:
        shares = serve(images)
        return {"probabilities": shares, "label": tf.gather(names, tf.argmax(shares, axis=-1))}

    kinds = (tf.uint8, tf.float32) if window is None else (tf.float32, tf.uint16, tf.uint8)
    shape = [None, None, None, channels]
    specs = [tf.TensorSpec(shape, kind, name="images") for kind in kinds]
    for spec in specs:
        serve.get_concrete_function(spec)
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", serve)
    archive.add_endpoint("serving_default", classify, input_signature=specs[:1])
    archive.add_endpoint("labels", lambda: names, input_signature=[])
    archive.write_out(str(path), verbose=False)


def write_keras_model(path: Path, model: Any) -> None:
    """The `.keras` file alone."""
    with warnings.catch_warnings():
        # Keras 3.15 copies variables in a way that NumPy 2 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        model.save(path)


def _write(
    staged: Path,
    format: str,
    model: Any,
    experiment: Experiment,
    labels: tuple[str, ...],
) -> None:
    if format == "savedmodel":
        write_saved_model(staged, model, experiment, list(labels))
    else:
        staged.mkdir()
        window = window_of(experiment)
        write_keras_model(
            staged / MODEL_FILE, model if window is None else of_values(model, window)
        )
    (staged / "labels.txt").write_text("".join(f"{name}\n" for name in labels), "utf-8")


def _readme(
    format: str, experiment: Experiment, labels: tuple[str, ...], single: Path | None
) -> str:
    if single is not None:
        names = single.name, single.with_suffix(".labels.txt").name
        return readme(format, experiment, labels, *names)
    return readme(format, experiment, labels, "." if format == "savedmodel" else MODEL_FILE)


def _examples(
    experiment: Experiment, model: Any, emit: Emit, should_stop: Callable[[], bool]
) -> Examples:
    """Images to check with and what the trained network says of them, as training reads them."""
    try:
        data = prepare(experiment, tell_progress(emit, "reading images"), should_stop)
    except UserError as error:
        return Examples((), np.zeros((0, 0), np.float32), error.sentence)
    part = data.validation if len(data.validation) else data.train
    part = _spread(part, MOST_COMPARED)
    said = np.concatenate(
        [model(images, training=False).numpy() for images, _ in plain_batches(part, 32)]
    )
    kind = "validation" if len(data.validation) else "training"
    return Examples(tuple(data.pictures[key] for key in part.keys), said, kind=kind)


def _spread(part: PartPixels, most: int) -> PartPixels:
    """At most `most` images, evenly spread over the part, so that every class is among them."""
    chosen = np.unique(np.linspace(0, len(part) - 1, min(most, len(part))).round().astype(np.int64))
    return PartPixels(
        part.pixels,
        part.rows[chosen],
        tuple(part.keys[i] for i in chosen),
        part.labels[chosen],
    )


def _check_free(out: Path, single: bool) -> None:
    """Raises where something lies at `out` that is not an earlier export of this program."""
    if single and out.exists():
        raise UserError(f"{out.name} exists already: choose another name.", str(out))
    if not out.exists() or (out.is_dir() and (_ours(out) or not any(out.iterdir()))):
        return
    what = "a folder with other things in it" if out.is_dir() else "a file"
    raise UserError(f"{out.name} is {what}: choose a new folder for the exported model.", str(out))


def _ours(folder: Path) -> bool:
    """Whether a folder is an export of this program, and nobody has put anything else into it."""
    try:
        names = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")}
        return names <= _WRITTEN and "cnnstudio" in json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return False


def _settle(staged: Path, out: Path, single: bool, made: Path) -> int:
    """Moves the finished export to its place; returns its size in bytes."""
    size = sum(file.stat().st_size for file in staged.rglob("*") if file.is_file())
    staged.chmod(0o755)
    if single:
        (staged / "labels.txt").replace(out.with_suffix(".labels.txt"))
        (staged / "README.md").replace(out.with_suffix(".README.md"))
        (staged / MODEL_FILE).replace(out)
        return size
    if out.exists():
        out.rename(made / "earlier")
    try:
        staged.rename(out)
    except OSError:
        if (made / "earlier").exists():
            (made / "earlier").rename(out)
        raise
    return size


def _pause(should_stop: ShouldStop) -> None:
    if should_stop():
        raise Stopped


def _sentence(checked: Checked) -> str:
    if not checked.images:
        return (
            "Read back in a fresh process, but not compared, because the images are not there: "
            f"{checked.note}"
        )
    images = f"{checked.images} {checked.kind} image{'s' * (checked.images != 1)}"
    sentence = (
        f"Checked in a fresh process: {images}, "
        f"largest difference {decimal(checked.largest_difference)}"
    )
    if checked.agreement < 1:
        differing = round((1 - checked.agreement) * checked.images)
        sentence += f"; {differing} of them got another class"
    return f"{sentence}."


def decimal(value: float) -> str:
    """A small number with two significant digits and no exponent, such as 0.0000012."""
    if value == 0:
        return "0"
    return np.format_float_positional(value, precision=2, fractional=False, trim="-")
