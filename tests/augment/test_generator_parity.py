"""An imported ImageDataGenerator does what the real one does: the same draws, the same pixels.

Draws are compared over 2,000 images, pixels for the values that the real class drew.
"""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from cnnstudio.augment.draws import Drawn, OperationDraw
from cnnstudio.augment.generator_arguments import read
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.operations.geometry import RandomShift
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.pixel_shift import RandomPixelShift
from cnnstudio.spec.sources import ClassFolders

pytestmark = pytest.mark.filterwarnings(
    "ignore:Please import `affine_transform`:DeprecationWarning"  # Keras's own way to scipy
)

SIDE, DRAWS = 48, 2000
# Where two samples of 2,000 from one distribution differ by more only once in a thousand times:
# 1.95 × √(2 / 2000), https://en.wikipedia.org/wiki/Kolmogorov–Smirnov_test.
FARTHEST = 0.0617

CALLS = (
    "rotation_range=20, width_shift_range=0.2, height_shift_range=0.2, zoom_range=0.2, "
    "horizontal_flip=True",
    "shear_range=15, zoom_range=[0.7, 1.5], vertical_flip=True",
    "zoom_range=(1.0, 1.4), channel_shift_range=40.0, brightness_range=(0.6, 1.3)",
    "width_shift_range=5, height_shift_range=3, horizontal_flip=True, vertical_flip=True",
    "width_shift_range=1.0, height_shift_range=6.5",
    "height_shift_range=[0, 1, 2, 3], rotation_range=360",
    "width_shift_range=7, height_shift_range=2.5",
    "width_shift_range=0.15, height_shift_range=4",
    "width_shift_range=0.1, height_shift_range=0.3, brightness_range=[1.2, 0.9]",
    "rotation_range=-15, shear_range=-8.0, channel_shift_range=-12",
)
Columns = dict[str, NDArray[np.float64]]


@pytest.fixture(scope="module")
def generator_class() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's import warns of its own deprecations
        from tensorflow.keras.preprocessing.image import ImageDataGenerator
    return ImageDataGenerator


def real(generator_class: Any, call: str) -> Any:
    return eval(f"ImageDataGenerator({call})", {"ImageDataGenerator": generator_class})


def imported(call: str) -> Experiment:
    return Experiment(
        dataset=Dataset(source=ClassFolders(path="/images"), image_size=(SIDE, SIDE)),
        augmentation=read(f"ImageDataGenerator({call})").augmentation,
    )


