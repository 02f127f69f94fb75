"""Policies decide from the numbers so far; weights of classes come from their counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.dataset import HEAVIEST_CLASS, class_weights, prepare
from cnnstudio.training.policy import best_epoch, decide, keeping
from cnnstudio.training.progress import Progress


def after(**watched: list[float]) -> Progress:
    return Progress(watched=watched)


def test_without_a_policy_the_best_epoch_is_that_of_the_loss_on_new_images(
    make: Callable[..., Experiment],
) -> None:
    plain = make()
    assert keeping(plain) is None
    assert best_epoch(plain, Progress()) is None
    assert best_epoch(plain, after(training_loss=[3.0, 1.0, 2.0])) == 2
    numbers = after(training_loss=[3.0, 2.0, 1.0], validation_loss=[1.0, 2.0, 3.0])
    assert best_epoch(plain, numbers) == 1
    assert decide(plain, numbers).ends == ""


def test_a_policy_that_waited_long_enough_ends_the_run(make: Callable[..., Experiment]) -> None:
    policy = {"kind": "EarlyStopping", "monitor": "validation_accuracy", "patience": 2}
    experiment = make({"training.policies": [policy]})
    assert keeping(experiment) == experiment.training.policies[0]
    assert decide(experiment, after(validation_accuracy=[0.5, 0.6, 0.6])).ends == ""
    decision = decide(experiment, after(validation_accuracy=[0.5, 0.6, 0.6, 0.5]))
    assert decision.best_epoch == 2
    assert decision.ends == "the validation accuracy has stopped improving"


def test_progress_survives_the_way_through_a_file() -> None:
    progress = after(training_loss=[1.5])
    progress.sums.add(8, 0.5, 0.25, 0.125)
    assert Progress.from_plain(progress.plain()) == progress


def test_balanced_weights_count_every_class_alike_up_to_a_limit(
    make: Callable[..., Experiment],
) -> None:
    import dataclasses

    import numpy as np

    experiment = make({"training.class_weights": "balanced"})
    data = prepare(experiment, lambda done, total: None, lambda: False)
    labels = np.array([0] * 400 + [1] * 40 + [2] * 5)
    part = dataclasses.replace(
        data.train, labels=labels, rows=np.zeros(445, np.int64), keys=("",) * 445
    )
    uneven = dataclasses.replace(data, train=part)
    weights = class_weights(experiment, uneven)
    assert weights is not None
    assert weights == pytest.approx([445 / 1200, 445 / 120, HEAVIEST_CLASS])
    assert class_weights(make(), uneven) is None
    named = make({"training.class_weights": {"red": 3.0, "blue": 1.0, "green": 2.0}})
    assert class_weights(named, data) == pytest.approx([1.0, 2.0, 3.0])
