"""What a run alone reveals: its penalty, its gap to validation, a broken loss, a majority."""

from collections.abc import Callable

from cnnstudio.doctor.diagnose import diagnose
from cnnstudio.doctor.evidence import Evidence
from cnnstudio.runs.events import BatchEnded
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts

Change = Callable[[dict[str, object]], Experiment]
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


def test_without_forks_the_experiment_alone_raises_a_suspicion(
    changed: Change,
    healthy: Experiment,
    facts: DatasetFacts,
    history: History,
) -> None:
    sick = diagnose(changed(STRONG_DROPOUT), Evidence(facts, history([0.26] * 5), ()))
    assert "not yet proven" in sick.sentence
    assert sick.findings[0].cause == "R2"
    assert sick.next_probe == "control_1"
    bare = diagnose(healthy, Evidence())
    assert "Nothing stands out" in bare.sentence


def test_the_run_shows_a_penalty_that_rules_the_loss(
    changed: Change, facts: DatasetFacts, history: History
) -> None:
    run = history([0.26] * 5, penalty=5.0, loss=6.4)
    diagnosis = diagnose(changed(STRONG_L2), Evidence(facts, run, ()))
    (finding,) = [f for f in diagnosis.findings if f.cause == "R1"]
    assert any("Epoch 5" in line for line in finding.evidence)


def test_a_loss_that_is_no_number_is_named_with_its_step(
    healthy: Experiment,
    facts: DatasetFacts,
    history: History,
) -> None:
    run = history([0.9, 0.9])
    run.add(BatchEnded(epoch=3, step=21, loss=float("nan"), accuracy=0, learning_rate=0.5))
    diagnosis = diagnose(healthy, Evidence(facts, run, ()))
    assert diagnosis.findings[0].cause == "O10"
    assert "step 21" in diagnosis.findings[0].sentence
    assert not diagnosis.sentence.startswith("Healthy")


def test_training_far_above_validation_is_told_apart_from_not_learning(
    changed: Change,
    healthy: Experiment,
    facts: DatasetFacts,
    history: History,
) -> None:
    run = history([0.9] * 8, validation=[0.5] * 8)
    still = changed({"augmentation.operations": []})
    without = diagnose(still, Evidence(facts, run, ()))
    assert [f.cause for f in without.findings] == ["P9"]
    assert without.findings[0].remedy
    varied = diagnose(healthy, Evidence(facts, run, ()))
    assert [f.cause for f in varied.findings] == ["D8"]


def test_reported_training_below_validation_is_explained_not_mended(
    healthy: Experiment,
    facts: DatasetFacts,
    history: History,
) -> None:
    run = history([0.75] * 6, validation=[0.92] * 6, clean=[0.95] * 6)
    diagnosis = diagnose(healthy, Evidence(facts, run, ()))
    assert [f.cause for f in diagnosis.findings] == ["M1"]
    assert diagnosis.findings[0].remedy == ()


def test_a_network_that_only_answers_the_largest_class_is_not_healthy(
    healthy: Experiment,
    make_facts: Callable[..., DatasetFacts],
    history: History,
) -> None:
    uneven = make_facts(counts={"cat": 900, "dog": 100})
    diagnosis = diagnose(healthy, Evidence(uneven, history([0.9] * 6), ()))
    assert not diagnosis.sentence.startswith("Healthy")


MIXED: dict[str, object] = {"augmentation.operations": [{"kind": "RandomFlip"}, {"kind": "CutMix"}]}


def test_low_training_accuracy_of_mixed_images_is_explained_not_mended(
    changed: Change, facts: DatasetFacts, history: History
) -> None:
    for validation in (0.92, 0.6):
        run = history([0.65] * 6, validation=[validation] * 6, clean=[0.95] * 6)
        diagnosis = diagnose(changed(MIXED), Evidence(facts, run, ()))
        assert diagnosis.sentence.startswith("Healthy")
        (finding,) = (f for f in diagnosis.findings if f.cause in ("P8", "M1"))
        assert finding.cause == "P8"
        assert finding.severity == "information"
        assert finding.remedy == ()
        assert "“CutMix” lays" in finding.sentence
        assert "reported 65 %, clean training images 95 %" in finding.evidence[0]


def test_mixing_explains_nothing_where_it_is_off_or_costs_nothing(
    changed: Change, healthy: Experiment, facts: DatasetFacts, history: History
) -> None:
    off = changed({"augmentation.operations": [{"kind": "MixUp", "enabled": False}]})
    low = history([0.65] * 6, validation=[0.6] * 6, clean=[0.95] * 6)
    same = history([0.9] * 6, validation=[0.9] * 6, clean=[0.91] * 6)
    for experiment, run in ((off, low), (healthy, low), (changed(MIXED), same)):
        causes = {f.cause for f in diagnose(experiment, Evidence(facts, run, ())).findings}
        assert "P8" not in causes
