"""One sentence about a run, in plain words, for everywhere a run is shown."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnnstudio.runs.history import RunHistory

Tone = Literal["neutral", "good", "warn", "error"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence about a run in plain words, and how it should sound."""

    sentence: str
    tone: Tone


def percent(share: float, images: int) -> str:
    """`share` (0..1), measured on so many images, rounded to its noise: "63 %" or "97.4 %"."""
    noise = math.sqrt(max(share * (1 - share), 0.0) / max(images, 1))
    digits = 1 if noise < 0.005 and images >= 1000 else 0
    text = f"{100 * share:.{digits}f}"
    return f"{text.removesuffix('.0')} %"


def verdict(history: RunHistory) -> Verdict:
    """What a person should know about the run now, in one sentence."""
    match history.state:
        case "new":
            return Verdict("No run yet.", "neutral")
        case "errored":
            sentence = history.finished.sentence if history.finished else "The run failed."
            return Verdict(sentence, "error")
        case "lost":
            place = f" in epoch {history.epoch}" if history.epoch else " before training began"
            return Verdict(f"The run ended without a last word{place}.", "error")
        case "canceled" if not history.epoch:
            return Verdict("Stopped before training began.", "neutral")
        case _:
            return _about_learning(history)


def _about_learning(history: RunHistory) -> Verdict:
    loss = history.loss
    broken = np.flatnonzero(~np.isfinite(loss))
    if len(broken) and not np.isfinite(loss[-1]):
        step = int(history.steps[broken[0]])
        return Verdict(f"The loss is no number since step {step}: training has diverged.", "error")
    over = history.state not in ("running", "paused")
    epoch = history.kept_epoch if over else None
    reported = _measured(history, "training_accuracy", epoch)
    clean = _measured(history, "clean_accuracy", epoch)
    training = reported if clean is None else clean
    if history.started is None or history.chance is None or training is None:
        return Verdict(_ended_early(history) if over else _beginning(history), "neutral")
    validation = _measured(history, "validation_accuracy", epoch)
    images = history.started.training_images
    numbers = f"training {percent(training, images)}"
    if reported is not None and percent(reported, images) != percent(training, images):
        # The curves and the table show both: which of them this is must be said.
        numbers = f"clean {numbers}"
    if validation is not None:
        numbers += f", validation {percent(validation, history.started.validation_images)}"
    guess = max(history.chance, history.started.majority_share)
    word = "chance" if guess == history.chance else "always the largest class"
    if over and epoch != int(history.epochs[-1]):
        numbers = f"Epoch {epoch} is kept: {numbers}"
    else:
        numbers = numbers[0].upper() + numbers[1:]
    prefix = ""
    if history.state == "canceled":
        prefix = f"Stopped in epoch {history.epoch}. "
    elif history.state == "completed":
        many = len(history.epochs)
        prefix = f"Done after {many} epoch{'s' * (many != 1)}. "
    if _learns_nothing(history, training, guess):
        known = percent(training, history.started.training_images)
        return Verdict(
            f"{prefix}Training {known}, {word} {percent(guess, 1)}: not learning.", "error"
        )
    if over and validation is not None and _guesses(history, validation):
        return Verdict(f"{prefix}{numbers}, which is no better than guessing.", "warn")
    if _memorizes(history, training, validation):
        return Verdict(f"{prefix}{numbers}: it knows its own images better than new ones.", "warn")
    if not over:
        settled = training > guess + 0.05
        ending = "learning." if settled else f"{word} {percent(guess, 1)}, too early to say."
        late = len(history.epochs) >= 3
        if settled and late and validation is not None and _guesses(history, validation):
            ending = "learning its own images, but on new ones no better than guessing yet."
        return Verdict(f"{numbers}{':' if settled else ','} {ending}", "neutral")
    return Verdict(f"{prefix}{numbers}.", "good" if history.state == "completed" else "neutral")


def _measured(history: RunHistory, name: str, epoch: int | None) -> float | None:
    """A curve's value after `epoch`, or its last one where no epoch is asked for."""
    return history.latest(name) if epoch is None else history.at_epoch(name, epoch)


def _ended_early(history: RunHistory) -> str:
    """What is known of a run that ended within its first epoch, before anything was measured."""
    shown = history.accuracy[-50:]
    known = f" Training {percent(float(shown.mean()), 1)} until then." if len(shown) else ""
    return f"Stopped within the first epoch.{known}"


def _beginning(history: RunHistory) -> str:
    if history.step:
        shown = history.accuracy[-50:]
        return f"First epoch: training {percent(float(shown.mean()), 1)} so far."
    phase = history.phase
    if phase is None:
        return "The run begins."
    name = {"importing": "starting the engine", "tracing": "preparing the first step"}
    words = name.get(phase.phase, phase.phase).capitalize()
    return f"{words}: {phase.done} of {phase.total}." if phase.total else f"{words}."


def _learns_nothing(history: RunHistory, training: float, guess: float) -> bool:
    """No better than guessing when there was time to be: three epochs and a hundred steps."""
    if history.started is None or len(history.epochs) < 3 or history.step < 100:
        return False
    noise = math.sqrt(guess * (1 - guess) / max(history.started.training_images, 1))
    return training <= guess + max(2 * noise, 0.02)


def _guesses(history: RunHistory, validation: float) -> bool:
    """Whether validation images are answered no better than by always naming one class."""
    confusion = history.confusion
    if confusion is None or not confusion.sum():
        return False
    share = float(confusion.sum(axis=1).max() / confusion.sum())
    noise = math.sqrt(share * (1 - share) / float(confusion.sum()))
    return validation <= share + noise


def _memorizes(history: RunHistory, training: float, validation: float | None) -> bool:
    """Far apart over three epochs: one odd validation is no verdict, nor are the first epochs."""
    if validation is None or len(history.epochs) < 6:
        return False
    gap = history.curve("training_accuracy")[1][-3:] - history.curve("validation_accuracy")[1][-3:]
    return training - validation > 0.15 and float(np.mean(gap)) > 0.15
