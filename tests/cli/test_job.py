"""Work in the terminal always has a last word in its folder, however it ends."""

from pathlib import Path

import pytest

from cnnstudio.cli.job import ending, job
from cnnstudio.cli.output import Output
from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.events import Event, ExportFinished, RunFinished
from cnnstudio.runs.log import EventLog, read
from cnnstudio.spec.errors import UserError

DONE = ExportFinished(
    path="model",
    format="keras",
    size_bytes=1,
    largest_difference=0.0,
    images_compared=1,
    agreement=1.0,
    seconds=1.0,
    sentence="Exported.",
)


def last(folder: Path) -> RunFinished:
    """The only last word of a job folder."""
    (found,) = (event for event in read(folder / "events.jsonl") if event.event == "run_finished")
    assert isinstance(found, RunFinished)
    return found


@pytest.mark.parametrize(
    ("error", "reason", "sentence"),
    [
        (UserError("There is nothing to export.", "run", "more"), "errored", "There is nothing"),
        (Stopped(), "canceled", "Stopped."),
        (KeyboardInterrupt(), "canceled", "Stopped."),
        (ZeroDivisionError("a fault"), "errored", "An unexpected error ended the work: Zero"),
    ],
)
def test_work_that_fails_says_so_in_its_folder_and_to_the_person(
    tmp_path: Path, error: BaseException, reason: str, sentence: str
) -> None:
    with (
        pytest.raises(type(error)),
        job(tmp_path, Output(json=True), "Stopping.", lambda event: None),
    ):
        raise error
    word = last(tmp_path)
    assert word.reason == reason
    assert word.sentence.startswith(sentence)
    assert not (tmp_path / "control.json").exists()


def test_an_export_that_ends_well_says_so(tmp_path: Path) -> None:
    told: list[Event] = []

    def tell(event: Event) -> None:
        told.append(event)

    with job(tmp_path, Output(json=True), "Stopping.", tell) as work:
        work.emit(DONE)
    assert (last(tmp_path).reason, last(tmp_path).sentence) == ("completed", "Exported.")
    assert DONE in told


def test_work_that_has_its_own_last_word_says_it_once(tmp_path: Path) -> None:
    with EventLog(tmp_path / "events.jsonl") as log, ending(log):
        log.write(RunFinished(reason="completed", sentence="Healthy."))
    assert last(tmp_path).sentence == "Healthy."
