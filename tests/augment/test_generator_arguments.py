"""A pasted ImageDataGenerator becomes the same augmentation, and its traps are told."""

import contextlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnstudio.augment.generator_arguments import Imported, read
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomShift,
    RandomZoom,
)
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.pixel_shift import RandomPixelShift
from cnnstudio.spec.operations.tone import RandomBrightness, RandomChannelShift

ARTICLE = """
from tensorflow.keras.preprocessing import image as kpi

TURN = 20
train_datagen = kpi.ImageDataGenerator(
    rescale=1./255,          # levels 0 to 1
    rotation_range=TURN,
    width_shift_range=0.2,
    height_shift_range=0.2,
    shear_range=0.2,         # the popular value
    zoom_range=0.2,
    horizontal_flip=True,
    fill_mode='nearest')
test_datagen = kpi.ImageDataGenerator(rescale=1./255)
train_generator = train_datagen.flow_from_directory('train', target_size=(150, 150))
"""
SIGNS = "ImageDataGenerator(zoom_range=[.5,1]){}\n\\ :'\"-*#\x00é"
CLASSIC = (
    RandomRotation(degrees=20),
    RandomShift(width=0.2, height=0.2),
    RandomShear(degrees=0.2),
    RandomZoom(fraction=0.2),
    RandomFlip(),
)


def of(argument: str) -> Imported:
    return read(f"ImageDataGenerator({argument})")


def operations(argument: str) -> tuple[Operation, ...]:
    return of(argument).augmentation.operations


def told(argument: str) -> str:
    return " ".join(of(argument).notes)


def test_a_whole_script_is_read_and_the_generator_that_augments_is_taken() -> None:
    imported = read(ARTICLE)
    assert imported.augmentation.operations == CLASSIC
    assert imported.augmentation.fill_mode == "nearest"
    assert imported.input_scaling == "unit"
    assert any("0.2 degrees" in note for note in imported.notes)


@pytest.mark.parametrize(
    "text",
    [
        "ImageDataGenerator(rotation_range=20, zoom_range=[0.8, 1.2])",
        "    gen = tf.keras.preprocessing.image.ImageDataGenerator(\n  rotation_range=20,\n"
        "  zoom_range=0.2,  # x and y apart\n )",
        "{'rotation_range': 20, 'zoom_range': (0.8, 1.2)}",
        "options = dict(rotation_range=20, zoom_range=0.2)",
        "options = {'rotation_range': 20, 'zoom_range': 1/5}\ndatagen = "
        "ImageDataGenerator(**options)",
        "rotation_range=20\nzoom_range=0.2",
        "rotation_range = 20,\nzoom_range = 0.2,\n",
        "    rotation_range=4*5,\n    zoom_range=-(-0.2))",
        "from keras import ImageDataGenerator as IDG\ngen = IDG(rotation_range=20, zoom_range=.2)",
    ],
)
def test_every_way_of_writing_arguments_down_is_read(text: str) -> None:
    assert read(text).augmentation.operations == (
        RandomRotation(degrees=20),
        RandomZoom(fraction=0.2),
    )


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("rotation_range=0", ()),
        ("rotation_range=-30", (RandomRotation(degrees=30),)),
        ("rotation_range=360", (RandomRotation(degrees=180),)),
        ("zoom_range=[1.0, 1.5]", (RandomZoom(fraction=(0.0, 0.5)),)),
        ("zoom_range=(0.5, 0.9)", (RandomZoom(fraction=(-0.5, -0.1)),)),
        ("zoom_range=(1, 1)", ()),
        ("zoom_range=1.5", (RandomZoom(fraction=(-0.9, 1.5)),)),
        ("brightness_range=[0.7, 1.5]", (RandomBrightness(fraction=(-0.3, 0.5)),)),
        ("brightness_range=(1.2, 0.8)", (RandomBrightness(fraction=0.2),)),
        ("brightness_range=None", ()),
        ("channel_shift_range=20.", (RandomChannelShift(levels=20),)),
        ("horizontal_flip=True, vertical_flip=1", (RandomFlip(mode="horizontal_and_vertical"),)),
        ("vertical_flip=True", (RandomFlip(mode="vertical"),)),
        ("width_shift_range=1", ()),
        ("width_shift_range=1.0", (RandomPixelShift(width=0, height=1, whole=False),)),
        ("height_shift_range=10", (RandomPixelShift(width=9, height=0, whole=True),)),
        ("height_shift_range=[0, 1, 2, 3]", (RandomPixelShift(width=3, height=0),)),
        ("height_shift_range=(-0.1, 0.1)", (RandomShift(width=0.1, height=0),)),
        (
            "width_shift_range=0.3, height_shift_range=5",
            (RandomPixelShift(width=4, height=0), RandomShift(width=0, height=0.3)),
        ),
        ("False, False, False, False, False, 1e-6, 15", (RandomRotation(degrees=15),)),
    ],
)
def test_an_argument_keeps_its_range(argument: str, expected: tuple[Operation, ...]) -> None:
    assert set(map(repr, operations(argument))) == set(map(repr, expected))


