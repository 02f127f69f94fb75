"""The augmentation as code: what is written runs in Keras, and comes back as it was."""

import runpy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnstudio.augment.code import Code, generator_call, keras_pipeline
from cnnstudio.augment.generator_arguments import read
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.cards import cards
from cnnstudio.spec.experiment import Augmentation, Dataset, Experiment, FillMode, Network
from cnnstudio.spec.layers.dense import Activation, Dense
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.colors import RandomSaturation
from cnnstudio.spec.operations.cropping import RandomResizedCrop
from cnnstudio.spec.operations.elsewhere import ends
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomShift,
    RandomZoom,
)
from cnnstudio.spec.operations.mixing import CutMix, MixUp
from cnnstudio.spec.operations.noise import RandomBlur, RandomNoise
from cnnstudio.spec.operations.operation import BatchOperation, MixingOperation, Operation
from cnnstudio.spec.operations.pixel_shift import RandomPixelShift
from cnnstudio.spec.operations.tone import (
    RandomBrightness,
    RandomChannelShift,
    RandomContrast,
    RandomGamma,
)
from cnnstudio.spec.presets import Preset, presets
from cnnstudio.spec.sources import ClassFolders

ALL = list(members(Operation).values())
HEIGHT, WIDTH, IMAGES, CLASSES = 24, 24, 6, 3

pytestmark = pytest.mark.filterwarnings(
    "ignore:Please import `affine_transform`:DeprecationWarning"  # Keras's own way to scipy
)


def experiment(
    *operations: Operation, color: str = "rgb", fill_mode: FillMode = "nearest", **fields: Any
) -> Experiment:
    return Experiment(
        dataset=Dataset.model_validate(
            {
                "source": ClassFolders(path="/images"),
                "image_size": (HEIGHT, WIDTH),
                "color": color,
                "batch_size": 4,
            }
        ),
        augmentation=Augmentation(operations=operations, fill_mode=fill_mode, **fields),
        model=Network(layers=(Dense(units=CLASSES, activation="softmax"),)),
    )


