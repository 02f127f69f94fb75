"""Facts and experiments to diagnose: an ordinary healthy one, and ways to make it sick."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from cnnstudio.doctor.forks import planned_forks
from cnnstudio.doctor.static import static_findings
from cnnstudio.runs.events import BatchEnded, EpochEnded, RunFinished, RunStarted, Scores
from cnnstudio.runs.findings import Finding, ForkResult
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.defaults import Orientation, propose
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts, Unreadable
from cnnstudio.spec.patch import Change, apply
from cnnstudio.spec.sources import ClassFolders

NAMES = ("cat", "dog", "horse", "sheep")


def build_facts(
    counts: Mapping[str, int] | None = None,
    validation: Mapping[str, int] | None = None,
    side: int = 64,
    gray: bool = False,
    unreadable: int = 0,
) -> DatasetFacts:
    """Facts with these training images by class; a fifth as many for validation."""
    train = dict(counts if counts is not None else dict.fromkeys(NAMES, 250))
    return DatasetFacts(
        class_names=tuple(train),
        counts={
            "train": train,
            "validation": dict(
                validation
                if validation is not None
                else {n: max(1, c // 5) for n, c in train.items()}
            ),
            "test": dict.fromkeys(train, 0),
        },
        median_short_side=side,
        aspect_p10=0.9,
        aspect_p90=1.1,
        gray=gray,
        own_split=False,
        unreadable=tuple(
            Unreadable(key=f"cat/{i}.png", reason="is not an image") for i in range(unreadable)
        ),
    )


def build_healthy(facts: DatasetFacts, orientation: Orientation = "photos") -> Experiment:
    """The proposed experiment for such facts."""
    return propose("healthy", ClassFolders(path="/images"), facts, orientation)


@pytest.fixture
def facts() -> DatasetFacts:
    return build_facts()


@pytest.fixture
def healthy(facts: DatasetFacts) -> Experiment:
    return build_healthy(facts)


@pytest.fixture
def changed(healthy: Experiment) -> Callable[[dict[str, object]], Experiment]:
    """The healthy experiment with values put at dotted paths."""

    def change(values: dict[str, object]) -> Experiment:
        return apply(healthy, [Change(path=p, value=v) for p, v in values.items()])

    return change


@pytest.fixture
def found(facts: DatasetFacts) -> Callable[..., dict[str, Finding]]:
    """The static findings of an experiment by cause."""

    def find(experiment: Experiment, about: DatasetFacts | None = facts) -> dict[str, Finding]:
        return {f.cause: f for f in static_findings(experiment, about)}

    return find


@pytest.fixture
def make_facts() -> Callable[..., DatasetFacts]:
    return build_facts


@pytest.fixture
def make_healthy() -> Callable[..., Experiment]:
    return build_healthy


def build_results(
    experiment: Experiment,
    stuck: float = 0.25,
    samples: int = 400,
    spread: float = 0.01,
    reached: dict[str, float] | None = None,
    **more: float,
) -> tuple[ForkResult, ...]:
    """Results of every planned fork: `stuck` for those that `reached` does not name."""
    found = []
    reached = {**(reached or {}), **more}
    for fork in planned_forks(experiment):
        after = reached.get(fork.probe, stuck)
        if fork.control:
            after = stuck + spread * (int(fork.probe[-1]) - 2)
        found.append(
            ForkResult(
                probe=fork.probe,
                title=fork.title,
                changes=fork.changes,
                steps=150,
                seed=fork.seed,
                accuracy_before=stuck,
                accuracy_after=after,
                clean_before=stuck,
                clean_after=after,
                loss_after=1.0,
                samples=samples,
            )
        )
    return tuple(found)


def build_history(
    accuracy: Sequence[float],
    validation: Sequence[float] | None = None,
    penalty: float = 0.0,
    loss: float = 1.4,
    clean: Sequence[float] | None = None,
) -> RunHistory:
    """A finished run of ten steps an epoch with these accuracies."""
    run = RunHistory()
    run.add(
        RunStarted(
            name="x",
            epochs=len(accuracy),
            steps_per_epoch=10,
            batch_size=32,
            training_images=1000,
            validation_images=200,
            test_images=0,
            class_names=("cat", "dog", "horse", "sheep"),
            majority_share=0.25,
        )
    )
    for index, value in enumerate(accuracy):
        for step in range(10):
            run.add(
                BatchEnded(
                    epoch=index + 1,
                    step=10 * index + step + 1,
                    loss=loss,
                    accuracy=value,
                    penalty=penalty,
                    learning_rate=0.001,
                )
            )
        shown = (validation or accuracy)[index]
        run.add(
            EpochEnded(
                epoch=index + 1,
                step=10 * (index + 1),
                seconds=1,
                images_per_second=100,
                training=Scores(loss=loss, accuracy=value),
                validation=Scores(loss=loss, accuracy=shown),
                clean_training=Scores(loss=loss, accuracy=(clean or accuracy)[index]),
                penalty=penalty,
                learning_rate=0.001,
            )
        )
    run.add(RunFinished(reason="completed", sentence="Done."))
    return run


@pytest.fixture(scope="session")
def results() -> Callable[..., tuple[ForkResult, ...]]:
    return build_results


@pytest.fixture(scope="session")
def history() -> Callable[..., RunHistory]:
    return build_history
