"""Sets of Keras in the terminal: downloaded with a bar before they are needed."""

import shutil
from typing import TYPE_CHECKING

from cnnstudio.cli.output import Output
from cnnstudio.cli.quiet import quiet

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstudio.spec.keras_sets import KerasSet


def fetched(one: "KerasSet", output: Output) -> "Path":
    """The folder of a set, downloaded with a bar unless it is there.

    Raises `UserError`, and `Stopped` after Ctrl+C.
    """
    from cnnstudio.cli.job import job
    from cnnstudio.data.keras_files import is_here, job_folder, sets_folder
    from cnnstudio.runs.writing import plainly

    if is_here(one.name):
        return sets_folder() / one.name
    output.say(f"Downloading {one.title} from {one.host}, {one.download / 1e6:.0f} MB.")
    folder = job_folder(one.name)
    with plainly(folder, f"{one.title} could not be kept"):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        with job(folder, output, "Stopping the download.", lambda event: None) as work:
            with quiet():
                from cnnstudio.training.keras_sets import fetch

            return fetch(one, work.emit, work.should_stop)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
