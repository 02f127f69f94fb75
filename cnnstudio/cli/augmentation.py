"""`--augmentation`: a preset by name, a pasted ImageDataGenerator, or the file where one stands."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.augment.generator_arguments import Imported
    from cnnstudio.spec.experiment import Experiment

_LARGEST_FILE = 10_000_000


def add_augmentation(parser: argparse.ArgumentParser) -> None:
    """The option `--augmentation`."""
    parser.add_argument(
        "--augmentation",
        metavar="WHAT",
        help="a preset (none, light, strong, classic, …), a call such as "
        "'ImageDataGenerator(rotation_range=20)', or the Python file or notebook that holds "
        "the call (default: what suits --template)",
    )


def augmented(experiment: "Experiment", what: str) -> tuple["Experiment", tuple[str, ...]]:
    """The experiment with the augmentation that `what` names, and what there is to know of it.

    Raises `UserError` when it is neither a preset nor can be read.
    """
    from cnnstudio.spec.patch import Change, apply

    imported = imported_from(what)
    changes = [Change(path="augmentation", value=imported.augmentation)]
    if imported.input_scaling:
        changes.append(Change(path="model.input_scaling", value=imported.input_scaling))
    return apply(experiment, changes), imported.notes


def imported_from(what: str) -> "Imported":
    """What a preset's name, a call or a file says; raises `UserError` when it is none of them."""
    from cnnstudio.augment.generator_arguments import Imported, read
    from cnnstudio.spec.presets import presets

    by_name = {_plain(preset.name): preset for preset in presets()}
    if _plain(what) in by_name:
        return Imported(by_name[_plain(what)].augmentation, None, ())
    if any(sign in what for sign in "(={"):
        return read(what)
    file = Path(what).expanduser()
    if file.is_file():
        try:
            return read(_code_in(file))
        except UserError as error:
            place = f"{file}, {error.place}" if error.place else str(file)
            raise UserError(error.sentence, place, error.details) from error
    names = ", ".join(by_name)
    raise UserError(
        f"There is no preset and no file “{what}”. The presets are {names}; a call such as "
        "'ImageDataGenerator(rotation_range=20)' is taken as well.",
        "--augmentation",
    )


def _plain(name: str) -> str:
    """How a preset's name is typed: `no-right-way-up`."""
    return "-".join(name.casefold().replace("-", " ").split())


def _code_in(file: Path) -> str:
    """The Python of a file, or of those of a notebook's cells that make a generator."""
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise UserError("This file is too large to be a program.")
        text = file.read_text(encoding="utf-8")
        if file.suffix.lower() != ".ipynb":
            return text
        cells = [cell["source"] for cell in json.loads(text)["cells"]]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise UserError("This file cannot be read as a program.", details=str(error)) from error
    sources = ["".join(source) for source in cells if "ImageDataGenerator(" in "".join(source)]
    return "\n".join(sources)
