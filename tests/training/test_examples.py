"""What is told of single validation images: the same sample all along, and the worst mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.data.cache import PartPixels
from cnnstudio.runs.events import EpochEnded, Prediction, PredictionsMade, Scores
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import build, probabilities, seed
from cnnstudio.training.dataset import prepare
from cnnstudio.training.evaluate import Measured
from cnnstudio.training.examples import SAMPLE, WORST, Examples, sample_rows, worst_rows
from cnnstudio.training.loop import Loop
from cnnstudio.training.progress import Progress
from cnnstudio.training.schedule import RateTable, rates
from cnnstudio.training.session import conduct

Make = Callable[..., Experiment]


def part_of(*counts: int) -> PartPixels:
    """A part with so many images of each class."""
    labels = np.repeat(np.arange(len(counts)), counts).astype(np.int64)
    keys = tuple(f"{label}/{number}.png" for number, label in enumerate(labels))
    pixels = np.zeros((len(labels), 1, 1, 1), np.uint8)
    return PartPixels(pixels, np.arange(len(labels)), keys, labels)


def measured(labels: list[int], predicted: list[int], sure: list[float]) -> Measured:
    shares = np.array([sure, [1 - share for share in sure]], np.float32).T
    nothing = Scores(loss=0.0, accuracy=0.0)
    return Measured(nothing, np.array(predicted), np.array(labels), shares)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((120, 120), [12, 12]),
        ((300, 100), [18, 6]),
        ((1000, 1, 1), [22, 1, 1]),
        ((3, 4), [3, 4]),
        ((5, 0, 5), [5, 5]),
    ],
)
def test_classes_are_in_proportion_and_none_is_missing(
    counts: tuple[int, ...], expected: list[int]
) -> None:
    part = part_of(*counts)
    rows = sample_rows(part, 0)
    assert len(rows) == len(set(rows.tolist())) == min(SAMPLE, sum(counts))
    found = Counter(part.labels[rows].tolist())
    assert [found[label] for label in sorted(found)] == expected
    assert part.labels[rows].tolist() == sorted(part.labels[rows].tolist())


def test_of_more_classes_than_places_the_largest_are_shown_once_each() -> None:
    part = part_of(*[3] * 30, *[9] * 20)
    labels = part.labels[sample_rows(part, 0)]
    assert len(set(labels.tolist())) == SAMPLE
    assert set(range(30, 50)) <= set(labels.tolist())
    others = [set(part.labels[sample_rows(part, n)].tolist()) - set(range(30, 50)) for n in (1, 2)]
    assert others[0] != others[1]


def test_an_image_that_is_missing_changes_no_other_place() -> None:
    part = part_of(40, 40)
    before = [part.keys[row] for row in sample_rows(part, 7)]
    gone = part.keys.index(before[3])
    keep = np.delete(np.arange(len(part)), gone)
    rest = PartPixels(
        part.pixels, part.rows[keep], tuple(part.keys[i] for i in keep), part.labels[keep]
    )
    after = [rest.keys[row] for row in sample_rows(rest, 7)]
    assert set(before) - set(after) == {before[3]}
    assert after != [part.keys[row] for row in sample_rows(part, 8)]


def test_the_worst_are_wrong_and_the_surest_come_first() -> None:
    of = measured([0, 0, 1, 1, 2], [1, 0, 0, 0, 1], [0.6, 1.0, 0.9, float("nan"), 0.7])
    assert worst_rows(of).tolist() == [2, 4, 0]
    assert worst_rows(of, 2).tolist() == [2, 4]
    many = measured([0] * 50, [1] * 50, [0.5] * 50)
    assert worst_rows(many).tolist() == list(range(WORST))


def test_a_row_says_the_answer_its_probability_and_that_of_the_truth() -> None:
    part = PartPixels(
        np.zeros((2, 1, 1, 1), np.uint8),
        np.arange(2),
        ("a/na\udcffme.png", "b/2.png"),
        np.array([0, 1]),
    )
    told = Examples(part, 0).judged(3, 30, measured([0, 1], [0, 0], [0.87654321, 0.75]))
    assert (told.epoch, told.step) == (3, 30)
    assert told.sample == (
        Prediction("a/na?me.png", 0, 0, 0.8765, 0.1235),
        Prediction("b/2.png", 1, 0, 0.75, 0.25),
    )
    assert told.worst == (Prediction("b/2.png", 1, 0, 0.75, 0.25),)


def test_what_is_told_is_what_the_network_says(make: Make) -> None:
    experiment = make({"training.epochs": 1, "dataset.batch_size": 40})
    data = prepare(experiment, lambda done, total: None, lambda: False)
    seed(0)
    schedule = experiment.training.optimizer.learning_rate.resolved(2)
    table = RateTable(rates(schedule, 0, 2))
    network = build(experiment, table, None)
    events = list(Loop(network, table, experiment, data, Progress()).events())
    (told,) = [event for event in events if isinstance(event, PredictionsMade)]
    (ended,) = [event for event in events if isinstance(event, EpochEnded)]
    assert events.index(told) < events.index(ended)
    assert (told.epoch, told.step) == (ended.epoch, ended.step)
    part = data.validation
    said: Any = probabilities(network(part.pixels[part.rows], training=False), experiment, 3)
    shares = dict(zip(part.keys, said.numpy(), strict=True))
    labels = dict(zip(part.keys, part.labels.tolist(), strict=True))
    assert len(told.sample) == len(part) == 15
    for one in (*told.sample, *told.worst):
        assert one.label == labels[one.key]
        assert one.predicted == int(np.argmax(shares[one.key]))
        assert one.share == pytest.approx(float(shares[one.key].max()), abs=1e-4)
        assert one.true_share == pytest.approx(float(shares[one.key][one.label]), abs=1e-4)
    assert ended.validation is not None
    wrong = round((1 - ended.validation.accuracy) * len(part))
    assert len(told.worst) == min(WORST, wrong)
    assert all(one.predicted != one.label for one in told.worst)


def test_the_sample_is_the_same_in_every_epoch_and_after_a_resume(
    make: Make, tmp_path: Path, listener: Any
) -> None:
    experiment = make({"training.epochs": 4})
    folder = RunFolder.create(tmp_path, experiment)
    first = listener(lambda event: isinstance(event, EpochEnded) and event.epoch == 2)
    assert conduct(experiment, folder, first.emit, first.should_stop).reason == "canceled"
    second = listener()
    conduct(experiment, folder, second.emit, second.should_stop, resume=True)
    told = [*first.of(PredictionsMade), *second.of(PredictionsMade)]
    assert [event.epoch for event in told] == [1, 2, 3, 4]
    assert len({tuple(one.key for one in event.sample) for event in told}) == 1
    assert len({tuple(one.share for one in event.sample) for event in told}) == 4


def test_a_stop_while_it_is_told_has_the_epoch_measured_again(
    make: Make, tmp_path: Path, listener: Any
) -> None:
    experiment = make()
    folder = RunFolder.create(tmp_path, experiment)
    first = listener(lambda event: isinstance(event, PredictionsMade))
    conduct(experiment, folder, first.emit, first.should_stop)
    assert not first.of(EpochEnded)
    second = listener()
    conduct(experiment, folder, second.emit, second.should_stop, resume=True)
    assert [event.epoch for event in second.of(EpochEnded)] == [1, 2]
    history = RunHistory()
    for event in (*first.events, *second.events):
        history.add(event)
    assert [event.epoch for event in history.predictions] == [1, 2]


def test_without_validation_images_nothing_is_told(
    make: Make, tmp_path: Path, listener: Any
) -> None:
    experiment = make({"dataset.split.validation": 0.0, "training.epochs": 1})
    heard = listener()
    conduct(experiment, RunFolder.create(tmp_path, experiment), heard.emit, heard.should_stop)
    assert heard.of(EpochEnded)
    assert not heard.of(PredictionsMade)