def farthest(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """The largest distance between two cumulative distributions."""
    return float(ks_2samp(left, right, method="asymp").statistic)


def columns(rows: list[dict[str, float]]) -> Columns:
    return {name: np.array([row[name] for row in rows], np.float64) for name in rows[0]}


def theirs(generator_class: Any, call: str) -> Columns:
    generator = real(generator_class, call)
    np.random.seed(11)
    nothing = {"channel_shift_intensity": 0.0, "brightness": 1.0}
    rows = []
    for _ in range(DRAWS):
        drawn = generator.get_random_transform((SIDE, SIDE, 3))
        given = {name: value for name, value in drawn.items() if value is not None}
        rows.append({name: float(value) for name, value in (nothing | given).items()})
    return columns(rows)


def ours(call: str) -> Columns:
    maker = SampleMaker(imported(call))
    return columns([_in_their_words(maker.draw(f"{n}.jpg", 0)) for n in range(DRAWS)])


def _in_their_words(drawn: Drawn) -> dict[str, float]:
    values = {one.kind: one.values for one in drawn.draws}
    units = {"RandomShift": SIDE, "RandomPixelShift": 1}
    shifts = [(units[one.kind], one.values) for one in drawn.draws if one.kind in units]
    zoom, flip = values.get("RandomZoom", {}), values.get("RandomFlip", {})
    return {
        "theta": values.get("RandomRotation", {}).get("degrees", 0.0),
        "tx": sum(unit * values["width"] for unit, values in shifts),
        "ty": sum(unit * values["height"] for unit, values in shifts),
        "shear": values.get("RandomShear", {}).get("degrees", 0.0),
        "zx": zoom.get("width", 1.0),
        "zy": zoom.get("height", 1.0),
        "flip_horizontal": flip.get("horizontal", 0.0),
        "flip_vertical": flip.get("vertical", 0.0),
        "channel_shift_intensity": values.get("RandomChannelShift", {}).get("red", 0.0),
        "brightness": values.get("RandomBrightness", {}).get("factor", 1.0),
    }


def _in_our_words(drawn: Mapping[str, Any], experiment: Experiment) -> Drawn:
    shift = drawn["channel_shift_intensity"] or 0.0
    values = {
        "RandomRotation": {"degrees": drawn["theta"]},
        "RandomShear": {"degrees": drawn["shear"]},
        "RandomZoom": {"width": drawn["zx"], "height": drawn["zy"]},
        "RandomFlip": {
            "horizontal": float(drawn["flip_horizontal"]),
            "vertical": float(drawn["flip_vertical"]),
        },
        "RandomChannelShift": {"red": shift, "green": shift, "blue": shift},
        "RandomBrightness": {"factor": 1.0 if drawn["brightness"] is None else drawn["brightness"]},
    }

    def of(operation: Operation) -> Mapping[str, float]:
        if not isinstance(operation, RandomShift | RandomPixelShift):
            return values[operation.kind]
        unit = SIDE if isinstance(operation, RandomShift) else 1
        return {
            "width": drawn["tx"] / unit if operation.width else 0.0,
            "height": drawn["ty"] / unit if operation.height else 0.0,
        }

    operations = experiment.augmentation.operations
    return Drawn(tuple(OperationDraw(at, one, of(one)) for at, one in enumerate(operations)))


@pytest.mark.parametrize("call", CALLS)
def test_two_thousand_draws_are_distributed_alike(generator_class: Any, call: str) -> None:
    left, right = theirs(generator_class, call), ours(call)
    assert left.keys() == right.keys()
    for name in left:
        turns = 360.0 if name == "theta" and "360" in call else 0.0
        a, b = (column % turns if turns else column for column in (left[name], right[name]))
        # Where one ends, the other ends, too: a quantile misses a range that is cut off.
        reach = np.ptp(a)
        assert abs(a.min() - b.min()) <= 0.02 * reach
        assert abs(a.max() - b.max()) <= 0.02 * reach
        assert farthest(a, b) < FARTHEST


@pytest.mark.parametrize("other", ["zoom_range=0.22", "zoom_range=[0.85, 1.2]", "rotation_range=3"])
def test_another_range_would_be_noticed(generator_class: Any, other: str) -> None:
    left, right = theirs(generator_class, "zoom_range=0.2"), ours(other)
    statistics = [farthest(left[name], right[name]) for name in left]
    ends = [abs(left[name].max() - right[name].max()) for name in left]
    assert max(statistics) > FARTHEST or max(ends) > 0.01


@pytest.mark.parametrize("call", ["zoom_range=0.2, width_shift_range=0.2, height_shift_range=0.2"])
def test_values_that_are_drawn_apart_do_not_depend_on_each_other(
    generator_class: Any, call: str
) -> None:
    for drawn in (theirs(generator_class, call), ours(call)):
        for first, second in (("zx", "zy"), ("tx", "ty"), ("tx", "zx")):
            assert abs(np.corrcoef(drawn[first], drawn[second])[0, 1]) < 0.08


@pytest.mark.parametrize("count", [2, 3, 10])
def test_a_whole_number_of_pixels_has_its_own_distribution(
    generator_class: Any, count: int
) -> None:
    call = f"height_shift_range={count}"
    left, right = theirs(generator_class, call)["tx"], ours(call)["tx"]
    for pixels in range(-count, count + 1):
        share = (1 if pixels == 0 else 0.5) / count if abs(pixels) < count else 0.0
        assert np.mean(left == pixels) == pytest.approx(share, abs=0.035)
        assert np.mean(right == pixels) == pytest.approx(share, abs=0.035)


def differences(
    generator_class: Any, call: str, images: int = 25
) -> list[tuple[NDArray[np.float64], bool]]:
    """Largest difference of every pixel of images full of noise, and whether light was changed."""
    generator, experiment = real(generator_class, call), imported(call)
    maker, rng, found = SampleMaker(experiment), np.random.default_rng(3), []
    np.random.seed(5)
    for _ in range(images):
        image = rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
        drawn = generator.get_random_transform(image.shape)
        expected = generator.apply_transform(image.astype(np.float32), drawn)
        made = maker.sample(image, "key", 0, _in_our_words(drawn, experiment))
        by_pixel = np.abs(made.astype(np.float64) - expected).max(axis=2)
        found.append((by_pixel, drawn["brightness"] is not None))
    return found


@pytest.mark.parametrize("fill", ["nearest", "reflect"])
@pytest.mark.parametrize("call", CALLS)
def test_every_pixel_agrees_for_what_the_real_class_drew(
    generator_class: Any, call: str, fill: str
) -> None:
    for by_pixel, brightened in differences(generator_class, f"{call}, fill_mode='{fill}'"):
        # Its brightness cuts decimals off before it multiplies and once more after it, where ours
        # rounds both times: after another operation that makes a second level.
        assert by_pixel.max() <= (2.0 if brightened else 1.0)


@pytest.mark.parametrize("fill", ["constant", "wrap"])
@pytest.mark.parametrize("call", CALLS[:2])
def test_constant_and_wrap_agree_over_most_of_the_image(
    generator_class: Any, call: str, fill: str
) -> None:
    # What differs lies in a seam (constant) or beyond the border (wrap): see test_parity.py.
    least = 0.9 if fill == "constant" else 0.35
    for by_pixel, _ in differences(generator_class, f"{call}, fill_mode='{fill}', cval=77"):
        assert (by_pixel <= 1.0).mean() >= least
