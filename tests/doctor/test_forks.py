"""The plan of forks: each removes one suspect and nothing else, at a steady rate."""

from collections.abc import Callable

from cnnstudio.doctor.forks import Fork, planned_forks
from cnnstudio.runs.findings import ForkResult
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.patch import Change as Patch
from cnnstudio.spec.patch import apply
from cnnstudio.spec.schedules import Constant

Change = Callable[[dict[str, object]], Experiment]


def plan(experiment: Experiment) -> dict[str, Fork]:
    forks = planned_forks(experiment)
    assert len({fork.probe for fork in forks}) == len(forks)
    return {fork.probe: fork for fork in forks}


def without_rate(experiment: Experiment) -> Experiment:
    return apply(experiment, [Patch(path="training.optimizer.learning_rate", value=Constant())])


def test_three_controls_differ_in_their_seed_alone(healthy: Experiment) -> None:
    controls = [f for f in planned_forks(healthy) if f.control]
    assert [f.seed for f in controls] == [0, 1, 2]
    assert all(f.changes == controls[0].changes for f in controls)
    assert without_rate(apply(healthy, controls[0].changes)) == without_rate(healthy)


def test_every_fork_holds_the_rate_at_the_peak_of_the_schedule(healthy: Experiment) -> None:
    peak = healthy.training.optimizer.learning_rate.peak
    expected = {"rate_up": 10 * peak, "rate_down": peak / 10}
    for probe, fork in plan(healthy).items():
        schedule = apply(healthy, fork.changes).training.optimizer.learning_rate
        assert schedule == Constant(learning_rate=expected.get(probe, peak))


def test_without_augmentation_no_operation_acts_and_all_else_stays(healthy: Experiment) -> None:
    fork = plan(healthy)["augmentation_off"]
    forked = apply(healthy, fork.changes)
    assert not any(o.enabled for o in forked.augmentation.operations)
    assert forked.model == healthy.model
    assert forked.dataset == healthy.dataset


def test_without_regularization_every_layer_stays_in_place(changed: Change) -> None:
    experiment = changed(
        {
            "model.layers": [
                {
                    "kind": "Conv2D",
                    "kernel_regularizer": {"kind": "L2", "l2": 0.1},
                    "activity_regularizer": {"kind": "L1", "l1": 0.1},
                },
                {"kind": "BatchNormalization", "gamma_regularizer": {"kind": "L2"}},
                {"kind": "GlobalAveragePooling2D"},
                {"kind": "Dropout", "rate": 0.5},
                {"kind": "Dense", "units": 4, "bias_regularizer": {"kind": "L1"}},
            ],
            "training.optimizer": {"kind": "AdamW", "weight_decay": 0.1},
        }
    )
    fork = plan(experiment)["regularization_off"]
    forked = apply(experiment, fork.changes)
    assert [x.kind for x in forked.model.layers] == [x.kind for x in experiment.model.layers]
    plain = str(forked.model_dump())
    assert "l1" not in plain
    assert "l2" not in plain
    assert forked.model.layers[3].model_dump()["rate"] == 0
    assert forked.training.optimizer.model_dump()["weight_decay"] == 0
    assert forked.augmentation == experiment.augmentation


def test_where_nothing_would_change_there_is_no_fork(changed: Change) -> None:
    bare = changed(
        {
            "augmentation.operations": [
                {"kind": "RandomRotation", "degrees": 0},
                {"kind": "RandomFlip", "enabled": False},
            ],
            "model.layers": [
                {"kind": "Conv2D", "kernel_regularizer": {"kind": "L2", "l2": 0}},
                {"kind": "GlobalAveragePooling2D"},
                {"kind": "Dropout", "rate": 0},
                {"kind": "Dense", "units": 4},
            ],
            "training.optimizer": {"kind": "Adam", "learning_rate": 0.001},
        }
    )
    forks = plan(bare)
    assert set(forks) == {"control_1", "control_2", "control_3", "rate_up", "rate_down"}
    assert forks["control_1"].changes == (), "the rate is constant already"


def test_a_rate_that_cannot_be_raised_tenfold_is_not(changed: Change) -> None:
    fast = changed({"training.optimizer": {"kind": "SGD", "learning_rate": 50}})
    assert "rate_up" not in plan(fast)
    assert "rate_down" in plan(fast)


def test_a_rate_out_of_reach_of_a_factor_of_ten_is_also_tried_at_an_ordinary_one(
    changed: Change,
) -> None:
    for rate in (0.3, 1e-6):
        far = changed({"training.optimizer": {"kind": "Adam", "learning_rate": rate}})
        forked = apply(far, plan(far)["rate_ordinary"].changes)
        assert forked.training.optimizer.learning_rate == Constant(learning_rate=0.001)
    near = changed({"training.optimizer": {"kind": "Adam", "learning_rate": 0.01}})
    assert "rate_ordinary" not in plan(near)


def test_the_plan_is_the_same_every_time_and_survives_a_file(healthy: Experiment) -> None:
    assert planned_forks(healthy) == planned_forks(healthy)
    for fork in planned_forks(healthy):
        result = ForkResult(
            probe=fork.probe,
            title=fork.title,
            changes=fork.changes,
            steps=1,
            seed=fork.seed,
            accuracy_before=0,
            accuracy_after=0,
            clean_before=0,
            clean_after=0,
            loss_after=0,
            samples=1,
        )
        read = ForkResult.model_validate_json(result.model_dump_json())
        assert apply(healthy, read.changes) == apply(healthy, fork.changes)