Run = Callable[[Code], dict[str, Any]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs code as a program of its own does, from a file; gives what it leaves behind."""
    folder = tmp_path_factory.mktemp("code")

    def of(code: Code) -> dict[str, Any]:
        file = folder / f"code_{len(list(folder.iterdir()))}.py"
        file.write_text(code.text, encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # TensorFlow's import warns of its own deprecations
            return runpy.run_path(str(file))

    return of


def batches(space: dict[str, Any], training: bool, channels: int = 3) -> list[Any]:
    """The batches that a written pipeline makes of images full of noise."""
    import tensorflow as tf

    shape = (IMAGES, HEIGHT, WIDTH, channels)
    images = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    labels = np.arange(IMAGES) % CLASSES
    dataset = tf.data.Dataset.from_tensor_slices((images, labels))
    return [tuple(map(np.asarray, batch)) for batch in space["batches"](dataset, training)]


def always(cls: type[Operation]) -> Operation:
    return cls(probability=0.5 if cls is RandomFlip else 1.0)


@pytest.mark.parametrize("color", ["rgb", "grayscale"])
@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_operation_runs_as_keras_or_is_said_to_be_left_out(
    cls: type[Operation], color: str, run: Run
) -> None:
    channels = 3 if color == "rgb" else 1
    code = keras_pipeline(experiment(always(cls), color=color))
    space = run(code)
    if not space["CHANGES"] and not issubclass(cls, BatchOperation):
        gray_already = issubclass(cls, MixingOperation) and channels == 1
        assert gray_already or any("left out" in note for note in code.notes)
        return
    for images, labels in batches(space, True, channels):
        assert images.shape[1:] == (HEIGHT, WIDTH, channels)
        assert images.dtype == np.float32
        assert images.min() >= 0
        assert images.max() <= 255 + 1e-3  # a mixture's shares add up to one nearly
        assert labels.shape == ((len(images), CLASSES) if labels.ndim == 2 else (len(images),))


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_the_ends_of_every_range_run_in_keras(cls: type[Operation], run: Run) -> None:
    for card in cards(cls):
        if card.shape != "range":
            continue
        assert card.minimum is not None
        assert card.maximum is not None
        low, high = card.minimum, card.maximum
        for reach in ((low, low), (low, high), (high, high), (0.4 * high, high)):
            operation = cls.model_validate({"probability": 1.0, card.name: reach})
            for images, _ in batches(run(keras_pipeline(experiment(operation))), True):
                assert np.isfinite(images).all()


def test_validation_stays_as_it_is(run: Run) -> None:
    space = run(keras_pipeline(experiment(RandomRotation(degrees=90), RandomBrightness())))
    plain, changed = batches(space, False), batches(space, True)
    original = np.random.default_rng(1).integers(0, 256, (IMAGES, HEIGHT, WIDTH, 3), np.uint8)
    np.testing.assert_array_equal(np.concatenate([images for images, _ in plain]), original)
    assert not np.array_equal(changed[0][0], plain[0][0])


def test_levels_stay_within_black_and_white_after_every_change(run: Run) -> None:
    # A saturation there leaves levels below zero, of which a gamma makes no number.
    made = experiment(RandomSaturation(fraction=(1.0, 1.0)), RandomGamma(fraction=(0.3, 0.3)))
    for images, _ in batches(run(keras_pipeline(made)), True):
        assert np.isfinite(images).all()


def test_a_window_of_one_area_is_cut_in_keras_too(run: Run) -> None:
    made = experiment(RandomResizedCrop(area=(0.25, 0.25), aspect=1.0))
    # Columns numbered from 0 to 1: how many of them are seen is the window's width.
    columns = np.broadcast_to(np.linspace(0, 255, WIDTH)[:, None], (HEIGHT, WIDTH, 3))
    image = np.asarray(run(keras_pipeline(made))["augmented"](columns, 0)[0])
    assert np.ptp(image) / 255 == pytest.approx(0.5, abs=0.1)


def test_mixed_labels_are_shares_of_the_classes(run: Run) -> None:
    code = keras_pipeline(experiment(MixUp(alpha=1.0), CutMix()))
    for training in (True, False):
        for _, labels in batches(run(code), training):
            np.testing.assert_allclose(labels.sum(axis=1), 1.0, atol=1e-5)
    assert any("CategoricalCrossentropy" in note for note in code.notes)


@pytest.mark.parametrize("units", [1, 2, 5])
def test_mixed_labels_have_a_column_for_each_class(units: int, run: Run) -> None:
    ending = Activation(activation="sigmoid" if units == 1 else "softmax")
    layers = (GlobalAveragePooling2D(), Dense(units=units), ending)
    one = experiment(MixUp())
    code = keras_pipeline(one.model_copy(update={"model": Network(layers=layers)}))
    assert run(code)["CLASSES"] == max(2, units)
    assert (units == 1) == any("one unit" in note for note in code.notes)


def test_all_that_cannot_be_said_is_one_sentence() -> None:
    several = generator_call(
        experiment(RandomBlur(), RandomContrast(), RandomNoise(), RandomBlur())
    )
    assert several.notes[0] == (
        "There is nothing like Contrast, Blur and Noise, so they are left out."
    )
    one = generator_call(experiment(RandomBlur()))
    assert one.notes[0] == "There is nothing like Blur, so it is left out."
    assert not any("nothing like" in note for note in generator_call(experiment()).notes)


def test_a_probability_leaves_some_images_alone(run: Run) -> None:
    code = keras_pipeline(experiment(RandomRotation(degrees=(45, 45), probability=0.5)))
    space = run(code)
    shares = [
        np.mean([np.array_equal(a, b) for a, b in zip(one[0], other[0], strict=True)])
        for _ in range(10)
        for one, other in zip(batches(space, True), batches(space, False), strict=True)
    ]
    assert 0.2 < np.mean(shares) < 0.8


@pytest.mark.parametrize("fill_mode", ["nearest", "reflect", "constant"])
@pytest.mark.parametrize(
    "operation",
    [
        RandomRotation(degrees=(18, 18)),
        RandomRotation(degrees=(-40, -40)),
        RandomShift(width=(0.215, 0.215), height=(-0.1, -0.1)),
        RandomPixelShift(width=(3, 3), height=(-5, -5)),
        RandomZoom(fraction=(-0.2, -0.2)),
        RandomZoom(fraction=(0.4, 0.4), keep_aspect=True),
    ],
    ids=str,
)
def test_geometry_without_chance_is_the_same_in_keras(
    operation: Operation, fill_mode: FillMode, run: Run
) -> None:
    one = experiment(operation, fill_mode=fill_mode, fill_value=77)
    image = np.random.default_rng(2).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    theirs = np.asarray(run(keras_pipeline(one))["augmented"](image, 0)[0])
    ours = SampleMaker(one).sample(image, "key", 0)
    assert np.abs(theirs - ours).max() <= 1.0


@pytest.mark.parametrize("side", [(12, 40), (40, 12)])
@pytest.mark.parametrize(
    "operation", [RandomShift(width=0.3, height=0), RandomShift(width=0, height=0.45)], ids=str
)
def test_a_share_of_an_oblong_image_stays_the_same_in_a_generator(
    operation: RandomShift, side: tuple[int, int], run: Run
) -> None:
    made = experiment(operation)
    dataset = made.dataset.model_copy(update={"image_size": side})
    generator = run(generator_call(made.model_copy(update={"dataset": dataset})))["training"]
    drawn = [generator.get_random_transform((*side, 3)) for _ in range(500)]
    # What it calls tx moves columns.
    for name, share, along in (("tx", operation.width, side[1]), ("ty", operation.height, side[0])):
        assert isinstance(share, float)
        far = max(abs(one[name]) for one in drawn)
        assert far == pytest.approx(share * along, rel=0.02)


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_every_preset_runs_both_ways(preset: Preset, run: Run) -> None:
    made = experiment(*preset.augmentation.operations)
    assert len(batches(run(keras_pipeline(made)), True)) == 2
    space = run(generator_call(made))
    images = np.zeros((2, HEIGHT, WIDTH, 3), np.uint8)
    assert next(space["training"].flow(images, batch_size=2)).shape == images.shape


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_ranges_make_code_that_runs(
    data: st.DataObject, any_operations: st.SearchStrategy[list[Operation]], run: Run
) -> None:
    made = experiment(*data.draw(any_operations))
    for images, _ in batches(run(keras_pipeline(made)), True):
        assert np.isfinite(images).all()
    run(generator_call(made))


def spans(most: float) -> st.SearchStrategy[float]:
    return st.integers(1, 1000).map(lambda part: round(most * part / 1000, 6))


def _maybe(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, max_size=1)


EXPRESSIBLE = st.tuples(
    _maybe(spans(180).map(lambda far: RandomRotation(degrees=far))),
    _maybe(
        st.one_of(
            st.builds(lambda x, y: RandomShift(width=x, height=y), spans(0.99), spans(0.99)),
            st.builds(
                lambda x, y: RandomPixelShift(width=x, height=y, whole=True),
                st.integers(1, 99),
                st.integers(1, 99),
            ),
            spans(50).map(lambda far: RandomPixelShift(width=1 + far, height=0, whole=False)),
        )
    ),
    _maybe(spans(60).map(lambda far: RandomShear(degrees=far))),
    _maybe(
        st.one_of(spans(0.9), st.tuples(spans(0.9).map(lambda v: -v), spans(2.0))).map(
            lambda reach: RandomZoom(fraction=reach)
        )
    ),
    _maybe(
        st.sampled_from(["horizontal", "vertical", "horizontal_and_vertical"]).map(
            lambda mode: RandomFlip.model_validate({"mode": mode})
        )
    ),
    _maybe(spans(255).map(lambda far: RandomChannelShift(levels=far))),
    _maybe(
        st.tuples(spans(1.0).map(lambda v: -v), spans(3.0)).map(
            lambda reach: RandomBrightness(fraction=reach)
        )
    ),
).map(lambda groups: [operation for group in groups for operation in group])


@settings(max_examples=100, deadline=None)
@given(
    EXPRESSIBLE,
    st.sampled_from(["nearest", "reflect", "wrap", "constant"]),
    st.integers(0, 255),
    st.sampled_from(["unit", "none"]),
)
def test_what_a_generator_can_say_comes_back_as_it_was(
    operations: list[Operation], fill_mode: FillMode, level: int, scaling: str
) -> None:
    value = level if fill_mode == "constant" else 0
    made = experiment(*operations, fill_mode=fill_mode, fill_value=value)
    made = made.model_copy(update={"model": Network.model_validate({"input_scaling": scaling})})
    imported = read(generator_call(made).text)
    assert imported.augmentation.fill_mode == fill_mode
    assert imported.augmentation.fill_value == value
    assert imported.input_scaling == ("unit" if scaling == "unit" else None)
    assert flat(imported.augmentation.operations) == flat(operations)


def flat(operations: Any) -> list[tuple[Any, ...]]:
    """Every field as numbers, ranges by their ends: ±20 % is from −20 to 20 %."""
    return [
        (operation.kind, *(_numbers(value) for value in dict(operation).values()))
        for operation in operations
    ]


def _numbers(value: Any) -> Any:
    if isinstance(value, str | bool):
        return value
    return tuple(round(end, 8) for end in ends(value))


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        (RandomSaturation(), "left out"),
        (RandomRotation(degrees=(0, 20)), "equally far both ways"),
        (RandomRotation(degrees=20, probability=0.5), "not 50 %"),
        (RandomZoom(keep_aspect=True), "apart"),
        (RandomFlip(probability=0.2), "not 20 %"),
        (RandomShift(width=0.1, height=0.3), "other way round"),
        (RandomChannelShift(apart=True), "one value for all channels"),
    ],
)
def test_what_a_generator_cannot_say_is_told(operation: Operation, word: str) -> None:
    assert any(word in note for note in generator_call(experiment(operation)).notes)


def test_differences_of_keras_are_told() -> None:
    code = keras_pipeline(
        experiment(RandomRotation(), RandomShear(), RandomBrightness(), fill_mode="wrap")
    )
    for word in ("adds", "interpolates once", "top edge", "levels 0 to 255", "copies"):
        assert any(word in note for note in code.notes)
    assert code.text.count('fill_mode="wrap"') == 2


@pytest.mark.parametrize("name", ['"""', "a\\", "”\n\nimport os", "{x}", "x" * 200])
def test_a_name_cannot_break_the_code(name: str, run: Run) -> None:
    made = experiment(RandomFlip()).model_copy(update={"name": name})
    assert "batches" in run(keras_pipeline(made))
