"""What the verdict strip and the status row say: pure functions of where things stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnnstudio.gui.plan_sentence import images_sentence, plan_sentence
from cnnstudio.gui.status_strip import Progress
from cnnstudio.gui.training.numbers import duration
from cnnstudio.runs.events import PhaseChanged
from cnnstudio.runs.findings import Diagnosis
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.probes import ProbeHistory
from cnnstudio.runs.verdict import Verdict
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.problems import Problem
from cnnstudio.spec.sources import KerasDataset

EDITING_STAGES = ("data", "augment", "model")

PHASES: dict[str, str] = {
    "importing": "Starting TensorFlow",
    "downloading": "Downloading",
    "unpacking": "Unpacking",
    "reading images": "Reading images",
    "building": "Building the network",
    "tracing": "Preparing the first step",
    "training": "Training",
    "validating": "Validating",
    "saving": "Saving",
    "exporting": "Exporting",
    "checking": "Checking the export in a fresh process",
    "diagnosing": "Looking for the cause",
}


@dataclass(frozen=True, slots=True)
class Telling:
    """One sentence with its tone, and what to do: an action id and its words, and another one."""

    sentence: str
    tone: str = "neutral"
    action: str = ""
    words: str = ""
    other: tuple[str, str] = ("", "")


def tell(
    stage: str,
    asking: bool,
    experiment: Experiment | None,
    facts: DatasetFacts | None,
    problems: Sequence[Problem],
    reading: bool,
    busy: bool,
    history: RunHistory,
    verdict: Verdict,
    diagnosis: Diagnosis | None,
) -> Telling:
    """How things stand in one sentence.

    A running job speaks first; then what keeps a run from starting; then, in the stages that
    show runs, the last run or what the doctor found in it; else the plan.
    """
    if asking:
        return Telling("One answer, and the experiment is ready to train.")
    if experiment is None:
        if reading:
            return Telling("Reading the folder…")
        return Telling("Open a folder of images to begin, or try a sample.")
    if busy:
        if history.state == "paused" and history.paused is not None:
            tone = "neutral" if history.paused.reason == "asked" else "warn"
            return Telling(history.paused.sentence, tone)
        return Telling(verdict.sentence, verdict.tone)
    ran = history.state != "new"
    if problems and (stage in EDITING_STAGES or not ran):
        first = problems[0]
        more = len(problems) - 1
        rest = f"  (and {more} more)" if more else ""
        if first.path == "dataset.source" and isinstance(experiment.dataset.source, KerasDataset):
            return Telling(first.sentence + rest, "error", "sets.open", "Download…")
        return Telling(
            first.sentence + rest,
            "error",
            "problems.fix" if first.fix else "problems.show",
            first.fix_label if first.fix else "Show",
        )
    if ran and stage not in EDITING_STAGES:
        # In the Diagnose stage the primary button says it already.
        offer = stage != "diagnose"
        if diagnosis is not None:
            proven = any(finding.proven and finding.remedy for finding in diagnosis.findings)
            tone = "warn" if diagnosis.findings else "good"
            if proven and offer:
                return Telling(diagnosis.sentence, tone, "remedy.try", "Try this fix")
            return Telling(diagnosis.sentence, tone)
        if verdict.tone in ("warn", "error") and history.epoch and offer:
            return Telling(verdict.sentence, verdict.tone, "run.diagnose", "Find out why")
        return Telling(verdict.sentence, verdict.tone)
    if facts is None:
        return Telling("Reading the images…" if reading else "The images are not read yet.")
    return Telling(f"Ready to train: {images_sentence(facts)}; {plan_sentence(experiment, facts)}.")


def train_progress(history: RunHistory, stopping: bool, memory: int = 0) -> Progress:
    """The status row while a network trains: epoch, step, speed, time left, memory, device.

    `memory` is what the training holds in bytes, 0 where that is not known.
    """
    phase = history.phase
    reason = "It is being stopped." if stopping else ""
    if stopping:
        return Progress("Stopping after this step", cancel="run.stop", reason=reason)
    started = history.started
    if started is None or not history.step:
        return _phase_progress(phase, "run.stop", reason)
    words = f"Epoch {history.epoch} of {history.epochs_planned}"
    if history.state == "paused":
        words = f"Paused · {words}"
    elif phase is not None and phase.phase not in ("training", "tracing"):
        words = f"{PHASES[phase.phase]} · {words}"
    notes = [f"step {history.step:,} of {history.total_steps:,}"]
    speed = history.latest("images_per_second")
    if speed is not None and history.state != "paused":
        notes.append(f"{speed:,.0f} images/s")
    left = history.seconds_left
    if left is not None:
        notes.append(f"{duration(left)} left")
    if memory:
        notes.append(f"{memory / 2**20:,.0f} MB in training")
    if started.device:
        notes.append(started.device)
    return Progress(words, history.step, history.total_steps, tuple(notes), "run.stop", reason)


def probe_progress(probes: ProbeHistory, stopping: bool) -> Progress:
    """The status row while the doctor looks: which trial, and how far."""
    running = [course for course in probes.courses.values() if course.result is None]
    reason = "It is being stopped." if stopping else ""
    if not running:
        return _phase_progress(probes.phase, "run.stop", reason)
    course = running[-1]
    done = course.points[-1][0] if course.points else 0
    count = len(probes.courses)
    return Progress(f"Trial {count}: {course.title}", done, course.steps, (), "run.stop", reason)


def export_progress(phase: PhaseChanged | None, stopping: bool) -> Progress:
    """The status row while a model is exported and checked."""
    return _phase_progress(phase, "run.stop", "It is being stopped." if stopping else "")


def _phase_progress(phase: PhaseChanged | None, cancel: str, reason: str) -> Progress:
    if phase is None:
        return Progress("Starting", cancel=cancel, reason=reason)
    text = PHASES.get(phase.phase, phase.phase.capitalize())
    return Progress(text, phase.done, phase.total, (), cancel, reason)
