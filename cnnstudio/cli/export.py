"""`cnnstudio export RUN --format … --out PATH`: a model for use elsewhere, checked."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.cli.experiments import add_json
from cnnstudio.cli.output import Output
from cnnstudio.cli.quiet import quiet
from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.runs.events import ExportFinished
    from cnnstudio.runs.folder import RunFolder

FORMATS = ("savedmodel", "keras")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `export` takes."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    parser.add_argument("--format", choices=FORMATS, required=True, help="what to write")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="where to write it")
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Writes and checks the model, and tells the largest difference."""
    from cnnstudio.cli.main import DONE, FAILED
    from cnnstudio.data.stopping import Stopped
    from cnnstudio.runs.catalog import is_run
    from cnnstudio.runs.events import dump
    from cnnstudio.runs.folder import RunFolder

    if not is_run(given.run):
        raise UserError("This is no run folder: train first, then export its run.", str(given.run))
    try:
        finished = export_run(RunFolder(given.run.absolute()), given.format, given.out, output)
    except Stopped:
        output.say("The export was stopped; nothing was written.")
        return FAILED
    output.report(finished.sentence)
    output.report(f"Written to {finished.path} ({finished.size_bytes / 1e6:.1f} MB).")
    output.line(dump(finished))
    return DONE


def export_run(folder: "RunFolder", format: str, out: Path, output: Output) -> "ExportFinished":
    """Exports with a line of progress. Raises `UserError`, and `Stopped` after Ctrl+C."""
    from cnnstudio.cli.job import job

    with job(folder.export, output, "Stopping the export.", lambda event: None) as work:
        with quiet():
            from cnnstudio.training.export import export

        return export(folder, format, out.absolute(), work.emit, work.should_stop)
