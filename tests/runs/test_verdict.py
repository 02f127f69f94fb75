"""One sentence about a run: silent on healthy runs, plain on sick ones."""

from collections.abc import Callable

import pytest

from cnnstudio.runs.events import (
    BatchEnded,
    EpochEnded,
    Event,
    PhaseChanged,
    RunFinished,
    Scores,
)
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.verdict import percent, verdict

Story = Callable[..., list[Event]]


def fold(events: list[Event]) -> RunHistory:
    history = RunHistory()
    for event in events:
        history.add(event)
    return history


def test_nothing_is_said_before_there_is_a_run() -> None:
    assert verdict(RunHistory()).sentence == "No run yet."


def test_what_happens_before_the_first_step_is_told() -> None:
    history = fold([PhaseChanged(phase="importing")])
    assert verdict(history).sentence == "Starting the engine."
    history.add(PhaseChanged(phase="reading images", done=120, total=500))
    assert verdict(history).sentence == "Reading images: 120 of 500."


def test_the_first_epoch_is_only_counted(story: Story) -> None:
    said = verdict(fold(story([0.5])[:30]))
    assert said.sentence == "First epoch: training 50 % so far."
    assert said.tone == "neutral"


def test_a_run_at_chance_is_not_learning(story: Story) -> None:
    said = verdict(fold(story([0.1, 0.101, 0.102])))
    assert said.sentence == "Training 10.2 %, chance 10 %: not learning."
    assert said.tone == "error"


def test_a_run_that_always_says_the_largest_class_is_not_learning(story: Story) -> None:
    said = verdict(fold(story([0.7, 0.7, 0.701], classes=2, majority=0.7)))
    assert said.tone == "error"
    assert said.sentence == "Training 70 %, always the largest class 70 %: not learning."


@pytest.mark.parametrize("training", [[0.1], [0.1, 0.1], [0.1, 0.2, 0.3], [0.12, 0.14, 0.16]])
def test_a_run_that_may_yet_learn_is_left_alone(story: Story, training: list[float]) -> None:
    assert verdict(fold(story(training))).tone == "neutral"


def test_a_small_run_at_chance_gets_its_hundred_steps(story: Story) -> None:
    assert verdict(fold(story([0.5] * 4, classes=2, steps=20))).tone == "neutral"


def test_a_learning_run_says_so(story: Story) -> None:
    said = verdict(fold(story([0.3, 0.6], [0.3, 0.55])))
    assert said.sentence == "Training 60 %, validation 55 %: learning."
    assert said.tone == "neutral"


def test_validation_behind_for_a_few_epochs_is_no_verdict(story: Story) -> None:
    assert verdict(fold(story([0.5, 0.7, 0.8], [0.1, 0.1, 0.1]))).tone == "neutral"


def test_memorizing_is_told(story: Story) -> None:
    said = verdict(fold(story([0.5, 0.7, 0.9, 0.95, 0.97, 0.99], [0.5] * 6)))
    assert said.tone == "warn"
    assert "knows its own images better than new ones" in said.sentence


def test_a_diverged_run_is_told_with_its_step(story: Story) -> None:
    history = fold(story([0.5]))
    for step in (51, 52):
        history.add(BatchEnded(epoch=2, step=step, loss=float("nan"), accuracy=0, learning_rate=1))
    said = verdict(history)
    assert said.sentence == "The loss is no number since step 51: training has diverged."
    assert said.tone == "error"


@pytest.mark.parametrize(
    ("reason", "tone", "part"),
    [
        (
            "completed",
            "good",
            "Done after 2 epochs. Training 97 %, validation 95 %.",
        ),
        ("canceled", "neutral", "Stopped in epoch 2. Training 97 %, validation 95 %"),
        ("errored", "error", "The worker died."),
    ],
)
def test_the_end_is_told(story: Story, reason: str, tone: str, part: str) -> None:
    history = fold(story([0.5, 0.97], [0.5, 0.95]))
    history.add(
        RunFinished.model_validate(
            {"reason": reason, "sentence": "The worker died.", "epochs": 2, "best_epoch": 2}
        )
    )
    assert part in verdict(history).sentence
    assert verdict(history).tone == tone


def finished(best: int | None) -> RunFinished:
    return RunFinished(reason="completed", sentence="Done.", epochs=3, best_epoch=best)


def test_the_numbers_at_the_end_are_those_of_the_weights_that_are_kept(story: Story) -> None:
    events = story([0.3, 0.7, 0.9], [0.3, 0.65, 0.6])
    said = verdict(fold([*events, finished(2)]))
    assert said.sentence.startswith(
        "Done after 3 epochs. Epoch 2 is kept: training 70 %, validation 65 %"
    )
    said = verdict(fold([*events, finished(None)]))
    assert "raining 90 %, validation 60 %" in said.sentence
    assert "kept" not in said.sentence


def test_kept_weights_that_only_guess_are_no_success(story: Story) -> None:
    confusion = ((0, 500), (0, 500))
    events = [
        event.model_copy(update={"confusion": confusion})
        if isinstance(event, EpochEnded)
        else event
        for event in story([0.6, 0.8, 0.9], [0.5, 0.5, 0.5], classes=2)
    ]
    said = verdict(fold([*events, finished(3)]))
    assert said.tone == "warn"
    assert said.sentence.endswith("validation 50 %, which is no better than guessing.")


def test_a_lost_run_says_where(story: Story) -> None:
    history = fold(story([0.5, 0.6]))
    history.lose()
    assert verdict(history).sentence == "The run ended without a last word in epoch 2."


@pytest.mark.parametrize(
    ("share", "images", "text"),
    [(0.63, 100, "63 %"), (0.974, 5000, "97.4 %"), (1.0, 50, "100 %"), (0.1, 100_000, "10 %")],
)
def test_numbers_are_rounded_to_their_noise(share: float, images: int, text: str) -> None:
    assert percent(share, images) == text


def test_learning_one_s_own_images_alone_is_told_while_it_lasts(story: Story) -> None:
    events = story([0.5, 0.6, 0.66], [0.5] * 3, classes=2)
    guessed = [
        e.model_copy(update={"confusion": ((2, 248), (2, 248))}) if isinstance(e, EpochEnded) else e
        for e in events
    ]
    said = verdict(fold(guessed)).sentence
    assert said.endswith("learning its own images, but on new ones no better than guessing yet.")


def test_the_sentence_says_which_training_accuracy_it_means(story: Story) -> None:
    events = story([0.5, 0.6, 0.66], [0.5, 0.6, 0.6])
    cleaned = [
        e.model_copy(update={"clean_training": Scores(loss=0.1, accuracy=0.75)})
        if isinstance(e, EpochEnded)
        else e
        for e in events
    ]
    assert verdict(fold(cleaned)).sentence.startswith("Clean training 75 %, validation 60 %")
    assert verdict(fold(events)).sentence.startswith("Training 66 %, validation 60 %")
