"""What the optimizer, the batch and the policies reveal."""

from collections.abc import Iterator
from math import isfinite

import numpy as np

from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import finding
from cnnstudio.doctor.forks import ordinary_rate
from cnnstudio.doctor.penalty import initial_norm
from cnnstudio.doctor.rules.registry import static_rule, train_rule
from cnnstudio.doctor.rules.words import counted, number, percent
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.optimizers import SGD, Adam, AdamW, RMSprop
from cnnstudio.spec.patch import Change
from cnnstudio.spec.policies import EarlyStopping

ADAPTIVE = (Adam, AdamW, RMSprop)
HIGH_ADAPTIVE = 0.03
HIGH_PLAIN, HIGH_NORMALIZED = 0.5, 3.0
"""SGD's rate divided by (1 - momentum), without and with batch normalization."""

RATE = "training.optimizer.learning_rate"


@static_rule("O1")
def high_rate(case: Case) -> Iterator[Finding]:
    """A rate far above what the optimizer stands."""
    optimizer = case.experiment.training.optimizer
    peak = optimizer.learning_rate.peak
    if isinstance(optimizer, ADAPTIVE):
        limit = HIGH_ADAPTIVE
    else:
        limit = HIGH_NORMALIZED if case.reading.normalizations else HIGH_PLAIN
    # Momentum adds up steps: they become 1 / (1 - momentum) times as long.
    effective = peak / (1 - case.momentum)
    said = f"{number(peak)}, with momentum like {number(effective)}"
    said = said if case.momentum else number(peak)
    if effective < limit:
        return
    usual = ordinary_rate(case.experiment)
    factor = 0.1 if 0.1 * effective < limit else usual / peak
    yield finding(
        "O1",
        f"The learning rate reaches {said}, which is high for {optimizer.title()}.",
        severity="warning",
        confidence=0.7 if effective >= 3 * limit else 0.5,
        evidence=(
            f"Highest rate {number(peak)}; {optimizer.title()} seldom learns above "
            f"{number(limit * (1 - case.momentum))} in a network like this.",
        ),
        remedy=scaled_rate(case, factor),
        label="Divide the rate by 10" if factor == 0.1 else f"Use a rate of {number(usual)}",
    )


def scaled_rate(case: Case, factor: float) -> tuple[Change, ...]:
    """The same schedule with every rate multiplied by `factor`, to two significant digits."""
    schedule = case.experiment.training.optimizer.learning_rate.scaled(factor)
    plain = schedule.model_dump(mode="json")
    for name in schedule.rate_fields:
        value = plain[name]
        if isinstance(value, list):
            plain[name] = [float(f"{rate:.2g}") for rate in value]
        elif value is not None:
            plain[name] = float(f"{value:.2g}")
    return (Change(path=RATE, value=plain),)


@static_rule("O2")
def low_rate(case: Case) -> Iterator[Finding]:
    """Rates so low that no weight can get anywhere within the run."""
    optimizer, total = case.experiment.training.optimizer, case.rate_sum
    if total is None or case.steps is None:
        return
    reach = total / (1 - case.momentum)
    # Adam's steps are about as long as the rate; a first weight is some hundredths long.
    limit = 0.01 if isinstance(optimizer, ADAPTIVE) else 0.1
    if reach >= limit:
        return
    yield finding(
        "O2",
        f"Over all {case.steps:,} steps the learning rates add up to {number(reach)}: the "
        "weights hardly move.",
        severity="warning",
        confidence=0.75,
        evidence=(
            f"Highest rate {number(optimizer.learning_rate.peak)} over {case.steps:,} steps.",
        ),
        remedy=scaled_rate(case, 10.0 ** np.ceil(np.log10(10 * limit / reach))),
        label="Raise the rate",
    )


