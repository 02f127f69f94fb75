"""The frozen events of a run, as the worker writes them to `events.jsonl`, one JSON line each."""

import time as clock
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, SerializerFunctionWrapHandler, TypeAdapter, model_serializer

from cnnstudio.runs.findings import Diagnosis, Finding, ForkResult
from cnnstudio.runs.speed import SpeedVariant
from cnnstudio.runs.value import Value

Phase = Literal[
    "importing",
    "downloading",
    "unpacking",
    "reading images",
    "building",
    "tracing",
    "training",
    "validating",
    "saving",
    "exporting",
    "checking",
    "diagnosing",
    "measuring",
]
Level = Literal["debug", "info", "warning", "error"]
Reason = Literal["completed", "canceled", "errored"]
PauseReason = Literal["asked", "disk full"]


class Happening(Value):
    """What all events share: their name and when they happened (Unix seconds)."""

    # Declared here so that every line begins with `{"event":"...`: readers that need only a few
    # kinds can skip a line without parsing it.
    event: str
    time: float = Field(default_factory=clock.time)


class Scores(Value):
    """Mean loss (penalty included) and accuracy (fraction 0..1) over a set of images."""

    loss: float
    accuracy: float


class RunStarted(Happening):
    """The run is about to train: what it will do, on what, with what.

    `majority_share` is the share (0..1) of the largest class among the training images: what
    always answering that class would score. `device` is short ("CPU"), `device_note` says why.
    """

    event: Literal["run_started"] = "run_started"
    name: str
    epochs: int
    steps_per_epoch: int
    batch_size: int
    training_images: int
    validation_images: int
    test_images: int
    class_names: tuple[str, ...]
    majority_share: float
    device: str = "CPU"
    device_note: str = ""
    parameters: int = 0
    versions: dict[str, str] = Field(default_factory=dict)


class PhaseChanged(Happening):
    """What the worker does now, and how far it is (`total` 0: it cannot be said)."""

    event: Literal["phase_changed"] = "phase_changed"
    phase: Phase
    done: int = 0
    total: int = 0


class BatchEnded(Happening):
    """One training step. `loss` (penalty included) and `accuracy` are of this batch alone.

    `epoch` and `step` count from 1; `step` runs through the whole run.
    """

    event: Literal["batch_ended"] = "batch_ended"
    epoch: int
    step: int
    loss: float
    accuracy: float
    penalty: float = 0.0
    learning_rate: float


class EpochEnded(Happening):
    """One epoch, counted from 1; `step` is the last step of it, counted through the run.

    `clean_training` is measured on a fixed sample of training images without augmentation and
    dropout. `confusion` counts validation images: rows are true classes, columns predictions.
    """

    event: Literal["epoch_ended"] = "epoch_ended"
    epoch: int
    step: int
    seconds: float
    images_per_second: float
    training: Scores
    validation: Scores | None = None
    clean_training: Scores | None = None
    penalty: float = 0.0
    learning_rate: float
    confusion: tuple[tuple[int, ...], ...] | None = None


class Prediction(NamedTuple):
    """What the network says of one image; a row of five in the line, for there are many.

    `key` is the image's path below the folder of images, `label` its class and `predicted` the
    network's, both numbers of `class_names`. `share` is the predicted class's probability (0..1,
    to four places), `true_share` that of `label`.
    """

    key: str
    label: int
    predicted: int
    share: float
    true_share: float


class PredictionsMade(Happening):
    """What the network says of validation images after `epoch`; told before that epoch's end.

    `sample` holds the same images in the same order all through a run. `worst` are the wrong
    answers of the whole part that the network is most sure of, the surest first.
    """

    event: Literal["predictions_made"] = "predictions_made"
    epoch: int
    step: int
    sample: tuple[Prediction, ...]
    worst: tuple[Prediction, ...] = ()


