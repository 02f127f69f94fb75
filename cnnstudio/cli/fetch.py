"""`cnnstudio fetch SET`: a set of Keras, downloaded now, for work without a network later."""

import argparse

from cnnstudio.cli.experiments import add_json
from cnnstudio.cli.output import Output
from cnnstudio.spec.keras_sets import KERAS_SETS, keras_set


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `fetch` takes."""
    names = ", ".join(one.name for one in KERAS_SETS)
    parser.add_argument("set", metavar="SET", help=f"one of {names}")
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Downloads the set unless it is there, and says where it lies."""
    from cnnstudio.cli.main import DONE, FAILED
    from cnnstudio.cli.sets import fetched
    from cnnstudio.data.stopping import Stopped

    one = keras_set(given.set)
    try:
        folder = fetched(one, output)
    except Stopped:
        output.say("The download was stopped; nothing was kept.")
        return FAILED
    output.report(f"{one.title}: {one.images:,} images in {len(one.class_names)} classes.")
    output.report(f"In {folder}; the variable CNNSTUDIO_DATA names another place.")
    output.report(f"Next: cnnstudio new experiment.yaml --images {one.path}")
    output.result({"set": one.name, "folder": str(folder)})
    return DONE
