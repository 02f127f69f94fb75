"""`cnnstudio new FILE --images DIR`: a first experiment for a folder or a set of images."""

import argparse
from pathlib import Path

from cnnstudio.cli.augmentation import add_augmentation, augmented
from cnnstudio.cli.experiments import add_json, add_set, overridden, read_images
from cnnstudio.cli.output import Output
from cnnstudio.spec.errors import UserError


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `new` takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the experiment file to write")
    parser.add_argument(
        "--images",
        type=Path,
        required=True,
        metavar="DIR",
        help="a folder of images, a table (CSV, TSV), arrays (.npz, .npy), or a set of Keras as "
        "keras:cifar10, which is downloaded if need be",
    )
    parser.add_argument(
        "--template",
        "--orientation",
        dest="template",
        choices=("photos", "text", "any"),
        help="photos may be mirrored, text may not, and any has no right way up at all "
        "(default: photos; for keras:mnist, text)",
    )
    add_augmentation(parser)
    parser.add_argument("--name", help="the experiment's name (default: the folder's)")
    parser.add_argument("--force", action="store_true", help="replace an existing FILE")
    add_set(parser)
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Reads the folder, proposes an experiment and writes it."""
    from cnnstudio.cli.main import FAILED
    from cnnstudio.cli.sets import fetched
    from cnnstudio.data.detect import source_of
    from cnnstudio.data.facts import recounted
    from cnnstudio.data.index import index
    from cnnstudio.data.intensity import intensity_of
    from cnnstudio.data.stopping import Stopped
    from cnnstudio.spec import files
    from cnnstudio.spec.defaults import Orientation, name_for, propose
    from cnnstudio.spec.experiment import Dataset, Experiment
    from cnnstudio.spec.keras_sets import keras_set
    from cnnstudio.spec.plan import duration_words, seconds
    from cnnstudio.spec.sources import KerasDataset

    file: Path = given.file
    if file.is_dir():
        file = file / "experiment.yaml"
    if file.exists() and not given.force:
        raise UserError("This file exists already; --force replaces it.", str(file))
    source = source_of(given.images)
    template: Orientation = given.template or "photos"
    if isinstance(source, KerasDataset):
        one = keras_set(source.name)
        template = given.template or ("text" if one.upright else "photos")
        try:
            fetched(one, output)
        except Stopped:
            output.say("The download was stopped; nothing was written.")
            return FAILED
    name = given.name or name_for(given.images)
    draft = Experiment(name=name, dataset=Dataset(source=source, intensity=intensity_of(source)))
    images = read_images(draft, output)
    experiment = propose(name, source, images.facts, template, draft.dataset.intensity)
    notes: tuple[str, ...] = ()
    if given.augmentation is not None:
        experiment, notes = augmented(experiment, given.augmentation)
    experiment = overridden(experiment, given.overrides)
    facts = recounted(images.facts, index(experiment.dataset))
    files.save(experiment, file)
    height, width = experiment.dataset.image_size
    words = (
        f"{len(facts.class_names)} classes, {facts.images():,} images: {height}×{width}, "
        f"{len(experiment.model.layers)} layers, {experiment.training.epochs} epochs, "
        f"{duration_words(seconds(experiment, facts))} on this CPU."
    )
    output.report(words)
    for note in notes:
        output.say(f"Note: {note}")
    output.report(f"Written to {file}. Next: cnnstudio train {file}")
    output.result(
        {
            "file": str(file.absolute()),
            "experiment": experiment.model_dump(mode="json"),
            "notes": list(notes),
            "facts": facts.model_dump(mode="json"),
        }
    )
    return 0
