"""Downloads of sets by Keras, from a server on this computer: watched, stopped, and gone wrong."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from cnnstudio.data.keras_files import Part, is_here, sets_folder
from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.events import Event, PhaseChanged
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.keras_sets import KerasSet, keras_set
from cnnstudio.training.engine import keras
from cnnstudio.training.keras_sets import Load, fetch

MNIST = keras_set("mnist")
SIZE = 4_000_000


class Server(BaseHTTPRequestHandler):
    """Sends 4 MB for /set.npz, breaks off half-way for /half.npz, and has nothing else."""

    def do_GET(self) -> None:
        if self.path not in {"/set.npz", "/half.npz"}:
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(SIZE))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who has stopped hangs up
            self.wfile.write(bytes(SIZE if self.path == "/set.npz" else SIZE // 2))

    def log_message(self, format: str, *words: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server on this computer."""
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    serving.server_close()
    thread.join()


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """Where Keras puts what it downloads."""
    return tmp_path / "keras"


def part(images: int) -> Part:
    return np.zeros((images, 28, 28), np.uint8), (np.arange(images) % 10).astype(np.uint8)


def loader(address: str, downloads: Path, file_hash: str | None = None) -> Load:
    """What `keras.datasets` does: its own download, then arrays."""

    def load(one: KerasSet) -> tuple[Part, Part]:
        downloads.mkdir(exist_ok=True)
        keras.utils.get_file(
            "set.npz", address, file_hash=file_hash, cache_dir=str(downloads), cache_subdir="sets"
        )
        return part(40), part(20)

    return load


def never() -> bool:
    return False


def test_a_download_tells_its_bytes_and_leaves_standard_output_alone(
    server: str, downloads: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    events: list[Event] = []
    update = keras.utils.Progbar.update
    folder = fetch(MNIST, events.append, never, loader(f"{server}/set.npz", downloads))
    assert folder == sets_folder() / "mnist"
    assert is_here("mnist")
    phases = [event for event in events if isinstance(event, PhaseChanged)]
    told = [event.done for event in phases if event.phase == "downloading"]
    assert told == sorted(told)
    assert told[-1] == pytest.approx(SIZE, rel=0.02)
    assert 20 < len(told) <= 201
    assert phases[-1].phase == "unpacking"
    assert keras.utils.Progbar.update is update
    assert capfd.readouterr().out == ""


def test_a_set_that_is_here_is_not_loaded_again(server: str, downloads: Path) -> None:
    fetch(MNIST, lambda event: None, never, loader(f"{server}/set.npz", downloads))

    def load(one: KerasSet) -> tuple[Part, Part]:
        raise AssertionError

    assert fetch(MNIST, lambda event: None, never, load) == sets_folder() / "mnist"


def test_a_stopped_download_leaves_no_half_file(server: str, downloads: Path) -> None:
    events: list[Event] = []
    with pytest.raises(Stopped):
        fetch(
            MNIST,
            events.append,
            lambda: len(events) > 10,
            loader(f"{server}/set.npz", downloads),
        )
    assert len(events) == 11
    assert not is_here("mnist")
    assert list((downloads / "sets").iterdir()) == []


@pytest.mark.parametrize(
    ("path", "file_hash", "sentence"),
    [
        ("/none.npz", None, "storage.googleapis.com answers “503 Service Unavailable”"),
        ("/half.npz", None, "there is no connection to storage.googleapis.com"),
        ("/set.npz", "0" * 64, "what came is damaged and was not kept"),
    ],
    ids=["refused", "broken off", "wrong checksum"],
)
def test_a_failed_download_is_one_sentence(
    path: str, file_hash: str | None, sentence: str, server: str, downloads: Path
) -> None:
    with pytest.raises(UserError, match="MNIST could not be downloaded") as caught:
        fetch(MNIST, lambda event: None, never, loader(f"{server}{path}", downloads, file_hash))
    assert sentence in caught.value.sentence
    assert caught.value.details
    assert not is_here("mnist")


def test_a_server_that_is_not_there_is_one_sentence(downloads: Path) -> None:
    with pytest.raises(UserError, match=r"there is no connection to .* Check the network"):
        # Port 9 discards, where anything listens at all.
        fetch(MNIST, lambda event: None, never, loader("http://127.0.0.1:9/x", downloads))


def test_a_disk_that_refuses_is_named_so() -> None:
    def load(one: KerasSet) -> tuple[Part, Part]:
        raise OSError(28, "No space left on device", "mnist.npz")

    with pytest.raises(UserError, match="MNIST could not be downloaded: the disk is full"):
        fetch(MNIST, lambda event: None, never, load)
