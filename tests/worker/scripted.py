"""A real worker process whose jobs are scripts: what the tests of the other side talk to.

Started by its path with the name of a behaviour of the import, so that everything but the
training itself is the product's own code: pipes, socket, files, signals.
"""

import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from cnnstudio.data.keras_files import keep
from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.events import (
    BatchEnded,
    DiagnosisReady,
    EpochEnded,
    ExportFinished,
    Extended,
    LogLine,
    Paused,
    PhaseChanged,
    Resumed,
    RunFinished,
    RunStarted,
    Scores,
    SpeedMeasured,
)
from cnnstudio.runs.findings import Diagnosis
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.orders import Orders
from cnnstudio.runs.speed import SpeedVariant
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.keras_sets import keras_set
from cnnstudio.worker import child
from cnnstudio.worker.jobs import Emit, Job
from cnnstudio.worker.request import Request

FOREVER = threading.Event()
STEPS = 10


def start(emit: Emit, epochs: int) -> None:
    emit(PhaseChanged(phase="reading images", done=3, total=10))
    emit(
        RunStarted(
            name="scripted",
            epochs=epochs,
            steps_per_epoch=STEPS,
            batch_size=4,
            training_images=40,
            validation_images=10,
            test_images=0,
            class_names=("cat", "dog"),
            majority_share=0.5,
        )
    )


def epoch(emit: Emit, number: int) -> None:
    for step in range((number - 1) * STEPS + 1, number * STEPS + 1):
        emit(BatchEnded(epoch=number, step=step, loss=1 / step, accuracy=0.5, learning_rate=0.1))
    emit(
        EpochEnded(
            epoch=number,
            step=number * STEPS,
            seconds=1.0,
            images_per_second=40.0,
            training=Scores(loss=0.5, accuracy=0.8),
            validation=Scores(loss=0.6, accuracy=0.7),
            learning_rate=0.1,
        )
    )


