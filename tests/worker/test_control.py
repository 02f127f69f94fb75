"""The local socket of a job: commands by name, gone when the job is."""

import threading
from pathlib import Path

import pytest

from cnnstudio.runs.control_file import ControlFile, is_alive
from cnnstudio.runs.orders import Orders
from cnnstudio.spec.errors import UserError
from cnnstudio.worker.control import STOP, Serving, send, steering


def test_a_command_is_answered_and_carried_out(tmp_path: Path) -> None:
    stopped = threading.Event()
    with Serving(tmp_path, {STOP: stopped.set}):
        assert is_alive(tmp_path)
        assert send(tmp_path, "dance") == "unknown"
        assert not stopped.is_set()
        assert send(tmp_path, STOP) == "ok"
        assert stopped.wait(10)
        assert send(tmp_path, STOP) == "ok", "it goes on listening"
    assert not is_alive(tmp_path)
    assert send(tmp_path, STOP) is None
    assert list(tmp_path.iterdir()) == []


def test_socket_and_thread_are_gone_when_it_is_closed(tmp_path: Path) -> None:
    serving = Serving(tmp_path, {})
    control = ControlFile.read(tmp_path)
    assert control is not None
    serving.close()
    serving.close()
    assert not Path(control.address).exists()
    for thread in threading.enumerate():
        if thread.name == "control":
            thread.join(10)
            assert not thread.is_alive()


def test_a_folder_that_cannot_be_written_leaves_no_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sockets = tmp_path / "s"
    sockets.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(sockets))
    with pytest.raises(UserError, match="could not be written"):
        Serving(tmp_path / "missing", {})
    assert list(sockets.iterdir()) == []


def test_a_long_temporary_folder_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    stopped = threading.Event()
    with Serving(tmp_path, {STOP: stopped.set}):
        assert send(tmp_path, STOP) == "ok"
    assert list(deep.iterdir()) == []


def test_a_number_may_follow_where_one_belongs(tmp_path: Path) -> None:
    orders = Orders()
    with Serving(tmp_path, steering(orders), {"extend": orders.extend}):
        for nonsense in ("extend", "extend 0", "extend -1", "extend x", "extend ²", "pause 3"):
            assert send(tmp_path, nonsense) == "unknown", nonsense
        assert send(tmp_path, "extend " + "9" * 4000) == "unknown"
        assert send(tmp_path, "extend 10") == "ok"
        orders.wait(0, 10)
        assert orders.take_epochs() == 10
        assert orders.take_epochs() == 0


def test_a_stop_ends_a_pause_and_is_not_taken_back() -> None:
    orders = Orders()
    orders.pause()
    assert (orders.pausing(), orders.stopping()) == (True, False)
    orders.resume()
    assert not orders.pausing()
    orders.pause()
    orders.stop()
    orders.pause()
    assert (orders.pausing(), orders.stopping()) == (False, True)
    orders.wait(0, 3600)  # what has happened already is not waited for


def test_who_waits_for_an_order_hears_it(tmp_path: Path) -> None:
    orders = Orders()
    heard = threading.Event()

    def wait() -> None:
        orders.wait(0, 3600)
        heard.set()

    threading.Thread(target=wait, daemon=True).start()
    with Serving(tmp_path, steering(orders)):
        assert send(tmp_path, "pause") == "ok"
        assert heard.wait(10)
