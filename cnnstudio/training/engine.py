"""Keras and TensorFlow, imported once with the same settings everywhere; where they compute."""

import contextlib
import logging
import os
import platform
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
# TensorFlow's native chatter would be all that a person sees of a worker's log.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


@contextlib.contextmanager
def _quiet_terminal() -> Iterator[None]:
    """Keeps native chatter off a person's terminal; a worker's log gets every word."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


# TensorFlow 2.21 logs four lines at its import whatever TF_CPP_MIN_LOG_LEVEL says.
with _quiet_terminal(), warnings.catch_warnings():
    warnings.simplefilter("ignore")  # TensorFlow's own imports use what NumPy deprecates
    import keras
    import tensorflow as tf

tf.get_logger().setLevel(logging.ERROR)
# A person's ~/.keras/keras.json must not change what an experiment means.
keras.config.set_floatx("float32")
keras.config.set_image_data_format("channels_last")

for _card in tf.config.list_physical_devices("GPU"):
    # Otherwise the first network takes all memory of the card, and a check beside it has none.
    tf.config.experimental.set_memory_growth(_card, True)

_CPU_DEVICES = int(os.environ.get("CNNSTUDIO_CPU_DEVICES", "1"))
"""For tests: into how many devices the processor is divided, to share batches without cards."""
if _CPU_DEVICES > 1:
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration() for _ in range(_CPU_DEVICES)],
    )

__all__ = ["Device", "Part", "device", "devices", "keras", "tf", "versions"]


@dataclass(frozen=True, slots=True)
class Device:
    """What computes: a short name ("CPU") and one sentence that says why it is this one."""

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Part:
    """One of several devices: its name for TensorFlow ("GPU:0"), and what it is ("NVIDIA H100")."""

    name: str
    kind: str


def devices() -> tuple[Part, ...]:
    """The devices that could share a batch: all graphics cards, or else the processor."""
    cards = tf.config.list_physical_devices("GPU")
    if cards:
        return tuple(Part(f"GPU:{number}", _kind(card)) for number, card in enumerate(cards))
    return tuple(Part(f"CPU:{number}", "CPU") for number in range(max(1, _CPU_DEVICES)))


def device() -> Device:
    """The device that training uses."""
    cards = tf.config.list_physical_devices("GPU")
    if cards:
        name = _kind(cards[0])
        note = f"TensorFlow uses the graphics card {name}."
        if len(cards) > 1:
            note = f"TensorFlow uses one of {len(cards)} graphics cards, {name}."
        return Device(name, note)
    if platform.system() == "Windows":
        return Device("CPU", "TensorFlow no longer uses graphics cards on Windows; WSL2 does.")
    if not tf.test.is_built_with_cuda():
        return Device("CPU", "This build of TensorFlow has no support for graphics cards.")
    return Device("CPU", "TensorFlow found no graphics card that it can use.")


def _kind(card: Any) -> str:
    return str(tf.config.experimental.get_device_details(card).get("device_name", "GPU"))


def versions() -> dict[str, str]:
    """The versions that a run's numbers depend on."""
    import cv2
    import numpy
    import PIL

    import cnnstudio

    return {
        "cnnstudio": cnnstudio.__version__,
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": numpy.__version__,
        "opencv": cv2.__version__,
        "pillow": PIL.__version__,
    }