class LayerValues(Value):
    """One layer in one step; what does not concern it, or was not measured, is None.

    `name` as in the network, `kind` Keras's class. `gradient` is the norm of the gradients that
    the step used, before any clipping, `weight` that of the trainable weights before the step,
    `update_ratio` the norm of the step's change divided by `weight`. `dead` and `saturated` are
    shares 0..1 (`training.activity` defines them). NaN and infinity are what was measured.
    """

    name: str
    kind: str
    gradient: float | None = None
    weight: float | None = None
    update_ratio: float | None = None
    dead: float | None = None
    saturated: float | None = None

    @model_serializer(mode="wrap")
    def _without_nones(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Short lines: a run has hundreds of these events, and most layers lack some values."""
        return {name: value for name, value in plain(self).items() if value is not None}


class LayerStatistics(Happening):
    """How the layers fared in one step, from the input to the output; sampled, not every step.

    `epoch` and `step` as in `BatchEnded`. Layers without weights and activation are left out.
    """

    event: Literal["layer_statistics"] = "layer_statistics"
    epoch: int
    step: int
    layers: tuple[LayerValues, ...]


class CheckpointSaved(Happening):
    """A checkpoint is on disk; `file` is its path relative to the run folder."""

    event: Literal["checkpoint_saved"] = "checkpoint_saved"
    epoch: int
    step: int
    file: str
    best: bool


class Paused(Happening):
    """The run holds after `step` and has kept where it stands, unless there is no room for that.

    `epoch` is the one under way; both are 0 before the first step.
    """

    event: Literal["paused"] = "paused"
    epoch: int
    step: int
    reason: PauseReason
    sentence: str


class Resumed(Happening):
    """A held run goes on from where it stood."""

    event: Literal["resumed"] = "resumed"
    epoch: int
    step: int


class Extended(Happening):
    """The run is longer now: `epochs` is the new total; `sentence` says what that does to it."""

    event: Literal["extended"] = "extended"
    epochs: int
    sentence: str = ""


class LogLine(Happening):
    """One line of text for the run's log."""

    event: Literal["log_line"] = "log_line"
    level: Level
    text: str


class FindingRaised(Happening):
    """The doctor noticed something while the run goes on."""

    event: Literal["finding_raised"] = "finding_raised"
    finding: Finding


class ProbeStarted(Happening):
    """A short controlled run of the doctor begins."""

    event: Literal["probe_started"] = "probe_started"
    probe: str
    title: str
    steps: int


class ProbeProgress(Happening):
    """A probe after `step` of its `steps`; `accuracy` is a fraction 0..1."""

    event: Literal["probe_progress"] = "probe_progress"
    probe: str
    step: int
    steps: int
    loss: float
    accuracy: float


class ProbeEnded(Happening):
    """A probe is done."""

    event: Literal["probe_ended"] = "probe_ended"
    probe: str
    title: str
    result: ForkResult


class DiagnosisReady(Happening):
    """The doctor has an answer."""

    event: Literal["diagnosis_ready"] = "diagnosis_ready"
    diagnosis: Diagnosis


class ExportFinished(Happening):
    """A model was exported and checked by a fresh process.

    `largest_difference` is between probabilities (0..1) of the exported and the trained model,
    `agreement` the share of compared images with the same predicted class.
    """

    event: Literal["export_finished"] = "export_finished"
    path: str
    format: str
    size_bytes: int
    largest_difference: float
    images_compared: int
    agreement: float
    seconds: float
    sentence: str


class SpeedMeasured(Happening):
    """How fast the network trains under other settings; the first variant is as it was set.

    `waiting` is the share (0..1) of that one's time that went into waiting for augmented images.
    """

    event: Literal["speed_measured"] = "speed_measured"
    variants: tuple[SpeedVariant, ...]
    batch_size: int
    device: str
    waiting: float = 0.0
    sentence: str


NOBODY_LEFT = "The program that had begun it was gone."
"""The details of a job that stopped because nobody followed it any more, as after a crash."""


class RunFinished(Happening):
    """The last word of a job. `sentence` is for people, `details` for a report of a fault."""

    event: Literal["run_finished"] = "run_finished"
    reason: Reason
    sentence: str
    details: str = ""
    epochs: int = 0
    best_epoch: int | None = None


Event = (
    RunStarted
    | PhaseChanged
    | BatchEnded
    | EpochEnded
    | PredictionsMade
    | LayerStatistics
    | CheckpointSaved
    | Paused
    | Resumed
    | Extended
    | LogLine
    | FindingRaised
    | ProbeStarted
    | ProbeProgress
    | ProbeEnded
    | DiagnosisReady
    | ExportFinished
    | SpeedMeasured
    | RunFinished
)

_ADAPTER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


def parse(line: str | bytes) -> Event:
    """The event of one JSON line.

    Raises `pydantic.ValidationError` (a `ValueError`) when the line is not a whole event.
    """
    return _ADAPTER.validate_json(line)


def dump(event: Event) -> str:
    """The event as one JSON line, without the newline."""
    return event.model_dump_json()