@pytest.mark.parametrize(
    ("argument", "word"),
    [
        ("shear_range=0.2", "0.2 degrees"),
        ("width_shift_range=1, height_shift_range=1", "shifts nothing"),
        ("width_shift_range=1.0", "up to 1 pixel:"),
        ("height_shift_range=30", "0 to 29 whole pixels"),
        ("height_shift_range=[-0.1, 0.1]", "picks one of these numbers"),
        ("width_shift_range=0.2", "other way round"),
        ("zoom_range=[1.1, 1.4]", "shows more than the image"),
        ("zoom_range=[0.1, 0.3]", "only a small part"),
        ("zoom_range=2", "mirrored"),
        ("brightness_range=(0.1, 0.3)", "nearly black"),
        ("channel_shift_range=0.2", "0.2 of 255"),
        ("fill_mode='wrap'", "last row and column"),
        ("fill_mode='constant', cval=1.0", "White is 255"),
        ("rescale=1/255.", "input scaling “unit”"),
        ("rescale=1/127.5", "left out"),
        ("validation_split=0.2", "dataset.split.validation=0.2"),
        ("validation_split=0.2", "Here only training images are augmented"),
        ("featurewise_center=True, featurewise_std_normalization=True", "“standardize”"),
        ("samplewise_center=True", "each image by itself"),
        ("zca_whitening=True", "zca_whitening is left out"),
        ("preprocessing_function=my.own", "my.own"),
        ("data_format='channels_first'", "channels last"),
        ("interpolation_order=3", "bilinearly"),
        ("dtype='float16'", "training.precision"),
        ("", "sets nothing"),
    ],
)
def test_a_trap_is_told_in_a_sentence(argument: str, word: str) -> None:
    assert word in told(argument)


@pytest.mark.parametrize(
    ("argument", "scaling"),
    [
        ("rescale=1./255", "unit"),
        ("rescale=0.00392156862", "unit"),
        ("rotation_range=3", None),
        ("featurewise_std_normalization=True", "standardize"),
        ("preprocessing_function=tf.keras.applications.mobilenet_v2.preprocess_input", "signed"),
        ("preprocessing_function=preprocess_input", None),
    ],
)
def test_scaling_becomes_the_models_own(argument: str, scaling: str | None) -> None:
    assert of(argument).input_scaling == scaling


def test_the_classic_values_have_no_more_traps_than_they_should() -> None:
    assert told("rotation_range=20, width_shift_range=0.2, height_shift_range=0.2") == ""


