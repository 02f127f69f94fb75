"""Three kills at random moments, of the worker, of the program and of both; fifty: benchmarks."""

import os

import pytest

from tests.benchmarks.kills import trial


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="cannot wait for a stranger's process")
def test_a_killed_run_goes_on_to_the_weights_of_one_that_was_left_alone() -> None:
    report = trial(kills=3, seed=5)
    assert report.failures == []
    assert dict(report.kills) == {"worker": 1, "program": 1, "both": 1}
    assert report.equal == report.runs > 0
