"""`cnnstudio speed FILE`: what a training step takes here as set, in other precisions, with XLA."""

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.cli.experiments import add_file, add_json, add_set, load, read_images, tell_problems
from cnnstudio.cli.output import Output
from cnnstudio.cli.quiet import quiet

if TYPE_CHECKING:
    from cnnstudio.runs.events import SpeedMeasured


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `speed` takes."""
    add_file(parser)
    add_set(parser)
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Measures, and reports the fastest first."""
    from cnnstudio.cli.job import job
    from cnnstudio.cli.main import DONE, FAILED, PROBLEMS
    from cnnstudio.data.stopping import Stopped
    from cnnstudio.runs.events import dump
    from cnnstudio.spec.problems import problems

    experiment = load(given.file, given.overrides)
    found = problems(experiment, read_images(experiment, output).facts)
    if found:
        tell_problems(found, output)
        output.result({"problems": [{"path": p.path, "sentence": p.sentence} for p in found]})
        return PROBLEMS
    words = "Stopping. Ctrl+C again ends at once."
    with tempfile.TemporaryDirectory(prefix="cnnstudio-", ignore_cleanup_errors=True) as folder:
        try:
            with job(Path(folder), output, words, dump) as work:
                with quiet():
                    from cnnstudio.training.speed import measure

                measured = measure(experiment, work.emit, work.should_stop)
        except Stopped:
            sentence = "The measurement was stopped."
            output.say(sentence)
            output.result({"event": "run_finished", "reason": "canceled", "sentence": sentence})
            return FAILED
    _tell(measured, output)
    speed = json.loads(dump(measured))
    end = {"event": "run_finished", "reason": "completed", "sentence": measured.sentence}
    output.result({**end, "speed": speed})
    return DONE


def _tell(measured: "SpeedMeasured", output: Output) -> None:
    from cnnstudio.runs.speed import fastest_first, rate

    rows = [
        [
            f"{one.words}{' (as set)' * one.same_as(measured.variants[0])}",
            rate(one) if one.images_per_second else "",
            f"{one.ratio:.2f}" if one.ratio else "",
            one.failed,
        ]
        for one in fastest_first(measured.variants)
    ]
    columns = ["training step", "images a second", "times as fast", ""]
    output.table(f"{measured.device}, batches of {measured.batch_size}", columns, rows)
    output.report(measured.sentence)