@pytest.mark.parametrize(
    ("text", "sentence", "place"),
    [
        ("ImageDataGenerator(\n  rotation_rage=20)", "Did you mean rotation_range?", "line 2"),
        ("ImageDataGenerator(\n\n  zoom_range='a')", "zoom_range must be one number", "line 3"),
        ("ImageDataGenerator(zoom_range=[1, 2, 3])", "two numbers", "line 1, zoom_range"),
        ("ImageDataGenerator(brightness_range=0.2)", "two numbers", "line 1, brightness_range"),
        ("ImageDataGenerator(rotation_range=angle)", "written out", "line 1, rotation_range"),
        ("ImageDataGenerator(rotation_range=open('x').read())", "written out", "line 1"),
        ("ImageDataGenerator(rotation_range=1/0)", "divided by zero", "line 1"),
        ("ImageDataGenerator(rotation_range=9**9**9)", "written out", "line 1"),
        ("ImageDataGenerator(rotation_range=1e999)", "written out", "line 1"),
        (f"ImageDataGenerator(rotation_range={'9' * 400})", "written out", "line 1"),
        ("ImageDataGenerator(fill_mode='sideways')", "nearest, constant, reflect or wrap", ""),
        ("ImageDataGenerator(horizontal_flip='yes')", "True or False", ""),
        ("ImageDataGenerator(width_shift_range=['a'])", "list of numbers", ""),
        ("ImageDataGenerator(**options)", "Paste that dictionary", "line 1"),
        ("x = 1\nImageDataGenerator(rotation_range=20,", "no complete Python", "line 2"),
        ("a photo of a cat", "no complete Python", "line 1"),
        ("x = 5", "has no argument “x”", "line 1"),
        ("# ImageDataGenerator", "No argument", ""),
        ("  \n", "nothing to read", ""),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text: str, sentence: str, place: str) -> None:
    with pytest.raises(UserError) as caught:
        read(text)
    assert sentence in caught.value.sentence
    assert caught.value.place.startswith(place)


@pytest.mark.parametrize(
    "text",
    [
        "turn: int = 20\nImageDataGenerator(rotation_range=turn)",
        "%matplotlib inline\n!pip install keras\nImageDataGenerator(rotation_range=20)",
        ">>> made = ImageDataGenerator(\n...     rotation_range=20)\n",
        "  def made():\n    %time\n    return ImageDataGenerator(rotation_range=20)",
    ],
)
def test_code_is_read_from_notebooks_and_sessions_too(text: str) -> None:
    assert read(text).augmentation.operations == (RandomRotation(degrees=20),)


@pytest.mark.parametrize("made", ["a{0}+a{0}", "[a{0}, a{0}]", "-(a{0}*a{0})"])
def test_names_of_names_of_names_come_to_an_end(made: str) -> None:
    lines = ["a0 = 1", *(f"a{n + 1} = {made.format(n)}" for n in range(45))]
    with pytest.raises(UserError, match="must be written out"):
        read("\n".join([*lines, "ImageDataGenerator(rotation_range=a45)"]))


@pytest.mark.parametrize(
    "number",
    ["0x" + "f" * 5000, "1e11 / 1e-320", "1e11 / 1e-320 - 1e11 / 1e-320", "-1e400", "1e11 * 1e11"],
)
@pytest.mark.parametrize("name", ["rotation_range", "zoom_range", "rescale", "cval"])
def test_a_number_beyond_all_bounds_is_refused_in_words(name: str, number: str) -> None:
    with pytest.raises(UserError, match="must be written out"):
        read(f"ImageDataGenerator({name}={number})")


def test_a_refusal_quotes_no_more_than_a_line() -> None:
    with pytest.raises(UserError) as caught:
        read(f"ImageDataGenerator(rotation_range={list(range(9000))})")
    assert len(caught.value.sentence) < 200


def test_reading_runs_nothing(tmp_path: Any) -> None:
    left = tmp_path / "left"
    text = f"import pathlib\npathlib.Path({str(left)!r}).touch()\nImageDataGenerator(zoom_range=.1)"
    read(text)
    assert not left.exists()


@given(st.text(st.sampled_from(SIGNS), max_size=80))
@example("(" * 5000)
@example("ImageDataGenerator(rotation_range=" + "-" * 20_000 + "1)")
@example("\x00")
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(UserError):
        assert isinstance(read(text), Imported)
