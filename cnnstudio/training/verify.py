"""`python -m cnnstudio.training.verify REQUEST`: predicts with an exported model as others will.

Runs in a process of its own and loads a SavedModel with TensorFlow alone, without Keras, to prove
that the export needs nothing of this program. Says its progress and its answer as JSON lines.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cnnstudio.data.decode import decode, raw
from cnnstudio.data.picture import Picture, Reading
from cnnstudio.data.resize import resize
from cnnstudio.data.values import Values

Predict = Callable[[Picture], Any]

_REPEATS = 3
_TOLD_EVERY = 0.2


def main(request_file: Path) -> None:
    """Predicts every image at its own size and prints how far the answers are from expected."""
    request = json.loads(request_file.read_text("ascii"))
    predict, labels = _load(request)
    with np.load(request["expected"], allow_pickle=False) as file:
        expected = file["probabilities"]
    total, told = len(request["images"]), time.monotonic()
    said, spread = [], 0.0
    for number, plain in enumerate(request["images"]):
        picture = _picture(plain)
        answers = [predict(picture) for _ in range(_REPEATS if number == 0 else 1)]
        spread = max(spread, *(float(np.abs(a - answers[0]).max()) for a in answers))
        said.append(answers[0])
        if time.monotonic() - told > _TOLD_EVERY:
            told = time.monotonic()
            _say({"done": number + 1, "total": total})
    found = np.array(said, np.float64).reshape(expected.shape)
    same = found.argmax(axis=1) == expected.argmax(axis=1) if total else np.ones(1)
    _say(
        {
            "images": total,
            "largest_difference": float(np.abs(found - expected).max()) if total else 0.0,
            "agreement": float(np.mean(same)),
            "spread": spread,
            "labels_agree": labels == request["labels"],
        }
    )


def _picture(plain: dict[str, Any]) -> Picture:
    window = None if plain["window"] is None else (plain["window"][0], plain["window"][1])
    reading = Reading(plain["page"], tuple(plain["channels"]), window)
    return Picture(Path(plain["path"]), plain["item"], reading)


def _load(request: dict[str, Any]) -> tuple[Predict, list[str]]:
    """A function from one stored image to its probabilities, and the labels held."""
    path = Path(request["model"])
    if request["format"] == "savedmodel":
        import tensorflow as tf

        for card in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(card, True)
        # A loaded model must outlive its functions: they hold no reference to its weights.
        model = tf.saved_model.load(str(path))
        labels = [name.decode("utf-8") for name in model.labels().numpy()]

        def serve(picture: Picture, model: Any = model) -> Any:
            return model.serve(raw(picture, request["color"])[np.newaxis]).numpy()[0]

        return serve, labels
    from cnnstudio.training.engine import keras

    loaded = keras.saving.load_model(path / "model.keras")
    size = (int(request["image_size"][0]), int(request["image_size"][1]))

    def call(picture: Picture) -> Any:
        pixels = decode(picture, request["color"])
        fitted: Values = resize(pixels, size, request["resize"], request["scale"])
        if picture.reading.window is not None:
            # The model takes stored values; bringing them to its size is left to who calls it.
            low, high = picture.reading.window
            fitted = (low + fitted * ((high - low) / 255)).astype(np.float32)
        return loaded(fitted[np.newaxis], training=False).numpy()[0]

    return call, (path / "labels.txt").read_text("utf-8").splitlines()


def _say(words: dict[str, Any]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(Path(sys.argv[1]))
    # Nothing is left to tidy up, and TensorFlow takes a second to do so.
    os._exit(0)
