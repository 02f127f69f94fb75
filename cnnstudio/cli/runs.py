"""`cnnstudio runs DIR`: the runs of a folder, newest first."""

import argparse
from dataclasses import asdict
from pathlib import Path

from cnnstudio.cli.experiments import add_json
from cnnstudio.cli.output import Output
from cnnstudio.spec.errors import UserError


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `runs` takes."""
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="a folder of runs, or a project that has one"
    )
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Prints a line for each run."""
    from cnnstudio.runs.catalog import STATE_WORDS, is_run, list_runs, summary

    folder: Path = given.folder
    if not folder.is_dir():
        raise UserError("There is no such folder.", str(folder))
    found = list_runs(folder) or list_runs(folder / "runs")
    if is_run(folder):
        found = (summary(folder),)
    if not found:
        output.report("No runs here yet.")
    else:
        rows = [
            [
                one.name,
                one.started.astimezone().strftime("%Y-%m-%d %H:%M") if one.started else "–",
                STATE_WORDS[one.state],
                str(one.epochs),
                _percent(one.training_accuracy),
                _percent(one.validation_accuracy),
                one.problem,
            ]
            for one in found
        ]
        columns = ["run", "started", "state", "epochs", "training", "validation", ""]
        output.table("", columns, rows)
    output.result(
        {
            "runs": [
                {
                    **asdict(one),
                    "path": str(one.path.absolute()),
                    "started": one.started.isoformat() if one.started else None,
                }
                for one in found
            ]
        }
    )
    return 0


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
