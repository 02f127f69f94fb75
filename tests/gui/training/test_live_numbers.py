"""The live numbers: rounded, complete, and honest about what is not measured yet."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.stages.train_stage import TrainStage
from cnnstudio.gui.theme import DARK, LIGHT
from cnnstudio.gui.training.live_numbers import LiveNumbers
from cnnstudio.gui.training.matrix import LABEL, TOP, ConfusionMatrix
from cnnstudio.runs.events import Extended, FindingRaised, Paused
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory
from tests.gui.pages import built
from tests.gui.training.fake_run import facts, followed, history, started


@pytest.fixture
def numbers(qtbot: QtBot) -> LiveNumbers:
    made = LiveNumbers()
    qtbot.addWidget(made)
    made.set_theme(DARK)
    made.resize(280, 660)
    made.show()
    return made


def test_without_a_run_nothing_is_claimed(numbers: LiveNumbers) -> None:
    assert numbers.training.number.text() == "–"
    assert numbers.validation.noise.text() == "not measured yet"
    assert not numbers.classes.recall.rows


def test_a_held_and_an_extended_run_say_so(numbers: LiveNumbers) -> None:
    run = history(6)
    run.add(Extended(epochs=30))
    run.add(Paused(epoch=6, step=396, reason="asked", sentence="Paused."))
    numbers.set_history(run)
    assert numbers.fact("Epoch") == "6 of 30"
    assert numbers.fact("Time left") == "paused"
    assert numbers.ask.isHidden()


def test_a_run_in_progress_shows_accuracy_place_and_time(numbers: LiveNumbers) -> None:
    numbers.set_history(history(6))
    assert numbers.training.number.text() == "67"
    assert numbers.training.noise.text() == "± 1 %"
    assert numbers.best.noise.text() == "in epoch 6"
    assert numbers.fact("Epoch") == "6 of 20"
    assert numbers.fact("Step") == "396 of 1,320"
    assert numbers.fact("Images/s") == "212"
    assert numbers.fact("Time left") == "2 min 19 s"


def test_an_ended_run_has_no_time_left(numbers: LiveNumbers) -> None:
    numbers.set_history(history(20, end=True))
    assert numbers.fact("Time left") == "done"


def test_before_the_first_epoch_ends_the_last_batches_count(numbers: LiveNumbers) -> None:
    from tests.gui.training.fake_run import events

    run = RunHistory()
    for event in list(events(started(), 1))[:30]:
        run.add(event)
    numbers.set_history(run)
    assert numbers.training.number.text() != "–"
    assert numbers.clean.number.text() == "–"


def test_recall_by_class_is_the_diagonal_of_the_confusion_worst_first(
    numbers: LiveNumbers,
) -> None:
    run = history(6)
    numbers.set_history(run)
    counts = run.confusion
    assert counts is not None
    expected = sorted(np.diag(counts) / counts.sum(axis=1))
    assert [recall for _, recall, _ in numbers.classes.recall.rows] == pytest.approx(expected)


def test_a_run_that_learns_nothing_offers_the_doctor(numbers: LiveNumbers, qtbot: QtBot) -> None:
    numbers.set_history(history(5))
    assert numbers.ask.isHidden()
    numbers.set_history(history(5, end=True, learns=False))
    assert not numbers.ask.isHidden()
    with qtbot.waitSignal(numbers.diagnose_requested, timeout=5_000):
        numbers.ask.click()


def test_what_the_doctor_notices_during_the_run_is_named(numbers: LiveNumbers) -> None:
    run = history(2)
    found = Finding(
        cause="O1", title="The rate is too high", sentence=".", severity="error", confidence=0.9
    )
    run.add(FindingRaised(finding=found))
    run.add(FindingRaised(finding=found))
    numbers.set_history(run)
    assert numbers.findings.text() == "•  The rate is too high"


def test_a_cell_of_the_matrix_says_what_was_taken_for_what(qtbot: QtBot) -> None:
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.show_counts(np.array([[40, 5], [9, 36]]), ("cat", "dog"))
    matrix.resize(LABEL + 60, TOP + 60)
    assert (
        matrix.words_at(LABEL + 45, TOP + 10) == "5 of 45 images of cat (11 %) were taken for dog."
    )
    assert matrix.words_at(LABEL + 45, TOP + 45) == "36 of 45 images of dog (80 %) were recognized."
    assert matrix.words_at(3, 3) == ""


@pytest.mark.parametrize("classes", [2, 10, 300])
def test_a_matrix_of_any_size_can_be_painted(qtbot: QtBot, classes: int) -> None:
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    counts = np.eye(classes, dtype=np.int64) * 3
    matrix.show_counts(counts, tuple(str(index) for index in range(classes)))
    matrix.resize(300, matrix.heightForWidth(300))
    matrix.set_theme(LIGHT)
    light = matrix.grab().toImage()
    matrix.set_theme(DARK)
    assert matrix.grab().toImage() != light


def test_the_page_passes_a_run_to_all_of_its_panes(qtbot: QtBot) -> None:
    page = built(TrainStage())
    qtbot.addWidget(page)
    page.set_experiment(followed())
    page.set_facts(facts())
    page.set_theme(LIGHT)
    page.resize(1440, 724)
    page.show()
    page.set_history(history(3))
    page.curves.draw_now()
    assert len(page.curves.accuracy.lines["batches"].x) == 3 * 66
    assert page.numbers.fact("Epoch") == "3 of 20"
    assert page.scheduler.plot.chart.marks
    page.resize(1024, 524)
    assert page.width() == 1024
