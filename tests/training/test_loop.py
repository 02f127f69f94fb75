"""Our loop trains as `model.fit` does, to the last bit, and tells each batch's own numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from cnnstudio.data.stopping import Stop
from cnnstudio.runs.events import BatchEnded, EpochEnded
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import Network, build, seed
from cnnstudio.training.dataset import TrainingData, class_weights, prepare, training_batches
from cnnstudio.training.engine import tf
from cnnstudio.training.loop import Diverged, Loop
from cnnstudio.training.progress import Progress
from cnnstudio.training.schedule import RateTable, rates
from cnnstudio.training.snapshot import variables

GO_ON: Stop = lambda: False  # noqa: E731

RICH = {
    "model.layers.0.kernel_regularizer": {"kind": "L2", "l2": 0.01},
    "augmentation.operations": [{"kind": "RandomFlip"}, {"kind": "RandomRotation"}],
    "training.optimizer.learning_rate": {"kind": "CosineDecay", "initial_learning_rate": 0.01},
    "training.optimizer.global_clipnorm": 0.5,
}


def ready(experiment: Experiment, steps: int) -> tuple[TrainingData, RateTable, Network]:
    data = prepare(experiment, lambda done, total: None, GO_ON)
    schedule = experiment.training.optimizer.learning_rate.resolved(steps)
    seed(experiment.training.seed)
    table = RateTable(rates(schedule, 0, steps))
    return data, table, build(experiment, table, data.statistics(experiment))


@pytest.mark.parametrize("weighted", [False, True])
def test_the_weights_are_exactly_those_of_fit(
    make: Callable[..., Experiment], weighted: bool
) -> None:
    weights = {"blue": 2.0, "green": 1.0, "red": 0.5} if weighted else "none"
    experiment = make({**RICH, "training.class_weights": weights})
    epochs, per_epoch = 2, 6
    data, table, ours = ready(experiment, epochs * per_epoch)
    events = list(Loop(ours, table, experiment, data, Progress()).events())
    assert sum(isinstance(event, BatchEnded) for event in events) == epochs * per_epoch

    data, table, theirs = ready(experiment, epochs * per_epoch)
    batches = training_batches(experiment, data.train)
    assert len(batches) == per_epoch
    by_class = class_weights(experiment, data)

    def feed() -> Iterator[tuple[Any, ...]]:
        for epoch in range(epochs):
            for images, labels, *_ in batches.epoch(epoch):
                yield (images, labels) if by_class is None else (images, labels, by_class[labels])

    signature: tuple[Any, ...] = (
        tf.TensorSpec([None, 16, 16, 3], tf.uint8),
        tf.TensorSpec([None], tf.int64),
    )
    if by_class is not None:
        signature += (tf.TensorSpec([None], tf.float32),)
    fed = tf.data.Dataset.from_generator(feed, output_signature=signature)
    theirs.fit(fed, epochs=epochs, steps_per_epoch=per_epoch, shuffle=False, verbose=0)

    mine, others = variables(ours), variables(theirs)
    assert mine.keys() == others.keys()
    worst = max(
        float(np.abs(np.float64(mine[k].numpy()) - np.float64(others[k].numpy())).max())
        for k in mine
    )
    assert worst == 0.0


def test_an_epoch_is_the_mean_of_its_batches_weighted_by_their_size(
    make: Callable[..., Experiment],
) -> None:
    experiment = make({**RICH, "training.epochs": 1, "dataset.batch_size": 10})
    data, table, network = ready(experiment, 5)
    assert len(data.train) == 45  # the last batch holds five
    events = list(Loop(network, table, experiment, data, Progress()).events())
    batches = [event for event in events if isinstance(event, BatchEnded)]
    (epoch,) = [event for event in events if isinstance(event, EpochEnded)]
    sizes = np.array([10, 10, 10, 10, 5])
    for name in ("loss", "accuracy"):
        values = np.array([getattr(batch, name) for batch in batches])
        assert getattr(epoch.training, name) == pytest.approx(np.sum(sizes * values) / 45)
    assert [batch.step for batch in batches] == [1, 2, 3, 4, 5]
    # An accuracy that is the batch's own is a whole number of its images.
    right = [batch.accuracy * size for batch, size in zip(batches, sizes, strict=True)]
    assert right == pytest.approx(np.round(right), abs=1e-5)
    schedule = experiment.training.optimizer.learning_rate.resolved(5)
    assert [batch.learning_rate for batch in batches] == pytest.approx(rates(schedule, 0, 5))
    assert epoch.confusion is not None
    assert np.sum(epoch.confusion) == len(data.validation)
    known = np.trace(np.array(epoch.confusion))
    assert epoch.validation is not None
    assert epoch.validation.accuracy == pytest.approx(known / len(data.validation))


def test_not_pulling_pauses_and_closing_ends(make: Callable[..., Experiment]) -> None:
    experiment = make()
    data, table, network = ready(experiment, 12)
    progress = Progress()
    events = Loop(network, table, experiment, data, progress).events()
    while progress.step < 3:
        next(events)
    kept = {key: variable.numpy() for key, variable in variables(network).items()}
    assert (progress.epoch, progress.batch) == (0, 3)
    events.close()
    assert list(events) == []
    for key, variable in variables(network).items():
        assert np.array_equal(variable.numpy(), kept[key])


def test_a_loss_that_is_no_number_ends_training_at_its_step(
    make: Callable[..., Experiment],
) -> None:
    # A rate of 100 without a limit on the gradients: the weights overflow within a few steps.
    experiment = make(
        {
            "training.optimizer": {"kind": "SGD", "learning_rate": 100.0},
            "training.epochs": 40,
            "model.input_scaling": "none",
            "model.layers.1": {"kind": "Conv2D", "activation": "linear"},
        }
    )
    data, table, network = ready(experiment, 240)
    events = Loop(network, table, experiment, data, Progress()).events()
    told: list[BatchEnded] = []
    with pytest.raises(Diverged) as caught:
        told.extend(event for event in events if isinstance(event, BatchEnded))
    assert caught.value.rate == 100.0
    assert caught.value.step == told[-1].step
    assert [np.isfinite(batch.loss) for batch in told] == [True] * (len(told) - 1) + [False]
