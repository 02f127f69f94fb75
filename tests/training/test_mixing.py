"""Images mixed by MixUp and CutMix: soft labels, weights as from `fit`, and every job of a run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.doctor.forks import AUGMENTATION_OFF, is_control
from cnnstudio.runs.events import BatchEnded, EpochEnded
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import build, seed, target
from cnnstudio.training.clean import clean_accuracy
from cnnstudio.training.dataset import class_weights, prepare, training_batches
from cnnstudio.training.engine import tf
from cnnstudio.training.export import export
from cnnstudio.training.forks import diagnose_run
from cnnstudio.training.loop import Loop, TrainingStep
from cnnstudio.training.progress import Progress
from cnnstudio.training.schedule import RateTable, rates
from cnnstudio.training.session import conduct
from cnnstudio.training.snapshot import Checkpoints, variables

Make = Callable[..., Experiment]

MIXING = [{"kind": "RandomFlip"}, {"kind": "MixUp", "probability": 0.5}, {"kind": "CutMix"}]
BARE = [{"kind": "Conv2D", "filters": 4}, {"kind": "GlobalAveragePooling2D"}]
SIGMOID = {"kind": "Dense", "units": 1, "activation": "sigmoid"}
SOFTMAX = {"kind": "Dense", "units": 3, "activation": "softmax"}

LOSSES: dict[str, tuple[int, dict[str, Any]]] = {
    "class numbers": (3, {"model.layers": [*BARE, SOFTMAX]}),
    "class numbers, more units than classes": (
        3,
        {"model.layers": [*BARE, {"kind": "Dense", "units": 5, "activation": "softmax"}]},
    ),
    "class numbers from logits": (
        3,
        {
            "model.layers": [*BARE, {"kind": "Dense", "units": 3}],
            "training.loss": {"kind": "SparseCategoricalCrossentropy", "from_logits": True},
        },
    ),
    "one-hot rows, smoothed": (
        3,
        {
            "model.layers": [*BARE, SOFTMAX],
            "training.loss": {"kind": "CategoricalCrossentropy", "label_smoothing": 0.2},
        },
    ),
    "two classes": (
        2,
        {"model.layers": [*BARE, SIGMOID], "training.loss": {"kind": "BinaryCrossentropy"}},
    ),
    "two classes from logits": (
        2,
        {
            "model.layers": [*BARE, {"kind": "Dense", "units": 1}],
            "training.loss": {"kind": "BinaryCrossentropy", "from_logits": True},
        },
    ),
}


def step_of(experiment: Experiment, classes: int, weights: Any) -> tuple[Any, TrainingStep]:
    """A step that learns at a rate of zero."""
    seed(0)
    network = build(experiment, RateTable(np.zeros(1)))
    return network, TrainingStep(network, experiment, classes, weights)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", LOSSES)
def test_a_mixture_costs_the_mean_of_its_two_losses_by_their_shares(
    make: Make, name: str, weighted: bool
) -> None:
    classes, changes = LOSSES[name]
    weights = np.array([3.0, 0.5, 1.5], np.float32)[:classes] if weighted else None
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (6, 16, 16, 3), dtype=np.uint8)
    labels, partners = rng.integers(0, classes, (2, 6))
    shares = rng.uniform(0.5, 1.0, 6).astype(np.float32)
    shares[0] = 1.0

    network, mixed = step_of(make({**changes, "augmentation.operations": MIXING}), classes, weights)
    plain_network, plain = step_of(make(changes), classes, weights)
    for one, other in zip(network.weights, plain_network.weights, strict=True):
        assert np.array_equal(one, other)
    expected = [
        share * plain(images[i : i + 1], labels[i : i + 1])[0]
        + (1 - share) * plain(images[i : i + 1], partners[i : i + 1])[0]
        for i, share in enumerate(shares)
    ]
    loss, accuracy, _ = mixed(images, labels, partners, shares)
    assert loss == pytest.approx(np.mean(expected), rel=1e-5)
    assert accuracy == pytest.approx(plain(images, labels)[1])


def test_accuracy_counts_the_class_of_the_larger_share_whatever_its_weight(make: Make) -> None:
    experiment = make({"model.layers": [*BARE, SOFTMAX], "augmentation.operations": MIXING})
    weights = np.array([1.0, 50.0, 1.0], np.float32)
    network, step = step_of(experiment, 3, weights)
    images = np.random.default_rng(0).integers(0, 256, (8, 16, 16, 3), dtype=np.uint8)
    answers = network(images).numpy().argmax(axis=-1)
    others = np.where(answers == 1, 0, 1)
    large, small = np.full(8, 0.7, np.float32), np.full(8, 0.3, np.float32)
    assert step(images, answers, others, large)[1] == 1.0
    assert step(images, answers, others, small)[1] == 0.0
    assert step(images, others, answers, small)[1] == 1.0
    # The own label where both have half.
    assert step(images, answers, others, np.full(8, 0.5, np.float32))[1] == 1.0


@pytest.mark.parametrize("weighted", [False, True])
def test_the_weights_are_those_of_fit_on_the_same_soft_batches(make: Make, weighted: bool) -> None:
    by_name = {"blue": 2.0, "green": 1.0, "red": 0.5} if weighted else "none"
    experiment = make({"augmentation.operations": MIXING, "training.class_weights": by_name})
    data = prepare(experiment, lambda done, total: None, lambda: False)
    batches = training_batches(experiment, data.train)
    epochs, per_epoch = 2, len(batches)
    schedule = experiment.training.optimizer.learning_rate.resolved(epochs * per_epoch)

    def fresh() -> tuple[RateTable, Any]:
        seed(experiment.training.seed)
        table = RateTable(rates(schedule, 0, epochs * per_epoch))
        return table, build(experiment, table)

    table, ours = fresh()
    events = list(Loop(ours, table, experiment, data, Progress()).events())
    assert sum(isinstance(event, BatchEnded) for event in events) == epochs * per_epoch

    _, theirs = fresh()
    by_class = class_weights(experiment, data)
    every = np.ones(3, np.float32) if by_class is None else by_class

    def feed() -> Iterator[tuple[Any, ...]]:
        for epoch in range(epochs):
            for images, labels, partners, shares in batches.epoch(epoch):
                assert partners is not None
                assert shares is not None
                own, other = shares * every[labels], (1 - shares) * every[partners]
                part = (own / (own + other))[:, np.newaxis]
                rows = np.eye(3, dtype=np.float32)
                soft = part * rows[labels] + (1 - part) * rows[partners]
                yield images, soft, own + other

    signature = (
        tf.TensorSpec([None, 16, 16, 3], tf.uint8),
        tf.TensorSpec([None, 3], tf.float32),
        tf.TensorSpec([None], tf.float32),
    )
    fed = tf.data.Dataset.from_generator(feed, output_signature=signature)
    theirs.fit(fed, epochs=epochs, steps_per_epoch=per_epoch, shuffle=False, verbose=0)
    mine, others = variables(ours), variables(theirs)
    assert mine.keys() == others.keys()
    for key, variable in mine.items():
        # Weights of one, which the loop leaves out, are rounded by once more in `fit`.
        np.testing.assert_allclose(variable.numpy(), others[key].numpy(), rtol=0, atol=2e-6)


def test_validation_and_clean_images_are_judged_by_whole_labels(make: Make) -> None:
    mixing, plain = make({"augmentation.operations": MIXING}), make()
    data = prepare(mixing, lambda done, total: None, lambda: False)
    rows = target(tf.constant([2, 0], tf.int64), mixing, 3).numpy()
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0]]
    network, _ = step_of(mixing, 3, None)
    other, _ = step_of(plain, 3, None)
    assert clean_accuracy(network, mixing, 3, data.train) == clean_accuracy(
        other, plain, 3, data.train
    )


@pytest.fixture(scope="module")
def mixed_run(make: Make, tmp_path_factory: pytest.TempPathFactory, listener: Any) -> Any:
    """The folder of a finished run with every kind of operation at once, and its events."""
    experiment = make(
        {
            "training.epochs": 4,
            "augmentation.operations": [
                {"kind": "RandAugment"},
                {"kind": "RandomElastic", "probability": 0.5},
                {"kind": "RandomPerspective"},
                {"kind": "RandomNoise"},
                {"kind": "RandomErasing"},
                *MIXING,
            ],
        }
    )
    folder = RunFolder.create(tmp_path_factory.mktemp("mixed"), experiment)
    heard = listener()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNSTUDIO_CACHE", str(tmp_path_factory.mktemp("cache")))
        last = conduct(experiment, folder, heard.emit, lambda: False)
    assert last.reason == "completed", last.details
    return folder, heard


def test_a_mixed_run_learns_and_its_clean_accuracy_shows_it(mixed_run: Any) -> None:
    epoch = mixed_run[1].of(EpochEnded)[-1]
    assert np.sum(epoch.confusion) == 15
    assert epoch.clean_training.accuracy > 0.6


def test_a_mixed_run_stopped_in_mid_epoch_resumes_to_the_same_weights(
    mixed_run: Any, listener: Any, tmp_path: Path
) -> None:
    experiment = mixed_run[0].experiment()
    folder = RunFolder.create(tmp_path, experiment)
    heard = listener(lambda event: isinstance(event, BatchEnded) and event.step == 9)
    assert conduct(experiment, folder, heard.emit, heard.should_stop).reason == "canceled"
    assert conduct(experiment, folder, lambda e: None, lambda: False, True).reason == "completed"
    resumed, whole = Checkpoints(folder).last(), Checkpoints(mixed_run[0]).last()
    assert resumed is not None
    assert whole is not None
    for key, value in whole.arrays.items():
        assert np.array_equal(resumed.arrays[key], value), key


def test_a_mixed_run_exports_what_it_learned(mixed_run: Any, tmp_path: Path) -> None:
    done = export(mixed_run[0], "savedmodel", tmp_path / "out", lambda event: None, lambda: False)
    assert (done.images_compared, done.agreement) == (15, 1.0)


def test_a_fork_without_augmentation_mixes_nothing_and_starts_from_the_same_weights(
    mixed_run: Any, listener: Any, tmp_path: Path
) -> None:
    copy = tmp_path / "run"
    shutil.copytree(mixed_run[0].path, copy)
    heard = listener()
    diagnosis = diagnose_run(RunFolder(copy), heard.emit, lambda: False, budget_seconds=0.0)
    forks = {fork.probe: fork for fork in diagnosis.forks}
    assert sum(is_control(probe) for probe in forks) == 3
    assert {fork.failed for fork in forks.values()} == {None}
    assert len({fork.clean_before for fork in forks.values()}) == 1
    free = forks[AUGMENTATION_OFF]
    off = {change.path for change in free.changes if change.path.startswith("augmentation.")}
    assert off == {f"augmentation.operations.{index}.enabled" for index in range(8)}
    # Whole labels can be met closer than mixed ones.
    assert free.loss_after < min(f.loss_after for probe, f in forks.items() if is_control(probe))