def short(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    start(emit, 3)
    for number in (1, 2, 3):
        epoch(emit, number)
    return RunFinished(reason="completed", sentence="Done.", epochs=3, best_epoch=2)


def until_stopped(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    start(emit, 1000)
    epoch(emit, 1)
    pause = threading.Event()
    while not orders.stopping():
        pause.wait(0.01)
    (request.run / "kept").write_text("kept", encoding="utf-8")
    return RunFinished(reason="canceled", sentence="Stopped in epoch 2.", epochs=1)


def steered(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    """Until it is stopped; holds and goes on as it is asked, and takes more epochs."""
    planned = 1000
    start(emit, planned)
    epoch(emit, 1)
    held = False
    pause = threading.Event()
    while not orders.stopping():
        if orders.pausing() != held:
            held = not held
            if held:
                emit(Paused(epoch=2, step=STEPS, reason="asked", sentence="Paused in epoch 2."))
            else:
                emit(Resumed(epoch=2, step=STEPS))
        if more := orders.take_epochs():
            planned += more
            emit(Extended(epochs=planned))
        pause.wait(0.01)
    return RunFinished(reason="canceled", sentence="Stopped in epoch 2.", epochs=1)


def deaf(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    start(emit, 1000)
    FOREVER.wait()
    raise AssertionError


def tracing(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    start(emit, 1000)
    emit(PhaseChanged(phase="tracing"))
    FOREVER.wait()
    raise AssertionError


def dying(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    start(emit, 3)
    epoch(emit, 1)
    os.write(2, b"the native library gives up\n")
    os._exit(7)


def crashing(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    start(emit, 3)
    os.abort()


def raising(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    start(emit, 3)
    raise ZeroDivisionError("a fault of ours")


def refusing(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    raise UserError("There are no images in the folder.", "dataset.source.path", "details")


def breaking_off(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    raise Stopped


def printing(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    print("ready last open printed")
    os.write(1, b'last "written past Python"\n')
    return RunFinished(reason="completed", sentence="Done.")


def having_the_last_word(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    last = RunFinished(reason="completed", sentence="Said by the job.")
    emit(last)
    return last


def careful(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    """As the training does: every error is an event, even that of writing events."""
    try:
        return short(request, emit, orders)
    except UserError as error:
        last = RunFinished(reason="errored", sentence=error.sentence)
    try:
        emit(last)
    except UserError as error:
        return RunFinished(reason="errored", sentence=error.sentence)
    return last


def telling(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    emit(LogLine(level="info", text=f"nice {os.nice(0) if hasattr(os, 'nice') else 10}"))
    emit(LogLine(level="info", text=f"modules {' '.join(sys.modules)}"))
    return RunFinished(reason="completed", sentence="Done.")


def diagnose(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    emit(PhaseChanged(phase="diagnosing", done=0, total=1))
    emit(DiagnosisReady(diagnosis=Diagnosis(sentence="Healthy.")))
    return RunFinished(reason="completed", sentence="Healthy.")


def export(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    emit(
        ExportFinished(
            path=str(request.out),
            format=request.format,
            size_bytes=1000,
            largest_difference=1e-6,
            images_compared=10,
            agreement=1.0,
            seconds=1.0,
            sentence="Exported.",
        )
    )
    return RunFinished(reason="completed", sentence="Exported.")


def fetch(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    """A set of twenty images a part; by the second word it fails, or comes until it is stopped."""
    how = sys.argv[2] if len(sys.argv) > 2 else ""
    if how == "refusing":
        raise UserError("There is no connection.")
    one = keras_set(request.dataset)
    emit(PhaseChanged(phase="downloading", done=one.download // 2, total=one.download))
    pause = threading.Event()
    while how == "until stopped":
        if orders.stopping():
            raise Stopped
        pause.wait(0.01)
    pixels = np.zeros((20, one.side, one.side), np.uint8)
    pixels[:10] = 255
    part = pixels, (np.arange(20) % 2).astype(np.uint8)
    keep(one, part, part)
    return RunFinished(reason="completed", sentence="Fetched.")


def measure(request: Request, emit: Emit, orders: Orders) -> RunFinished:
    """Half precision is twice as fast; by the second word it goes on until stopped, or refuses."""
    how = sys.argv[2] if len(sys.argv) > 2 else ""
    if how == "refusing":
        raise UserError("There is no network to time.")
    training = RunFolder(request.run).experiment().training
    emit(PhaseChanged(phase="tracing", done=0, total=2))
    pause = threading.Event()
    while how == "until stopped":
        if orders.stopping():
            return RunFinished(reason="canceled", sentence="The measurement was stopped.")
        pause.wait(0.01)
    as_set = SpeedVariant.of(training).model_copy(update={"images_per_second": 100.0, "ratio": 1.0})
    half = {"precision": "mixed_bfloat16", "images_per_second": 200.0, "ratio": 2.0}
    variants = (as_set, as_set.model_copy(update=half))
    emit(SpeedMeasured(variants=variants, batch_size=16, device="CPU", sentence="Twice as fast."))
    return RunFinished(reason="completed", sentence="Twice as fast.")


def load() -> Mapping[str, Job]:
    behaviour = sys.argv[1] if len(sys.argv) > 1 else "quick"
    if behaviour == "endless import":
        FOREVER.wait()
    if behaviour == "broken import":
        raise ImportError("no such engine")
    if behaviour == "dying import":
        os.write(2, b"illegal instruction\n")
        os._exit(4)
    if behaviour == "small disk":
        import resource

        # Room for the request and the first events, as on a disk that fills up in mid-run.
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
    jobs: dict[str, Job] = {
        "short": short,
        "until stopped": until_stopped,
        "steered": steered,
        "deaf": deaf,
        "tracing": tracing,
        "dying": dying,
        "crashing": crashing,
        "raising": raising,
        "refusing": refusing,
        "breaking off": breaking_off,
        "printing": printing,
        "having the last word": having_the_last_word,
        "careful": careful,
        "telling": telling,
        "diagnose": diagnose,
        "export": export,
        "fetch": fetch,
        "measure": measure,
    }
    # The window asks for "train"; what that does is chosen with the second word.
    jobs["train"] = jobs[sys.argv[2] if len(sys.argv) > 2 else "short"]
    return jobs


if __name__ == "__main__":
    child.main(load)
