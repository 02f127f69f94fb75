"""The check of an export: a fresh process predicts from the image files, and we compare."""

import json
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.picture import Picture
from cnnstudio.data.stopping import Stopped
from cnnstudio.resources import child_environment
from cnnstudio.runs.events import Event, PhaseChanged
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment

_LOOK = 0.1  # seconds between two looks whether somebody wants to stop
_LAST_WORDS = 4000


@dataclass(frozen=True, slots=True)
class Examples:
    """Image files and what the trained network says of them: float32[n, classes].

    `note` says why there are none; `kind` is the part they are from.
    """

    pictures: tuple[Picture, ...]
    expected: NDArray[np.float32]
    note: str = ""
    kind: str = "validation"


@dataclass(frozen=True, slots=True)
class Checked:
    """Largest difference of probabilities, share of images with the same class (both 0..1)."""

    images: int
    largest_difference: float
    agreement: float
    note: str = ""
    kind: str = "validation"


def check(
    model: Path,
    format: str,
    experiment: Experiment,
    examples: Examples,
    labels: tuple[str, ...],
    emit: Callable[[Event], None],
    should_stop: Callable[[], bool],
) -> Checked:
    """Has a fresh process load `model` and predict the example files, each at its own size.

    Raises:
        UserError: the model cannot be read back, or does not answer the same twice.
        Stopped: `should_stop` returned true; the process is gone.
    """
    emit(PhaseChanged(phase="checking", total=len(examples.pictures)))
    with tempfile.TemporaryDirectory(prefix="cnnstudio-check-") as name:
        place = Path(name)
        np.savez(place / "expected.npz", probabilities=examples.expected)
        request = {
            "model": str(model),
            "format": format,
            "images": [_plain(picture) for picture in examples.pictures],
            "expected": str(place / "expected.npz"),
            "labels": list(labels),
            "color": experiment.dataset.color,
            "image_size": list(experiment.dataset.image_size),
            "resize": experiment.dataset.resize,
            "scale": experiment.dataset.scale,
        }
        (place / "request.json").write_text(json.dumps(request), "ascii")
        answer = _run(place / "request.json", place / "errors.txt", emit, should_stop)
    if answer["spread"] > 0 or not answer["labels_agree"]:
        raise UserError(
            "The exported model does not answer as it should: it was not put in place. "
            "Please report this.",
            place=str(model),
            details=json.dumps(answer),
        )
    return Checked(
        int(answer["images"]),
        float(answer["largest_difference"]),
        float(answer["agreement"]),
        examples.note,
        examples.kind,
    )


def _plain(picture: Picture) -> dict[str, object]:
    reading = picture.reading
    return {
        "path": str(picture.path),
        "item": picture.item,
        "page": reading.page,
        "channels": reading.channels,
        "window": reading.window,
    }


def _run(
    request: Path,
    errors: Path,
    emit: Callable[[Event], None],
    should_stop: Callable[[], bool],
) -> dict[str, Any]:
    """Runs the checking process and returns its answer."""
    answer: dict[str, Any] | None = None
    with errors.open("wb") as words:
        process = subprocess.Popen(
            # -P: a person's own files in the current folder must not be imported.
            [sys.executable, "-P", "-m", "cnnstudio.training.verify", str(request)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=words,
            env=child_environment(),
        )
    lines: queue.Queue[bytes | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, lines), name="check", daemon=True)
    reader.start()
    try:
        while True:
            if should_stop():
                raise Stopped
            try:
                line = lines.get(timeout=_LOOK)
            except queue.Empty:
                continue
            if line is None:
                break
            said = json.loads(line)
            if "done" in said:
                emit(PhaseChanged(phase="checking", done=said["done"], total=said["total"]))
            else:
                answer = said
    finally:
        if process.poll() is None and answer is None:
            process.kill()
        code = process.wait()
        reader.join()
        if process.stdout is not None:
            process.stdout.close()
    if code != 0 or answer is None:
        raise UserError(
            "The exported model could not be read back by a fresh process, "
            "so it was not put in place.",
            details=f"exit code {code}\n{errors.read_text('utf-8', 'replace')[-_LAST_WORDS:]}",
        )
    return answer


def _read(process: "subprocess.Popen[bytes]", lines: "queue.Queue[bytes | None]") -> None:
    for line in process.stdout or ():
        if line.startswith(b"{"):
            lines.put(line)
    lines.put(None)
