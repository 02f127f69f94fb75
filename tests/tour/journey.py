"""The main job as a person does it, step by step, with a picture of each."""

import sys
from pathlib import Path

from PySide6.QtWidgets import QScrollArea

from cnnstudio.gui.augmentation.preview import AugmentationPreview
from cnnstudio.gui.augmentation.preview_bar import ENDS, FRESH
from cnnstudio.gui.stages.train_stage import TrainStage
from cnnstudio.runs.events import RunFinished
from cnnstudio.runs.history import RunHistory
from tests.tour.driver import Driver


def from_images_to_export(driver: Driver, images: Path, quick: bool) -> None:
    """Open a folder, look around, train with the defaults, export and verify."""
    driver.see("start")
    driver.studio.open(images)
    driver.until("the question is asked", driver.window.question.isVisible, 120)
    driver.see("question")
    driver.click("answer.photos")
    document = driver.studio.document
    driver.until("the images are read", lambda: document.facts is not None, 120)
    if quick:
        document.edit("training.epochs", 2)
    for stage in ("data", "augment", "model", "train"):
        driver.do(f"stage.{stage}")
        driver.settle(1200)
        driver.see(stage)
        if stage == "augment":
            _look_at_draws(driver)
    _train(driver, "training", 1 if quick else 5)
    _look_at_layers(driver)
    driver.do("stage.diagnose")
    driver.see("nothing-wrong")
    driver.do("stage.runs")
    driver.settle(1000)
    driver.see("runs")
    driver.do("stage.export")
    driver.see("export")
    driver.do("run.export")
    _finish(driver, "the model is exported")
    driver.settle(1000)
    driver.see("exported")


def _look_at_draws(driver: Driver) -> None:
    """The ends of all ranges, the very pixels of an epoch, and one draw beside its original."""
    preview = driver.window.findChild(AugmentationPreview)
    if preview is None:
        raise RuntimeError("The Augment stage has no preview.")
    preview.bar.choose(ENDS)
    driver.settle(1200)
    driver.see("extremes")
    preview.show_as_trained(3)
    driver.settle(1200)
    driver.see("as-trained")
    preview.open_tile(0)
    driver.settle(800)
    driver.see("draw-and-original")
    preview.close_tile()
    preview.bar.choose(FRESH)


def _look_at_layers(driver: Driver) -> None:
    """The heat map of the layers, and the predictions below the numbers."""
    page = driver.window.page("train")
    if not isinstance(page, TrainStage):
        raise RuntimeError("The Train stage has no page.")
    layers = page.view.group.button(1)
    layers.click()
    for area in page.numbers.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    driver.settle(1000)
    driver.see("layers-and-predictions")
    page.view.group.button(0).click()


def from_stuck_to_fix(driver: Driver, stuck: Path, quick: bool) -> None:
    """Open the sample that stays at chance, train it, find out why, try the fix."""
    driver.studio.files.open_sample(stuck)
    document = driver.studio.document
    driver.until("the images are read", lambda: document.facts is not None, 120)
    document.edit("training.epochs", 2 if quick else 10)
    driver.do("stage.model")
    driver.settle(1200)
    driver.see("stuck-model")
    _train(driver, "stuck-training", 1 if quick else 5)
    driver.do("stage.diagnose")
    driver.see("stuck-before-diagnosis")
    driver.do("run.diagnose")
    driver.until("two forks are done", lambda: _forks_done(driver) >= 2, 300)
    driver.see("diagnosing")
    _finish(driver, "the doctor is done")
    driver.settle(1000)
    driver.see("diagnosed")
    driver.do("remedy.try")
    _finish(driver, "the fixed run ends")
    driver.do("stage.train")
    driver.settle(1000)
    driver.see("fixed")
    driver.do("stage.runs")
    driver.settle(1000)
    driver.see("both-runs")


def _train(driver: Driver, name: str, epochs: int) -> None:
    """Train in the window; pictures after some epochs and at the end."""
    driver.do("stage.train")
    driver.do("run.start")
    store = driver.studio.store

    def epoch() -> int:
        history: RunHistory = store.history
        return len(history.epochs)

    controller = driver.studio.controller
    driver.until(
        f"{epochs} epochs are trained", lambda: epoch() >= epochs or not controller.activity.job
    )
    driver.see(f"{name}-live")
    _finish(driver, "the run ends", 3600)
    driver.settle(1000)
    driver.see(f"{name}-done")


def _finish(driver: Driver, what: str, seconds: float = 600.0) -> None:
    """Wait for the job's last word; raises `RuntimeError` with it when it is a fault."""
    controller = driver.studio.controller
    last: list[RunFinished] = []
    controller.job_ended.connect(lambda _job, finished: last.append(finished))
    driver.until(what, lambda: not controller.activity.job, seconds)
    for finished in last:
        print(finished.sentence, file=sys.stderr)
        if finished.reason == "errored":
            raise RuntimeError(f"{finished.sentence}\n{finished.details}")


def _forks_done(driver: Driver) -> int:
    courses = driver.studio.store.live.probes.courses.values()
    return sum(course.result is not None for course in courses)
