"""A small experiment and a writer of plausible events."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cnnstudio.runs.events import BatchEnded, EpochEnded, Event, RunStarted, Scores
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    source = ClassFolders(path=str(tmp_path / "images"))
    return Experiment(name="Pets: Grundlinie Ü", dataset=Dataset(source=source))


Story = Callable[..., list[Event]]


@pytest.fixture
def story() -> Story:
    """`story(training, validation)`: the events of a run with these accuracies by epoch."""

    def tell(
        training: list[float],
        validation: list[float] | None = None,
        classes: int = 10,
        steps: int = 50,
        majority: float | None = None,
        planned: int = 20,
    ) -> list[Event]:
        events: list[Event] = [
            RunStarted(
                time=1000.0,
                name="run",
                epochs=planned,
                steps_per_epoch=steps,
                batch_size=32,
                training_images=5000,
                validation_images=500,
                test_images=0,
                class_names=tuple(f"class {i}" for i in range(classes)),
                majority_share=1 / classes if majority is None else majority,
            )
        ]
        for index, accuracy in enumerate(training):
            for step in range(index * steps + 1, (index + 1) * steps + 1):
                events.append(
                    BatchEnded(
                        time=1000.0 + step,
                        epoch=index + 1,
                        step=step,
                        loss=2 / step,
                        accuracy=accuracy,
                        penalty=0.1,
                        learning_rate=0.001,
                    )
                )
            events.append(
                EpochEnded(
                    time=1000.5 + (index + 1) * steps,
                    epoch=index + 1,
                    step=(index + 1) * steps,
                    seconds=3.0,
                    images_per_second=500.0,
                    training=Scores(loss=0.5, accuracy=accuracy),
                    validation=Scores(loss=0.6, accuracy=validation[index]) if validation else None,
                    learning_rate=0.001,
                    confusion=((index, 1), (2, 3)),
                )
            )
        return events

    return tell
