"""The lines that a training run says in the terminal, beside its bar."""

import pytest

from cnnstudio.cli.output import Output
from cnnstudio.cli.progress import TrainingBar
from cnnstudio.runs.events import (
    BatchEnded,
    EpochEnded,
    Extended,
    Paused,
    Resumed,
    RunStarted,
    Scores,
)

STARTED = RunStarted(
    name="tiny",
    epochs=2,
    steps_per_epoch=3,
    batch_size=8,
    training_images=24,
    validation_images=0,
    test_images=0,
    class_names=("cat", "dog"),
    majority_share=0.5,
    device="CPU",
    device_note="TensorFlow found no graphics card that it can use.",
)


def batch(step: int) -> BatchEnded:
    return BatchEnded(
        time=100.0 + step, epoch=1, step=step, loss=1.0, accuracy=0.5, learning_rate=0.1
    )


def test_device_pauses_and_extensions_are_told_in_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    epoch = EpochEnded(
        epoch=1,
        step=3,
        seconds=1.5,
        images_per_second=24.0,
        training=Scores(loss=0.5, accuracy=0.75),
        learning_rate=0.1,
    )
    with TrainingBar(Output()) as bar:
        bar.add(STARTED)
        bar.add(batch(1))
        bar.add(batch(2))
        assert bar._numbers() == "step 2/6 · 50 % right · 8 images/s · 0:04 left"
        bar.add(Paused(epoch=1, step=2, reason="disk full", sentence="There is no room."))
        bar.add(Resumed(epoch=1, step=2))
        bar.add(batch(3))
        assert bar._numbers() == "step 3/6 · 50 % right", "the pause is no part of the pace"
        bar.add(Extended(epochs=12, sentence="The run now goes on to epoch 12."))
        bar.add(epoch)
    assert capsys.readouterr().err.split("\n")[:5] == [
        "Training on CPU. TensorFlow found no graphics card that it can use.",
        "There is no room.",
        "Going on.",
        "The run now goes on to epoch 12.",
        "Epoch  1 of 12   training  75.0 %   1.5 s",
    ]
