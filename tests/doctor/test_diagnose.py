"""The diagnosis: what a scripted set of fork results proves, rules out, or leaves open."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.doctor.diagnose import diagnose
from cnnstudio.doctor.evidence import Evidence
from cnnstudio.doctor.suspects import CLEARED
from cnnstudio.doctor.trial import weigh
from cnnstudio.runs.findings import Diagnosis, Finding, ForkResult
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.patch import apply

Change = Callable[[dict[str, object]], Experiment]
Results = Callable[..., tuple[ForkResult, ...]]
History = Callable[..., RunHistory]

STRONG_L2: dict[str, object] = {
    "model.layers": [
        {"kind": "Conv2D", "kernel_regularizer": {"kind": "L2", "l2": 0.5}},
        {"kind": "GlobalAveragePooling2D"},
        {"kind": "Dense", "units": 4, "activation": "softmax"},
    ]
}
STRONG_DROPOUT: dict[str, object] = {
    "model.layers": [
        {"kind": "Conv2D"},
        {"kind": "GlobalAveragePooling2D"},
        {"kind": "Dropout", "rate": 0.9},
        {"kind": "Dense", "units": 4, "activation": "softmax"},
    ]
}


def proven(diagnosis: Diagnosis) -> list[Finding]:
    return [f for f in diagnosis.findings if f.proven]


@pytest.mark.parametrize(
    ("sickness", "probe", "cause"),
    [
        ({}, "augmentation_off", "P5"),
        (STRONG_L2, "regularization_off", "R1"),
        (STRONG_DROPOUT, "regularization_off", "R2"),
        ({"training.optimizer": {"kind": "Adam", "learning_rate": 0.5}}, "rate_down", "O1"),
        ({"training.optimizer": {"kind": "SGD", "learning_rate": 1e-5}}, "rate_up", "O2"),
        ({"training.optimizer": {"kind": "SGD", "learning_rate": 1e-6}}, "rate_ordinary", "O2"),
        ({"training.optimizer": {"kind": "Adam", "learning_rate": 5.0}}, "rate_ordinary", "O1"),
        (
            {
                "training.optimizer": {
                    "kind": "AdamW",
                    "learning_rate": 0.01,
                    "weight_decay": 1.0,
                }
            },
            "regularization_off",
            "R4",
        ),
    ],
)
def test_the_fork_that_learns_names_the_cause_and_a_remedy(
    sickness: dict[str, object],
    probe: str,
    cause: str,
    changed: Change,
    facts: DatasetFacts,
    results: Results,
) -> None:
    experiment = changed(sickness)
    forks = results(experiment, reached={probe: 0.8})
    diagnosis = diagnose(experiment, Evidence(facts, None, forks))
    (first,) = proven(diagnosis)
    assert first == diagnosis.findings[0]
    assert first.cause == cause
    assert first.severity == "error"
    assert first.confidence > 0.9
    assert any("80 %" in line and "25 ± " in line for line in first.evidence)
    assert first.title in diagnosis.sentence
    assert apply(experiment, first.remedy) != experiment
    tried = [f.probe for f in forks if not f.probe.startswith("control") and f.probe != probe]
    of_another_group = [name for name in tried if cause not in CLEARED[name]]
    assert len(first.ruled_out) == len(of_another_group)
    assert all(line.startswith("Not ") for line in first.ruled_out)
    assert diagnosis.next_probe is None
    assert not [f for f in diagnosis.findings[1:] if f.cause == cause]


def test_the_remedy_for_a_penalty_leaves_it_under_a_tenth_of_guessing(
    changed: Change,
    facts: DatasetFacts,
    results: Results,
) -> None:
    experiment = changed(STRONG_L2)
    diagnosis = diagnose(
        experiment, Evidence(facts, None, results(experiment, regularization_off=0.9))
    )
    from cnnstudio.doctor.case import Case
    from cnnstudio.doctor.penalty import initial_penalty

    cured = Case(apply(experiment, diagnosis.findings[0].remedy), facts)
    assert 0 < initial_penalty(cured.reading) < 0.1 * cured.chance_loss
    assert any("no regularization at all" in line for line in diagnosis.findings[0].evidence)


def test_a_gain_within_twice_the_noise_proves_nothing(
    healthy: Experiment,
    facts: DatasetFacts,
    results: Results,
) -> None:
    forks = results(healthy, samples=100, augmentation_off=0.32)
    diagnosis = diagnose(healthy, Evidence(facts, None, forks))
    assert proven(diagnosis) == []
    assert "Nothing proven" in diagnosis.sentence
    assert diagnosis.noise == pytest.approx((0.25 * 0.75 / 100 + 0.01**2) ** 0.5)
    more = diagnose(
        healthy, Evidence(facts, None, results(healthy, samples=100, augmentation_off=0.4))
    )
    assert [f.cause for f in proven(more)] == ["P5"]


def test_a_fork_that_stays_stuck_itself_proves_nothing_however_quiet_the_controls_are(
    healthy: Experiment,
    facts: DatasetFacts,
    results: Results,
) -> None:
    forks = results(healthy, samples=5000, spread=0.001, augmentation_off=0.32)
    assert proven(diagnose(healthy, Evidence(facts, None, forks))) == []


def test_a_gain_far_behind_the_best_one_is_no_second_cause(
    healthy: Experiment,
    facts: DatasetFacts,
    results: Results,
) -> None:
    forks = results(healthy, rate_down=0.95, augmentation_off=0.5)
    diagnosis = diagnose(healthy, Evidence(facts, None, forks))
    assert [f.cause for f in proven(diagnosis)] == ["O1"]
    assert any(line.startswith("Hardly augmentation") for line in diagnosis.findings[0].ruled_out)


def test_a_wide_spread_of_the_controls_raises_the_bar(
    healthy: Experiment,
    facts: DatasetFacts,
    results: Results,
) -> None:
    forks = results(healthy, spread=0.1, augmentation_off=0.4)
    assert proven(diagnose(healthy, Evidence(facts, None, forks))) == []


def test_without_three_controls_nothing_is_proven(
    healthy: Experiment, facts: DatasetFacts, results: Results
) -> None:
    forks = [f for f in results(healthy, augmentation_off=0.9) if f.probe != "control_3"]
    diagnosis = diagnose(healthy, Evidence(facts, None, tuple(forks)))
    assert proven(diagnosis) == []
    assert diagnosis.next_probe == "control_3"
    failed = (*forks, forks[0].model_copy(update={"probe": "control_3", "failed": "No memory."}))
    assert proven(diagnose(healthy, Evidence(facts, None, failed))) == []


def test_a_fork_that_failed_or_diverged_proves_nothing(
    healthy: Experiment,
    facts: DatasetFacts,
    results: Results,
) -> None:
    forks = results(healthy, augmentation_off=0.9, rate_up=float("nan"))
    broken = tuple(
        f.model_copy(update={"failed": "Out of memory."}) if f.probe == "augmentation_off" else f
        for f in forks
    )
    assert proven(diagnose(healthy, Evidence(facts, None, broken))) == []


def test_controls_that_diverged_count_as_guessing(
    healthy: Experiment, facts: DatasetFacts, results: Results
) -> None:
    nan = float("nan")
    forks = tuple(
        f.model_copy(update={"failed": "No number.", "clean_after": nan, "loss_after": nan})
        if f.probe != "rate_down"
        else f
        for f in results(healthy, rate_down=0.7)
    )
    diagnosis = diagnose(healthy, Evidence(facts, None, forks))
    assert [f.cause for f in proven(diagnosis)] == ["O1"]


def test_when_two_suspects_are_guilty_the_larger_gain_comes_first(
    healthy: Experiment,
    facts: DatasetFacts,
    results: Results,
) -> None:
    forks = results(healthy, augmentation_off=0.7, rate_down=0.85)
    diagnosis = diagnose(healthy, Evidence(facts, None, forks))
    assert [f.cause for f in proven(diagnosis)] == ["O1", "P5"]
    assert "Also" in diagnosis.sentence


@pytest.mark.parametrize("accuracy", [0.86, 0.95, 0.999])
def test_a_network_that_learns_is_healthy_though_it_would_learn_faster_without_augmentation(
    accuracy: float,
    healthy: Experiment,
    facts: DatasetFacts,
    results: Results,
    history: History,
) -> None:
    forks = results(healthy, stuck=accuracy, augmentation_off=1.0, regularization_off=0.999)
    run = history([0.4, 0.6, 0.8, accuracy, accuracy, accuracy])
    diagnosis = diagnose(healthy, Evidence(facts, run, forks))
    assert diagnosis.sentence.startswith("Healthy")
    assert diagnosis.findings == ()


def test_halfway_there_a_small_gain_is_no_fault_and_a_large_one_is(
    healthy: Experiment,
    facts: DatasetFacts,
    results: Results,
) -> None:
    small = diagnose(
        healthy, Evidence(facts, None, results(healthy, stuck=0.6, augmentation_off=0.67))
    )
    assert proven(small) == []
    assert "learns" in small.sentence
    large = diagnose(
        healthy, Evidence(facts, None, results(healthy, stuck=0.6, augmentation_off=0.9))
    )
    assert [(f.cause, f.severity) for f in proven(large)] == [("P5", "warning")]


def test_a_suspicion_of_the_experiment_that_its_fork_refutes_counts_less(
    changed: Change,
    facts: DatasetFacts,
    results: Results,
) -> None:
    experiment = changed(STRONG_DROPOUT)
    forks = results(experiment, rate_down=0.8)
    diagnosis = diagnose(experiment, Evidence(facts, None, forks))
    assert [f.cause for f in proven(diagnosis)] == ["O1"]
    assert "R2" not in [f.cause for f in diagnosis.findings]
    open_question = diagnose(experiment, Evidence(facts, None, results(experiment)))
    (refuted,) = [f for f in open_question.findings if f.cause == "R2"]
    assert refuted.proven is False
    assert refuted.severity == "information"


shares = st.floats(0, 1, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(
    after=st.lists(shares, min_size=7, max_size=7),
    samples=st.integers(1, 2000),
    order=st.randoms(use_true_random=False),
)
def test_the_same_evidence_gives_the_same_answer_in_any_order(
    after: list[float],
    samples: int,
    order: object,
    results: Results,
) -> None:
    import random

    from cnnstudio.spec.defaults import propose
    from cnnstudio.spec.sources import ClassFolders

    facts = DatasetFacts(
        class_names=("a", "b"),
        counts={"train": {"a": 400, "b": 400}, "validation": {"a": 80, "b": 80}, "test": {}},
        median_short_side=64,
        aspect_p10=1.0,
        aspect_p90=1.0,
        gray=False,
        own_split=False,
    )
    experiment = propose("x", ClassFolders(path="/images"), facts)
    forks = [
        f.model_copy(update={"clean_after": a, "samples": samples})
        for f, a in zip(results(experiment), after, strict=True)
    ]
    first = diagnose(experiment, Evidence(facts, None, tuple(forks)))
    assert isinstance(order, random.Random)
    order.shuffle(forks)
    second = diagnose(experiment, replace(Evidence(facts, None), forks=tuple(forks)))
    assert first.sentence == second.sentence
    assert first.findings == second.findings
    assert Diagnosis.model_validate_json(first.model_dump_json()) == first


@given(p=shares, samples=st.integers(1, 5000), spread=st.floats(0, 0.2))
def test_the_noise_holds_the_sampling_error_and_the_spread_of_the_seeds(
    p: float, samples: int, spread: float
) -> None:
    def control(number: int, accuracy: float) -> ForkResult:
        return ForkResult(
            probe=f"control_{number}",
            title="Unchanged",
            steps=1,
            seed=number,
            accuracy_before=0,
            accuracy_after=0,
            clean_before=0,
            clean_after=accuracy,
            loss_after=1,
            samples=samples,
        )

    trial = weigh([control(1, p - spread), control(2, p), control(3, p + spread)], 0.5)
    assert trial is not None
    assert trial.noise**2 >= 0.999 * spread**2
    assert trial.noise > 0
    q = min(max(p, 0.5 / samples), 1 - 0.5 / samples)
    assert trial.noise**2 == pytest.approx(q * (1 - q) / samples + spread**2, rel=1e-6)