@static_rule("O4")
def extreme_constants(case: Case) -> Iterator[Finding]:
    """Optimizer constants outside anything that is in use."""
    optimizer = case.experiment.training.optimizer
    usual = {
        "epsilon": (1e-10, 0.1),
        "beta_1": (0.0, 0.99),
        "beta_2": (0.9, 0.99999),
        "rho": (0.5, 0.9999),
        "momentum": (0.0, 0.99),
    }
    fields = type(optimizer).model_fields
    extreme = [
        (name, float(getattr(optimizer, name)))
        for name, (low, high) in usual.items()
        if name in fields and not low <= getattr(optimizer, name) <= high
    ]
    if extreme:
        name, value = extreme[0]
        yield finding(
            "O4",
            f"{optimizer.title()}'s {name} of {number(value)} is far outside the usual.",
            severity="warning",
            confidence=0.6,
            evidence=tuple(
                f"{n} is {number(v)}; usual are {number(usual[n][0])} to {number(usual[n][1])}."
                for n, v in extreme
            ),
            remedy=tuple(
                Change(path=f"training.optimizer.{n}", value=0.9 if n == "momentum" else default)
                for n, _ in extreme
                if isinstance(default := fields[n].default, float)
            ),
            label="Use the defaults",
        )


@static_rule("O5")
def slow_optimizer(case: Case) -> Iterator[Finding]:
    """Plain gradient descent at a small rate in a deep network without normalization."""
    optimizer = case.experiment.training.optimizer
    depth = len(case.reading.weighted)
    if (
        not isinstance(optimizer, SGD)
        or optimizer.momentum > 0
        or optimizer.learning_rate.peak > 0.01
        or depth < 4
        or case.reading.normalizations
    ):
        return
    yield finding(
        "O5",
        f"Plain gradient descent at {number(optimizer.learning_rate.peak)} is slow in a network "
        f"of {depth} layers without normalization.",
        severity="warning",
        confidence=0.5,
        evidence=(
            f"SGD without momentum, highest rate {number(optimizer.learning_rate.peak)}, "
            f"{depth} layers with weights, no batch normalization.",
        ),
        remedy=(
            Change(
                path="training.optimizer",
                value={"kind": "Adam", "learning_rate": 0.001, "global_clipnorm": 1.0},
            ),
        ),
        label="Use Adam at 0.001",
    )


@static_rule("O6")
def small_batch(case: Case) -> Iterator[Finding]:
    """Under eight images to normalize over, or under four in a step."""
    size = case.experiment.dataset.batch_size
    normalized = bool(case.reading.normalizations)
    if size >= (8 if normalized else 4):
        return
    yield finding(
        "O6",
        f"A step sees only {counted(size, 'image')}"
        + (", and batch normalization averages over them." if normalized else "."),
        severity="warning" if normalized else "information",
        confidence=0.6 if normalized else 0.4,
        evidence=(
            f"Batch size {size}"
            + (
                f", {len(case.reading.normalizations)} batch normalizations." if normalized else "."
            ),
        ),
        remedy=(Change(path="dataset.batch_size", value=16),),
        label="Use 16 images",
    )


@static_rule("O7")
def large_batch(case: Case) -> Iterator[Finding]:
    """Batches that leave an epoch under twenty steps and the run under a thousand."""
    size, images = case.experiment.dataset.batch_size, case.training_images
    if size <= 32 or images is None or case.epoch_steps is None or case.steps is None:
        return
    if case.epoch_steps >= 20 or case.steps >= 1000:
        return
    better = 8
    while better < 32 and images / (better * 2) >= 20:
        better *= 2
    yield finding(
        "O7",
        f"An epoch has only {counted(case.epoch_steps, 'step')}, because {size} images make "
        "one step.",
        severity="warning",
        confidence=0.55,
        evidence=(
            f"{images:,} training images in batches of {size}: {case.steps:,} steps in the "
            f"whole run; batches of {better} would give "
            f"{case.experiment.training.epochs * -(-images // better):,}.",
        ),
        remedy=(Change(path="dataset.batch_size", value=better),),
        label=f"Use {better} images",
    )


