"""What the verdict strip and the status row say."""

from __future__ import annotations

from cnnstudio.gui.document import Document
from cnnstudio.gui.telling import Telling, tell, train_progress
from cnnstudio.runs.events import BatchEnded, Extended, Paused, PhaseChanged, RunStarted
from cnnstudio.runs.findings import Diagnosis, Finding
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.verdict import Verdict, verdict
from cnnstudio.spec.patch import Change
from cnnstudio.spec.problems import Problem


def running(steps: int) -> RunHistory:
    history = RunHistory()
    history.add(
        RunStarted(
            time=0,
            name="pets",
            epochs=2,
            steps_per_epoch=10,
            batch_size=2,
            training_images=20,
            validation_images=4,
            test_images=0,
            class_names=("cat", "dog"),
            majority_share=0.5,
        )
    )
    for step in range(1, steps + 1):
        history.add(
            BatchEnded(
                time=float(step), epoch=1, step=step, loss=1, accuracy=0.5, learning_rate=0.1
            )
        )
    return history


def told(
    document: Document,
    stage: str = "data",
    problems: tuple[Problem, ...] = (),
    busy: bool = False,
    history: RunHistory | None = None,
    said: Verdict | None = None,
    diagnosis: Diagnosis | None = None,
) -> Telling:
    history = history or RunHistory()
    return tell(
        stage,
        False,
        document.experiment,
        document.facts,
        problems,
        document.reading,
        busy,
        history,
        said or verdict(history),
        diagnosis,
    )


def test_an_empty_window_says_how_to_begin(document: Document) -> None:
    assert "Open a folder" in told(document).sentence


def test_a_ready_experiment_tells_its_plan(opened: Document) -> None:
    said = told(opened)
    assert said.tone == "neutral"
    assert "16 images in 2 classes" in said.sentence
    assert "on this CPU" in said.sentence


def test_a_problem_offers_its_fix(opened: Document) -> None:
    fix = (Change(path="model.layers.0.units", value=2),)
    wrong = (Problem("a", "It is wrong.", fix, "Use 2 units"), Problem("b", "Another."))
    said = told(opened, problems=wrong)
    assert said == Telling("It is wrong.  (and 1 more)", "error", "problems.fix", "Use 2 units")


def test_a_running_network_speaks_before_problems(opened: Document) -> None:
    said = told(
        opened,
        problems=(Problem("a", "It is wrong."),),
        busy=True,
        history=running(3),
        said=Verdict("Training 60 %.", "neutral"),
    )
    assert said == Telling("Training 60 %.")


def test_a_run_that_does_not_learn_leads_to_the_doctor(opened: Document) -> None:
    bad = Verdict("Training 50 %, chance 50 %: not learning.", "error")
    said = told(opened, "train", history=running(3), said=bad)
    assert (said.tone, said.action) == ("error", "run.diagnose")


def test_a_proven_remedy_is_offered(opened: Document) -> None:
    finding = Finding(
        cause="R1",
        title="Too strong",
        sentence="The penalty is too strong.",
        severity="error",
        confidence=1,
        remedy=(Change(path="training.epochs", value=3),),
        remedy_label="Weaken it",
        proven=True,
    )
    diagnosis = Diagnosis(sentence="The penalty is too strong.", findings=(finding,))
    said = told(opened, "train", history=running(3), diagnosis=diagnosis)
    assert said == Telling(diagnosis.sentence, "warn", "remedy.try", "Try this fix")
    assert told(opened, "diagnose", history=running(3), diagnosis=diagnosis).action == ""


def test_the_status_row_tells_epoch_and_time_left() -> None:
    progress = train_progress(running(5), stopping=False)
    assert (progress.text, progress.done, progress.total) == ("Epoch 1 of 2", 5, 20)
    assert progress.notes == ("step 5 of 20", "15 s left", "CPU")
    assert progress.cancel == "run.stop"
    assert train_progress(running(5), stopping=True).reason


def test_before_the_first_step_the_status_row_names_the_phase() -> None:
    history = RunHistory()
    history.add(PhaseChanged(time=0, phase="reading images", done=3, total=9))
    progress = train_progress(history, stopping=False)
    assert (progress.text, progress.done, progress.total) == ("Reading images", 3, 9)


def test_a_paused_run_says_so_in_strip_and_status_row(opened: Document) -> None:
    history = running(5)
    history.add(Paused(epoch=1, step=5, reason="asked", sentence="Paused in epoch 1."))
    assert told(opened, busy=True, history=history) == Telling("Paused in epoch 1.", "neutral")
    progress = train_progress(history, stopping=False, memory=3 * 2**20)
    assert progress.text == "Paused · Epoch 1 of 2"
    assert progress.notes == ("step 5 of 20", "3 MB in training", "CPU")
    history.add(Paused(epoch=1, step=5, reason="disk full", sentence="The disk is full."))
    assert told(opened, busy=True, history=history).tone == "warn"


def test_added_epochs_are_counted_in_the_status_row() -> None:
    history = running(5)
    history.add(Extended(epochs=5))
    progress = train_progress(history, stopping=False)
    assert (progress.text, progress.total) == ("Epoch 1 of 5", 50)
