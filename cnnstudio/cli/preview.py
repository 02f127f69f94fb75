"""`cnnstudio preview FILE`: images beside the draws that training will see, or their code."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.cli.experiments import add_file, add_json, add_set, load
from cnnstudio.cli.output import Output
from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.data.index import ImageIndex, Sample

MOST_ROWS = 8


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `preview` takes."""
    add_file(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=Path, metavar="PNG", help="the picture to write")
    what.add_argument(
        "--code",
        choices=("keras", "generator"),
        help="print the augmentation as layers of Keras in tf.data, or as an ImageDataGenerator; "
        "where they mean something else is said beside it",
    )
    parser.add_argument(
        "--count",
        type=_count,
        default=6,
        metavar="N",
        help="draws of each image: what training sees in epochs 1 to N (default: 6)",
    )
    add_set(parser)
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Writes the contact sheet, or prints the code."""
    if given.code:
        return _print_code(given, output)
    from cnnstudio.augment.samples import SampleMaker
    from cnnstudio.augment.sheet import rows, save
    from cnnstudio.data.decode import UnreadableImage
    from cnnstudio.data.index import index

    if given.out.suffix.lower() != ".png":
        raise UserError("The picture is a PNG: choose a name that ends in .png.", str(given.out))
    experiment = load(given.file, given.overrides)
    maker = SampleMaker(experiment)
    table, shown, reason = [], [], ""
    for choices in _by_class(index(experiment.dataset)):
        for sample in choices:
            try:
                table += rows(maker, [sample], given.count)
            except UnreadableImage as error:
                reason = f"“{sample.key}” {error.reason}"
                continue
            shown.append(sample.key)
            break
    if not table:
        raise UserError(f"None of the images can be read: {reason}.", str(given.file))
    save(table, given.out, experiment.name)
    output.report(
        f"{len(table)} images with {given.count} draws each are in {given.out}."
        if any(o.enabled and not o.idle for o in experiment.augmentation.operations)
        else f"No augmentation is on, so all draws in {given.out} equal their image."
    )
    output.result({"out": str(given.out.absolute()), "images": shown, "draws": given.count})
    return 0


def _print_code(given: argparse.Namespace, output: Output) -> int:
    from cnnstudio.augment.code import generator_call, keras_pipeline

    made = {"keras": keras_pipeline, "generator": generator_call}[given.code](
        load(given.file, given.overrides)
    )
    if not output.json:
        output.report(made.text.rstrip())
        for note in made.notes:
            output.say(f"Note: {note}")
    output.result({"code": made.text, "notes": list(made.notes)})
    return 0


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 50:
        raise argparse.ArgumentTypeError("from 1 to 50")
    return value


def _by_class(listed: "ImageIndex") -> "list[tuple[Sample, ...]]":
    """The first training images of the first classes, a few of each to choose from."""
    part = listed.part("train")
    return [
        tuple(sample for sample in part if sample.label == label)[:20]
        for label in range(min(MOST_ROWS, len(listed.class_names)))
    ]