@static_rule("O8")
def tight_clipping(case: Case) -> Iterator[Finding]:
    """SGD whose clipped steps cannot add up to a twentieth of the weights."""
    optimizer = case.experiment.training.optimizer
    clip = optimizer.global_clipnorm
    if not isinstance(optimizer, SGD) or clip is None or case.rate_sum is None:
        return
    reach = clip * case.rate_sum / (1 - case.momentum)
    length = initial_norm(case.reading)
    if length == 0 or reach >= 0.05 * length:
        return
    yield finding(
        "O8",
        f"With gradients clipped at {number(clip)}, the whole run can move the weights by "
        f"{percent(reach / length)} of their length at most.",
        severity="warning",
        confidence=0.6,
        evidence=(
            f"Clip norm {number(clip)} × sum of rates {number(case.rate_sum)}; the first weights "
            f"are {number(length)} long.",
        ),
        remedy=(Change(path="training.optimizer.global_clipnorm", value=1.0),),
        label="Clip at 1",
    )


@static_rule("O9")
def too_short(case: Case) -> Iterator[Finding]:
    """Runs of a few hundred steps, and early stopping that waits one epoch."""
    training = case.experiment.training
    steps, epoch_steps = case.steps, case.epoch_steps
    if steps is not None and epoch_steps is not None and steps < 300 and training.epochs < 10:
        epochs = min(200, -(-1000 // epoch_steps))
        yield finding(
            "O9",
            f"The whole run has only {counted(steps, 'step')}.",
            severity="warning",
            confidence=0.65,
            evidence=(
                f"{counted(training.epochs, 'epoch')} of {counted(epoch_steps, 'step')}; "
                "a new network needs about 1,000.",
            ),
            remedy=(Change(path="training.epochs", value=epochs),),
            label=f"Train {epochs} epochs",
        )
        return
    for index, policy in enumerate(training.policies):
        if isinstance(policy, EarlyStopping) and policy.patience <= 2 and training.epochs > 6:
            patience = max(4, -(-training.epochs // 3))
            yield finding(
                "O9",
                f"Early stopping ends the run after {counted(max(1, policy.patience), 'epoch')} "
                "without improvement, which chance alone often brings.",
                severity="warning" if policy.patience <= 1 else "information",
                confidence=0.5,
                evidence=(f"Patience {policy.patience} of {training.epochs} epochs.",),
                remedy=(Change(path=f"training.policies.{index}.patience", value=patience),),
                label=f"Wait {patience} epochs",
            )
            return


@train_rule("O10")
def not_a_number(case: Case, history: RunHistory) -> Iterator[Finding]:
    """A loss that is no number any more."""
    broken = np.flatnonzero(~np.isfinite(history.loss))
    if not len(broken):
        return
    first = int(broken[0])
    step, rate = int(history.steps[first]), float(history.learning_rate[first])
    before = history.loss[max(0, first - 20) : first]
    evidence = [f"Step {step:,}: the loss is {history.loss[first]}, at a rate of {number(rate)}."]
    if len(before) and isfinite(float(before.max())):
        evidence.append(
            f"In the steps before it was between {number(float(before.min()))} and "
            f"{number(float(before.max()))}."
        )
    clip = Change(path="training.optimizer.global_clipnorm", value=1.0)
    yield finding(
        "O10",
        f"The loss is no number since step {step:,}: one step was too large.",
        severity="error",
        confidence=0.9,
        evidence=evidence,
        remedy=(*scaled_rate(case, 0.1), clip),
        label="Divide the rate by 10 and clip",
    )


@static_rule("O11")
def half_precision(case: Case) -> Iterator[Finding]:
    """16-bit floats, in which small gradients vanish."""
    if case.experiment.training.precision != "mixed_float16":
        return
    yield finding(
        "O11",
        "Half precision can lose small gradients; bfloat16 has the range of float32.",
        severity="information",
        confidence=0.3,
        evidence=("The smallest 16-bit float is 6e-08; gradients below it become zero.",),
        remedy=(Change(path="training.precision", value="mixed_bfloat16"),),
        label="Use bfloat16",
    )
