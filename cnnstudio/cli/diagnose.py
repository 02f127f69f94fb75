"""`cnnstudio diagnose FILE|RUN`: the doctor's forks and what they prove."""

import argparse
import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.cli.check import tell_findings
from cnnstudio.cli.experiments import add_json, add_set, load, read_images, tell_problems
from cnnstudio.cli.output import Output
from cnnstudio.cli.quiet import quiet
from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.runs.events import Event
    from cnnstudio.runs.findings import Diagnosis
    from cnnstudio.runs.folder import RunFolder


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `diagnose` takes."""
    parser.add_argument(
        "place", type=Path, metavar="FILE|RUN", help="an experiment file or a run folder"
    )
    parser.add_argument(
        "--budget",
        type=_seconds,
        metavar="SECONDS",
        help="roughly how long the forks may take (default: 90)",
    )
    add_set(parser)
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Runs the forks and reports; a FILE is diagnosed from fresh weights, a RUN from its own."""
    from cnnstudio.cli.job import job
    from cnnstudio.cli.main import DONE, FAILED, PROBLEMS
    from cnnstudio.runs.events import dump
    from cnnstudio.spec.problems import problems

    last: list[Event] = []

    def tell(event: "Event") -> str | None:
        if event.event == "run_finished":
            last.append(event)  # told at the very end, with the diagnosis
            return None
        return dump(event)

    with _folder(given.place, given.overrides) as folder:
        experiment = folder.experiment()
        found = problems(experiment, read_images(experiment, output).facts)
        if found:
            tell_problems(found, output)
            output.result({"problems": [{"path": p.path, "sentence": p.sentence} for p in found]})
            return PROBLEMS
        words = "Stopping. Ctrl+C again ends at once."
        with job(folder.diagnosis, output, words, tell) as work:
            with quiet():
                from cnnstudio.training.forks import diagnose_run

            diagnosis = diagnose_run(folder, work.emit, work.should_stop, given.budget)
            stopped = work.should_stop()
    _tell(diagnosis, output)
    end = json.loads(dump(last[-1])) if last else {"event": "run_finished", "reason": "completed"}
    output.result({**end, "diagnosis": json.loads(diagnosis.model_dump_json())})
    return FAILED if stopped else DONE


def _tell(diagnosis: "Diagnosis", output: Output) -> None:
    output.report(diagnosis.sentence)
    tell_findings(diagnosis.findings, output)
    if diagnosis.forks:
        rows = [
            [
                fork.title,
                str(fork.steps),
                f"{100 * fork.clean_before:.0f} %",
                fork.failed or f"{100 * fork.clean_after:.0f} %",
            ]
            for fork in diagnosis.forks
        ]
        output.table("", ["fork", "steps", "clean before", "clean after"], rows)
        output.report(f"Noise: ± {100 * diagnosis.noise:.1f} points.")


@contextlib.contextmanager
def _folder(place: Path, overrides: list[str]) -> "Iterator[RunFolder]":
    """The run folder to diagnose: RUN itself, or one made of FILE for the occasion."""
    from cnnstudio.runs.catalog import is_run
    from cnnstudio.runs.folder import RunFolder

    if is_run(place):
        if overrides:
            raise UserError(
                "--set changes an experiment file; a run stays as it was. Diagnose its "
                "experiment.yaml instead.",
                str(place),
            )
        yield RunFolder(place.absolute())
        return
    experiment = load(place, overrides)
    with tempfile.TemporaryDirectory(prefix="cnnstudio-", ignore_cleanup_errors=True) as made:
        yield RunFolder.create(Path(made), experiment)


def _seconds(text: str) -> float:
    value = float(text)
    if not 1 <= value <= 86_400:
        raise argparse.ArgumentTypeError("from 1 to 86400 seconds")
    return value
