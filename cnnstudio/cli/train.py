"""`cnnstudio train FILE`: a run in this process, told in events, stopped by Ctrl+C."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.cli.check import tell_findings
from cnnstudio.cli.experiments import (
    add_file,
    add_json,
    add_set,
    experiment_file,
    load,
    overridden,
    read_images,
    tell_problems,
)
from cnnstudio.cli.output import Output
from cnnstudio.cli.quiet import quiet
from cnnstudio.cli.stopping import Stopping
from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.runs.events import Event, RunFinished
    from cnnstudio.runs.findings import Finding
    from cnnstudio.runs.folder import RunFolder
    from cnnstudio.runs.history import RunHistory
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts

STOP_WORDS = (
    "Stopping; the model is kept. Ctrl+C again ends at once, with what the last checkpoint holds."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `train` takes."""
    add_file(parser)
    parser.add_argument(
        "--run",
        type=Path,
        metavar="DIR",
        help="the run folder to make (default: the next one in `runs` beside FILE)",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run in --run, or with the latest one of FILE; with "
        "--set training.epochs=N to so many epochs in all",
    )
    add_set(parser)
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Checks, warns, makes or finds the run folder, and trains into it."""
    from cnnstudio.cli.main import DONE, FAILED, PROBLEMS
    from cnnstudio.spec.problems import problems

    epochs = None
    if given.resume:
        folder, experiment, epochs = _resumed(given.file, given.run, given.overrides)
    else:
        experiment = load(given.file, given.overrides)
        folder = None
    facts = read_images(experiment, output).facts
    found = problems(experiment, facts)
    if found:
        tell_problems(found, output)
        output.result({"problems": [{"path": p.path, "sentence": p.sentence} for p in found]})
        return PROBLEMS
    if folder is None:
        tell_findings(warnings(experiment, facts), output)
        folder = _new(experiment, given.file, given.run)
    finished, history = conduct_run(experiment, folder, output, given.resume, epochs)
    output.report(finished.sentence)
    if finished.reason != "errored" and len(history.epochs):
        output.report(judgement(history))
        output.report(f"The run is in {folder.path}")
    elif finished.details:
        output.say(f"The details are in {folder.events_file}")
    return FAILED if finished.reason == "errored" else DONE


def warnings(experiment: "Experiment", facts: "DatasetFacts") -> "Sequence[Finding]":
    """What `check` would warn of in the settings, which a run in the terminal should not hide."""
    from cnnstudio.doctor.static import static_findings

    return [f for f in static_findings(experiment, facts) if f.severity != "information"]


def judgement(history: "RunHistory") -> str:
    """What came of a run, without the words about its end, which stand above it already."""
    from cnnstudio.runs.verdict import verdict

    sentence = verdict(history).sentence
    begin, _, rest = sentence.partition(". ")
    return rest if rest and begin.startswith(("Done after", "Stopped in")) else sentence


def conduct_run(
    experiment: "Experiment",
    folder: "RunFolder",
    output: Output,
    resume: bool = False,
    epochs: int | None = None,
) -> "tuple[RunFinished, RunHistory]":
    """Trains in this process with a progress bar; elsewhere the run can be watched and commanded.

    With `resume` and `epochs` it goes on to so many in all. Raises `UserError` when the run folder
    cannot be written.
    """
    from cnnstudio.cli.job import ending
    from cnnstudio.cli.progress import TrainingBar
    from cnnstudio.runs.events import PhaseChanged, dump
    from cnnstudio.runs.log import EventLog
    from cnnstudio.runs.orders import Orders
    from cnnstudio.worker.control import EXTEND, STOP, Serving, steering

    orders = Orders()
    with (
        TrainingBar(output) as bar,
        EventLog(folder.events_file) as log,
        Stopping(output.say, STOP_WORDS) as stopping,
        Serving(folder.path, {**steering(orders), STOP: stopping.stop}, {EXTEND: orders.extend}),
        ending(log),
    ):

        def emit(event: "Event") -> None:
            log.write(event)
            output.line(dump(event))
            bar.add(event)

        emit(PhaseChanged(phase="importing"))
        with quiet():
            from cnnstudio.training.session import conduct

        last = conduct(experiment, folder, emit, stopping.asked, resume, orders, epochs)
    return last, bar.history


def _new(experiment: "Experiment", file: Path, place: Path | None) -> "RunFolder":
    from cnnstudio.runs.catalog import is_run
    from cnnstudio.runs.folder import RunFolder
    from cnnstudio.runs.writing import plainly
    from cnnstudio.spec import files

    if place is None:
        return RunFolder.create(runs_folder(file), experiment)
    folder = RunFolder(place.absolute())
    with plainly(folder.path):
        if folder.path.is_dir() and any(folder.path.iterdir()):
            what = "holds a run already; --resume goes on with it" if is_run(place) else "is in use"
            raise UserError(f"This folder {what}. Choose a new one.", str(place))
        folder.checkpoints.mkdir(parents=True, exist_ok=True)
    files.save(experiment, folder.experiment_file, complete=True)
    return folder


def runs_folder(file: Path) -> Path:
    """Where runs of an experiment file go: `runs` beside it, or beside the run that holds it."""
    from cnnstudio.runs.catalog import is_run

    beside = experiment_file(file).absolute().parent
    return beside.parent if is_run(beside) else beside / "runs"


def _resumed(
    file: Path, place: Path | None, overrides: Sequence[str]
) -> "tuple[RunFolder, Experiment, int]":
    """The run to go on with, its experiment, and the epochs it shall have in all."""
    from cnnstudio.runs.catalog import list_runs, summary
    from cnnstudio.runs.control_file import is_alive
    from cnnstudio.runs.folder import RunFolder, slug
    from cnnstudio.spec import patch

    if place is None:
        beside = runs_folder(file)
        name = slug(load(file).name)
        runs = [one for one in list_runs(beside) if one.name.partition("-")[2] == name]
        if not runs:
            raise UserError("This experiment has no run to go on with.", str(beside))
        place = runs[0].path
    folder = RunFolder(place.absolute())
    if is_alive(folder.path):
        raise UserError("This run is being trained right now.", str(folder.path))
    before = folder.experiment()
    experiment = overridden(before, overrides)
    longer = experiment.training.epochs
    if experiment != patch.replace(before, "training.epochs", longer):
        raise UserError(
            "A run goes on with its own settings; only training.epochs can be raised. Train anew "
            "for other ones.",
            str(folder.path),
        )
    ended = summary(folder.path)
    if ended.state == "completed" and longer <= before.training.epochs:
        raise UserError(
            f"This run is complete after {ended.epochs} epochs. To go on, raise its epochs, as "
            f"in --set training.epochs={before.training.epochs + 10}.",
            str(folder.path),
        )
    if longer < before.training.epochs:
        raise UserError("The epochs of a run that goes on cannot be lowered.", str(folder.path))
    return folder, before, longer
