"""The experiment: one frozen value that says everything about a training run."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from cnnstudio.spec.edits import NO_EDITS, Edits
from cnnstudio.spec.groupings import AnyGrouping
from cnnstudio.spec.intensities import AnyIntensity, EightBit
from cnnstudio.spec.layers.catalogue import AnyLayer
from cnnstudio.spec.losses import AnyLoss, SparseCategoricalCrossentropy
from cnnstudio.spec.member import Value
from cnnstudio.spec.operations.catalogue import AnyOperation
from cnnstudio.spec.optimizers import Adam, AnyOptimizer
from cnnstudio.spec.policies import AnyPolicy
from cnnstudio.spec.sources import AnySource

FORMAT = 1

FillMode = Literal["nearest", "reflect", "wrap", "constant"]
InputScaling = Literal["none", "unit", "signed", "standardize"]
Side = Annotated[int, Field(ge=1, le=4096)]
Resize = Literal["stretch", "pad", "crop", "fixed_scale"]
Share = Annotated[float, Field(ge=0, le=0.9, json_schema_extra={"unit": "%", "percent": True})]


class Split(Value):
    """How images are dealt to training, validation and test: stratified and seeded."""

    validation: Share = Field(0.15, title="Validation")
    test: Share = Field(0.15, title="Test")
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Seed")
    group: AnyGrouping | None = Field(
        None,
        title="Keep together",
        description="Images of one group all go to training, or validation, or test: "
        "those of one patient, slide or series",
        json_schema_extra={"empty": "nothing"},
    )

    @model_validator(mode="after")
    def _leaves_training(self) -> Self:
        if self.validation + self.test > 0.95:
            raise ValueError("validation and test together leave under 5 % for training")
        return self


class Dataset(Value):
    """Which images, at which size, dealt out how."""

    source: AnySource
    image_size: tuple[Side, Side] = Field(
        (128, 128), title="Image size", description="Height and width, in pixels"
    )
    resize: Resize = Field(
        "stretch",
        title="Resize by",
        description="Stretch to the image size, pad or crop to its shape, or keep one scale for "
        "all images where size matters, such as cells under a microscope",
    )
    scale: float = Field(
        1.0,
        ge=0.01,
        le=8,
        title="Scale",
        description="Of every image; its middle is cut out, or black is put around it",
        json_schema_extra={"unit": "%", "percent": True},
    )
    color: Literal["rgb", "grayscale"] = Field("rgb", title="Colour")
    intensity: AnyIntensity = Field(
        EightBit(),
        title="Intensity",
        description="How values of more than 8 bits become grey levels, the same for every image",
    )
    page: int = Field(
        0,
        ge=0,
        le=1_000_000,
        title="Page",
        description="Which page of a TIFF file, counted from 0",
        json_schema_extra={"advanced": True},
    )
    channels: tuple[Annotated[int, Field(ge=0, le=1000)], ...] = Field(
        (),
        max_length=3,
        title="Channels",
        description="One or three channels, counted from 0; empty: the first three, or the first",
        json_schema_extra={"advanced": True},
    )
    split: Split = Split()
    batch_size: int = Field(
        32, ge=1, le=8192, title="Batch size", description="Images in one training step"
    )
    edits: Edits = NO_EDITS

    @field_validator("channels")
    @classmethod
    def _is_gray_or_rgb(cls, channels: tuple[int, ...]) -> tuple[int, ...]:
        if len(channels) == 2:
            raise ValueError("choose one channel for gray or three for red, green and blue")
        return channels


class Augmentation(Value):
    """Random changes of training images, drawn anew in every epoch."""

    fill_mode: FillMode = Field(
        "nearest", title="Fill mode", description="What stands where a moved image leaves a gap"
    )
    fill_value: int = Field(
        0, ge=0, le=255, title="Fill level", description="Grey level for the fill mode “constant”"
    )
    operations: tuple[AnyOperation, ...] = ()


class Network(Value):
    """The layers from the input stage to the class scores."""

    input_scaling: InputScaling = Field(
        "unit",
        title="Input scaling",
        description="What the network does first with grey levels 0 to 255: "
        "none, to 0…1, to −1…1, or to mean 0 and spread 1",
    )
    layers: tuple[AnyLayer, ...] = ()


class Training(Value):
    """How the network learns."""

    epochs: int = Field(20, ge=1, le=100_000, title="Epochs")
    loss: AnyLoss = SparseCategoricalCrossentropy()
    optimizer: AnyOptimizer = Adam()
    policies: tuple[AnyPolicy, ...] = Field((), title="Stopping")
    class_weights: Literal["none", "balanced"] | dict[str, Annotated[float, Field(gt=0)]] = Field(
        "none", title="Class weights", description="Let rare classes count more in the loss"
    )
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = Field(
        "float32", title="Precision", json_schema_extra={"advanced": True}
    )
    jit_compile: bool = Field(
        False,
        title="Compile with XLA",
        description="Fuses the work of a step into fewer, larger pieces: often faster on a "
        "graphics card, seldom on a processor; compiling takes up to a minute at the start",
        json_schema_extra={"advanced": True},
    )
    devices: Literal["one", "all"] = Field(
        "one",
        title="Devices",
        description="All: every graphics card takes its part of each batch; the weights are those "
        "of one device. Worth it for large batches",
        json_schema_extra={"advanced": True},
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Seed", json_schema_extra={"advanced": True})
    tensorboard: bool = Field(
        False,
        title="TensorBoard files",
        description="Write the curves into `tensorboard` in the run's folder, too; to see those of "
        "all runs: pip install tensorboard, then tensorboard --logdir with the folder of runs",
        json_schema_extra={"advanced": True},
    )


class Experiment(Value):
    """Everything about a training run; saved as `experiment.yaml`."""

    cnnstudio: Literal[1] = 1
    name: str = Field("Untitled", min_length=1, max_length=200, title="Name")
    dataset: Dataset
    augmentation: Augmentation = Augmentation()
    model: Network = Network()
    training: Training = Training()

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images that enter the network."""
        height, width = self.dataset.image_size
        return height, width, 3 if self.dataset.color == "rgb" else 1
