"""The jobs a worker can do; loading them imports the training room, TensorFlow and all."""

import traceback
from collections.abc import Callable, Mapping

from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.events import Event, RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.orders import Orders
from cnnstudio.worker.request import Request

Emit = Callable[[Event], None]
Job = Callable[[Request, Emit, Orders], RunFinished]
"""Does the request; what it returns is the last event (if it has not emitted one itself)."""


def load() -> Mapping[str, Job]:
    """Imports the training room (seconds) and returns the jobs by name."""
    from cnnstudio.training.failure import last_word
    from cnnstudio.training.session import conduct

    def train(request: Request, emit: Emit, orders: Orders) -> RunFinished:
        folder = RunFolder(request.run)
        return conduct(
            folder.experiment(),
            folder,
            emit,
            orders.stopping,
            request.resume,
            orders,
            request.epochs,
        )

    def diagnose(request: Request, emit: Emit, orders: Orders) -> RunFinished:
        from cnnstudio.training.forks import diagnose_run

        folder = RunFolder(request.run)
        experiment = folder.experiment()
        try:
            diagnosis = diagnose_run(folder, emit, orders.stopping, request.budget_seconds)
        except Exception as error:
            traceback.print_exc()
            return last_word(error, experiment)
        return RunFinished(reason="completed", sentence=diagnosis.sentence)

    def write_export(request: Request, emit: Emit, orders: Orders) -> RunFinished:
        from cnnstudio.training.export import export

        folder = RunFolder(request.run)
        experiment = folder.experiment()
        out = request.out or folder.export / request.format
        try:
            exported = export(folder, request.format, out, emit, orders.stopping)
        except Stopped:
            sentence = "The export was stopped; nothing was written."
            return RunFinished(reason="canceled", sentence=sentence)
        except Exception as error:
            traceback.print_exc()
            return last_word(error, experiment)
        return RunFinished(reason="completed", sentence=exported.sentence)

    def fetch_set(request: Request, emit: Emit, orders: Orders) -> RunFinished:
        from cnnstudio.spec.keras_sets import keras_set
        from cnnstudio.training.keras_sets import fetch

        one = keras_set(request.dataset)
        try:
            fetch(one, emit, orders.stopping)
        except Stopped:
            sentence = "The download was canceled; nothing was kept."
            return RunFinished(reason="canceled", sentence=sentence)
        return RunFinished(reason="completed", sentence=f"{one.title} is on this computer now.")

    def measure_speed(request: Request, emit: Emit, orders: Orders) -> RunFinished:
        from cnnstudio.training.speed import measure

        experiment = RunFolder(request.run).experiment()
        try:
            measured = measure(experiment, emit, orders.stopping)
        except Stopped:
            return RunFinished(reason="canceled", sentence="The measurement was stopped.")
        except Exception as error:
            traceback.print_exc()
            return last_word(error, experiment)
        return RunFinished(reason="completed", sentence=measured.sentence)

    return {
        "train": train,
        "diagnose": diagnose,
        "export": write_export,
        "fetch": fetch_set,
        "measure": measure_speed,
    }
