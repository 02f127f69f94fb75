"""What is told of the layers of a run is true, and telling it changes nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from cnnstudio.data.stopping import Stop
from cnnstudio.runs.events import EpochEnded, Event, LayerStatistics, LayerValues
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import Network, build, seed
from cnnstudio.training.clean import sample
from cnnstudio.training.dataset import prepare, training_batches
from cnnstudio.training.engine import tf
from cnnstudio.training.loop import Diverged, Loop
from cnnstudio.training.progress import Progress
from cnnstudio.training.schedule import RateTable, rates
from cnnstudio.training.snapshot import variables
from cnnstudio.training.statistics import IMAGES, Allowance

Make = Callable[..., Experiment]
GO_ON: Stop = lambda: False  # noqa: E731
ALWAYS, NEVER = math.inf, 0.0

PLAIN = [
    {"kind": "Conv2D", "filters": 4, "activation": "relu"},
    {"kind": "Conv2D", "filters": 6, "activation": "tanh"},
    {"kind": "Flatten"},
    {"kind": "Dense", "units": 3, "activation": "softmax"},
]
PRECISE = {"model.layers": PLAIN, "training.optimizer": {"kind": "SGD", "learning_rate": 0.05}}


def ready(experiment: Experiment, share: float = ALWAYS) -> tuple[Network, Loop]:
    """A fresh network and its loop, in which as many steps are sampled as `share` allows."""
    data = prepare(experiment, lambda done, total: None, GO_ON)
    schedule = experiment.training.optimizer.learning_rate.resolved(12)
    seed(experiment.training.seed)
    table = RateTable(rates(schedule, 0, 12))
    network = build(experiment, table, data.statistics(experiment))
    loop = Loop(network, table, experiment, data, Progress())
    loop.sampler.updates = Allowance(share, rest=0.0)
    loop.sampler.activity = Allowance(share, rest=0.0)
    return network, loop


def samples(events: list[Event | None]) -> list[LayerStatistics]:
    return [event for event in events if isinstance(event, LayerStatistics)]


def by_name(event: LayerStatistics) -> dict[str, LayerValues]:
    return {layer.name: layer for layer in event.layers}


def norm(values: list[Any]) -> float:
    return math.sqrt(sum(float(np.sum(np.float64(np.asarray(v)) ** 2)) for v in values))


@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_weights_with_statistics_are_exactly_those_without(make: Make, precision: str) -> None:
    experiment = make(
        {
            "training.precision": precision,
            "model.layers.0.kernel_regularizer": {"kind": "L2", "l2": 0.01},
            "augmentation.operations": [{"kind": "RandomFlip"}, {"kind": "RandomRotation"}],
        }
    )
    watched, told = ready(experiment)
    plain, silent = ready(experiment, NEVER)
    steps = samples(list(told.events()))
    assert len(steps) == 12
    assert not samples(list(silent.events()))
    mine, others = variables(watched), variables(plain)
    assert mine.keys() == others.keys()
    for name in mine:
        assert np.array_equal(mine[name].numpy(), others[name].numpy()), name


def test_a_penalty_on_outputs_is_not_counted_twice_for_looking_at_them(make: Make) -> None:
    penalty = {"model.layers.0.activity_regularizer": {"kind": "L1", "l1": 0.01}}
    told, silent = (list(ready(make(penalty), share)[1].events()) for share in (ALWAYS, NEVER))
    ends, others = ([e for e in run if isinstance(e, EpochEnded)] for run in (told, silent))
    assert samples(told)
    assert [end.clean_training for end in ends] == [end.clean_training for end in others]
    assert [end.penalty for end in ends] == [end.penalty for end in others]


def test_gradients_and_updates_are_those_of_the_step(make: Make) -> None:
    experiment = make(PRECISE)
    network, loop = ready(experiment)
    data = prepare(experiment, lambda done, total: None, GO_ON)
    first = next(iter(training_batches(experiment, data.train).epoch(0)))
    with tf.GradientTape() as tape:
        outputs = network(tf.cast(first.images, tf.float32), training=True)
        loss = tf.reduce_mean(
            tf.keras.losses.sparse_categorical_crossentropy(first.labels, outputs)
        )
    gradients = tape.gradient(loss, [v.value for v in network.trainable_variables])
    before = [v.numpy() for v in network.trainable_variables]
    events = loop.events()
    told = by_name(next(event for event in events if isinstance(event, LayerStatistics)))
    events.close()
    after = [v.numpy() for v in network.trainable_variables]
    assert list(told) == ["conv2d", "conv2d_1", "dense"]
    for place, layer in enumerate(told.values()):
        own = slice(2 * place, 2 * place + 2)
        weight = norm(before[own])
        change = norm([a - b for a, b in zip(after[own], before[own], strict=True)])
        assert layer.gradient == pytest.approx(norm(gradients[own]), rel=1e-3)
        assert layer.weight == pytest.approx(weight, rel=1e-3)
        assert layer.update_ratio == pytest.approx(change / weight, rel=1e-3)
        # Plain descent changes weights by the rate times the gradient.
        assert change == pytest.approx(0.05 * norm(gradients[own]), rel=1e-3)


def test_gradients_are_told_before_clipping_and_without_the_scale_of_half_precision(
    make: Make,
) -> None:
    def first(changes: dict[str, Any]) -> dict[str, LayerValues]:
        _, loop = ready(make({**PRECISE, **changes}))
        events = loop.events()
        told = next(event for event in events if isinstance(event, LayerStatistics))
        events.close()
        return by_name(told)

    plain = first({})
    clipped = first({"training.optimizer.global_clipnorm": 1e-3})
    halves = first({"training.precision": "mixed_float16"})
    for name, layer in plain.items():
        assert layer.gradient is not None
        assert layer.update_ratio is not None
        assert clipped[name].gradient == layer.gradient
        assert clipped[name].update_ratio == pytest.approx(0, abs=0.1 * layer.update_ratio)
        assert halves[name].gradient == pytest.approx(layer.gradient, rel=0.05)


def test_units_that_never_answer_are_dead_and_level_values_saturated(make: Make) -> None:
    network, loop = ready(make({**PRECISE, "training.optimizer.learning_rate": 1e-9}))
    first, second = network.get_layer("conv2d"), network.get_layer("conv2d_1")
    first.kernel.assign(tf.ones_like(first.kernel))
    first.bias.assign([-1000.0, 0.0, -1000.0, 0.0])
    second.kernel.assign(tf.zeros_like(second.kernel))
    second.bias.assign([2.0, -2.0, 2.2, 0.0, 1.0, -3.0])
    told = by_name(samples(list(loop.events()))[0])
    assert told["conv2d"].dead == 0.5
    assert told["conv2d"].saturated is None
    # tanh(2) = 0.964 is not yet saturated, tanh(2.2) = 0.976 and tanh(-3) are.
    assert told["conv2d_1"].saturated == pytest.approx(2 / 6, abs=1e-4)
    assert told["conv2d_1"].dead is None
    assert told["dense"].dead is None
    assert told["dense"].saturated is not None


def test_a_layer_of_its_own_for_the_activation_is_told_too(make: Make) -> None:
    network, loop = ready(make())
    network.get_layer("batch_normalization").beta.assign(tf.fill([8], -10.0))
    first = by_name(samples(list(loop.events()))[0])
    assert first["activation"] == LayerValues(name="activation", kind="Activation", dead=1.0)
    assert "max_pooling2d" not in first


def test_looking_at_the_layers_changes_no_state(make: Make) -> None:
    network, loop = ready(make())
    events = loop.events()
    for event in events:
        if isinstance(event, LayerStatistics):
            break
    kept = {name: variable.numpy() for name, variable in variables(network).items()}
    gradients = loop._step.gradients
    assert gradients is not None
    loop.sampler.begin(last=False)
    told = loop.sampler.sample(1, 2, gradients)
    events.close()
    assert by_name(told)["activation"].dead is not None
    assert by_name(told)["conv2d"].update_ratio == 0.0
    for name, variable in variables(network).items():
        assert np.array_equal(variable.numpy(), kept[name]), name


def test_a_run_that_breaks_says_which_layers_hold_no_numbers(make: Make) -> None:
    experiment = make(
        {
            "training.optimizer": {"kind": "SGD", "learning_rate": 100.0},
            "training.epochs": 40,
            "model.input_scaling": "none",
            "model.layers.1": {"kind": "Conv2D", "activation": "linear"},
        }
    )
    _, loop = ready(experiment, NEVER)
    told: list[Event | None] = []
    with pytest.raises(Diverged) as caught:
        told.extend(loop.events())
    (last,) = samples(told)
    assert last.step == caught.value.step
    gradients = [layer.gradient for layer in last.layers if layer.gradient is not None]
    assert gradients
    assert not any(math.isfinite(gradient) for gradient in gradients)
    assert all(layer.update_ratio is None for layer in last.layers)


def test_where_a_step_gives_out_no_gradients_no_other_one_is_picked(make: Make) -> None:
    _, loop = ready(make())
    assert loop.sampler.begin(last=False)
    assert not loop.sampler.begin(last=False)
    assert not loop.sampler.begin(last=True)


def test_the_last_step_of_an_epoch_is_sampled_where_the_allowance_lets_it(make: Make) -> None:
    _, loop = ready(make())
    loop.sampler.updates = Allowance(ALWAYS, rest=math.inf)
    events = list(loop.events())
    ends = [event.step for event in events if isinstance(event, EpochEnded)]
    # A rest without end leaves the very first sample and those that ask for none.
    assert [event.step for event in samples(events)] == [1, *ends]


def test_measuring_stays_within_its_share_whatever_it_costs() -> None:
    allowance = Allowance(0.01, rest=0.5, guess=0.004)
    trained = 0.0
    taken: list[float] = []
    for _ in range(20_000):
        trained += 0.01
        if allowance.allows(trained):
            cost = 0.03 if not taken else 0.004
            allowance.charge(cost, trained)
            taken.append(trained)
            # One that cost more than was thought is paid back before the next.
            assert allowance.spent <= 0.01 * trained + 0.03
    assert allowance.spent <= 0.01 * trained
    assert min(b - a for a, b in pairwise(taken)) >= 0.5 - 1e-9
    assert len(taken) > 100


def test_a_long_run_is_sampled_ever_more_rarely() -> None:
    allowance = Allowance(0.01, guess=1e-4)
    taken = 0
    for second in range(1, 36_001):
        if allowance.allows(float(second)):
            allowance.charge(1e-4, float(second))
            taken += 1
    assert 1000 < taken < 3000


def test_the_images_that_are_looked_at_are_few_and_the_same(make: Make) -> None:
    experiment = make({"dataset.batch_size": 3})
    _, loop = ready(experiment)
    data = prepare(experiment, lambda done, total: None, GO_ON)
    wanted = sample(data.train, experiment.training.seed, IMAGES)
    assert loop.sampler.images == wanted.keys
    assert len(wanted.keys) == IMAGES
