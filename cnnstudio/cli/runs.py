"""`cnnstudio runs DIR`: the runs of a folder, newest first, and their curves for TensorBoard."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.cli.experiments import add_json
from cnnstudio.cli.output import Output
from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.runs.catalog import RunSummary


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `runs` takes."""
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="a folder of runs, or a project that has one"
    )
    parser.add_argument(
        "--tensorboard",
        type=Path,
        metavar="OUT",
        help="write the curves of these runs as event files of TensorBoard, a folder each in OUT",
    )
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Prints a line for each run, and writes their curves where that is asked for."""
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
    written = [] if given.tensorboard is None else _write(found, given.tensorboard, output)
    output.result(
        {
            "runs": [
                {
                    **asdict(one),
                    "path": str(one.path.absolute()),
                    "started": one.started.isoformat() if one.started else None,
                }
                for one in found
            ],
            **({} if given.tensorboard is None else {"tensorboard": written}),
        }
    )
    return 0


def _write(found: "Sequence[RunSummary]", out: Path, output: Output) -> list[str]:
    """Writes the curves of each run; the folders that were made."""
    from cnnstudio.runs.folder import RunFolder
    from cnnstudio.runs.tensorboard import write

    made = []
    for one in found:
        try:
            write(RunFolder(one.path), out / one.name)
        except UserError as error:
            output.say(f"{one.name}: {error.sentence}")
        else:
            made.append(str((out / one.name).absolute()))
    if made:
        runs = "1 run is" if len(made) == 1 else f"{len(made)} runs are"
        command = f'tensorboard --logdir "{out}"'
        output.report(f"The curves of {runs} in {out}; see them with: {command}")
    return made


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
