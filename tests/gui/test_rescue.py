"""Which ends of a run a smaller batch may save."""

import pytest

from cnnstudio.gui.rescue import in_short, smaller_batch
from cnnstudio.runs.events import RunFinished
from cnnstudio.worker.ending import describe_end


@pytest.mark.parametrize(
    "sentence",
    [
        "There is not enough memory. Lower the batch size or the image size.",
        describe_end(-9, ""),
        describe_end(-6, "terminate called after throwing an instance of 'std::bad_alloc'"),
    ],
)
def test_a_run_that_died_for_want_of_memory_is_offered_half_the_batch(sentence: str) -> None:
    last = RunFinished(reason="errored", sentence=sentence)
    assert smaller_batch(last, 32) == 16
    assert smaller_batch(last, 1) is None


def test_the_details_may_tell_it_too() -> None:
    last = RunFinished(reason="errored", sentence="It failed.", details="ResourceExhaustedError: x")
    assert smaller_batch(last, 5) == 2


def test_other_ends_are_not_the_batch() -> None:
    assert smaller_batch(RunFinished(reason="errored", sentence="The disk is full."), 32) is None
    assert smaller_batch(RunFinished(reason="canceled", sentence="No memory."), 32) is None


def test_the_strip_says_it_in_one_sentence() -> None:
    for code in (-9, -6):
        said = in_short(describe_end(code, "", 32))
        assert f"exit code {code}" in said
        assert "want of memory" in said
        assert said.count(". ") == 0
    assert in_short("One. Two.") == "One."
    assert in_short("Only one.") == "Only one."
