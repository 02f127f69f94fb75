"""`cnnstudio open PATH`, and `cnnstudio` alone: the window."""

import argparse
from pathlib import Path

from cnnstudio.cli import display
from cnnstudio.cli.output import Output
from cnnstudio.spec.errors import UserError


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `open` takes."""
    parser.add_argument(
        "path",
        type=Path,
        help="an experiment file, a project folder, a run folder or a folder of images",
    )


def run(given: argparse.Namespace, output: Output) -> int:
    """Opens the window, empty or with a path."""
    path: Path | None = getattr(given, "path", None)
    if path is not None and not path.exists():
        raise UserError("There is nothing at this path to open.", str(path))
    display.require()
    return display.show(path)
