"""The jobs a worker can do; importing them imports the training room, TensorFlow and all."""

from collections.abc import Callable, Mapping

from cnnstudio.runs.events import DiagnosisReady, Event, ExportFinished, RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.worker.request import Request

Emit = Callable[[Event], None]
ShouldStop = Callable[[], bool]
Job = Callable[[Request, Emit, ShouldStop], RunFinished]
"""Does the request; what it returns is the last event (if it has not emitted one itself)."""


def load() -> Mapping[str, Job]:
    """Imports the training room (seconds) and returns the jobs by name."""
    from cnnstudio.training.session import conduct

    def train(request: Request, emit: Emit, should_stop: ShouldStop) -> RunFinished:
        folder = RunFolder(request.run)
        return conduct(folder.experiment(), folder, emit, should_stop, resume=request.resume)

    def diagnose(request: Request, emit: Emit, should_stop: ShouldStop) -> RunFinished:
        from cnnstudio.training.forks import diagnose_run

        answered = False

        def note(event: Event) -> None:
            nonlocal answered
            answered = answered or isinstance(event, DiagnosisReady)
            emit(event)

        folder = RunFolder(request.run)
        diagnosis = diagnose_run(folder, note, should_stop, budget_seconds=request.budget_seconds)
        if not answered and not should_stop():
            emit(DiagnosisReady(diagnosis=diagnosis))
        if should_stop():
            return RunFinished(reason="canceled", sentence="The diagnosis was stopped.")
        return RunFinished(reason="completed", sentence=diagnosis.sentence)

    def write_export(request: Request, emit: Emit, should_stop: ShouldStop) -> RunFinished:
        from cnnstudio.training.export import export

        told = False

        def note(event: Event) -> None:
            nonlocal told
            told = told or isinstance(event, ExportFinished)
            emit(event)

        out = request.out or RunFolder(request.run).export / request.format
        result = export(RunFolder(request.run), request.format, out, note, should_stop)
        if should_stop():
            return RunFinished(reason="canceled", sentence="The export was stopped.")
        if not told:
            emit(result)
        return RunFinished(reason="completed", sentence=result.sentence)

    return {"train": train, "diagnose": diagnose, "export": write_export}
