"""Facts and experiments to diagnose: an ordinary healthy one, and ways to make it sick."""

from collections.abc import Callable, Mapping

import pytest

from cnnstudio.doctor.static import static_findings
from cnnstudio.runs.findings import Finding
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
