"""FILE and `--set` of the commands: an experiment from disk with fields overridden."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.cli.output import Output
    from cnnstudio.data.index import ImageIndex
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.patch import Change
    from cnnstudio.spec.problems import Problem

NAME = "experiment.yaml"


def add_file(parser: argparse.ArgumentParser) -> None:
    """The argument FILE."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="an experiment file, or the folder that holds it"
    )


def add_set(parser: argparse.ArgumentParser) -> None:
    """The option `--set`."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="overrides",
        help="override a field, as in --set training.epochs=5 (the value is YAML); repeatable",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option `--json`."""
    parser.add_argument(
        "--json", action="store_true", help="print machine-readable results on stdout"
    )


def experiment_file(path: Path) -> Path:
    """The experiment file that `path` is or holds; raises `UserError` when there is none."""
    if path.is_dir():
        inner = path / NAME
        if not inner.is_file():
            raise UserError(
                f"This folder holds no {NAME}. Make one for a folder of images with "
                "“cnnstudio new”.",
                str(path),
            )
        return inner
    return path


def load(path: Path, overrides: Sequence[str] = ()) -> "Experiment":
    """The experiment at `path` with overrides; raises `UserError` naming the place of a fault."""
    from cnnstudio.spec import files

    return overridden(files.load(experiment_file(path)), overrides)


def overridden(experiment: "Experiment", overrides: Sequence[str]) -> "Experiment":
    """The experiment with every `path=value` put in, in order."""
    from cnnstudio.spec.patch import apply

    return apply(experiment, [change(text) for text in overrides])


def change(text: str) -> "Change":
    """The change that `path=value` means; raises `UserError` when it is no such thing."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    from cnnstudio.spec.files import expanded
    from cnnstudio.spec.patch import Change

    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise UserError(
            "--set takes a path and a value, as in --set training.epochs=5.", f"--set {text}"
        )
    try:
        plain = YAML(typ="safe", pure=True).load(value)
    except YAMLError as error:
        raise UserError(
            "The value after “=” is not valid YAML.", f"--set {text}", str(error)
        ) from error
    path = path.strip()
    if path == "dataset.source.path" and isinstance(plain, str):
        # In a file paths start at the file; typed in a terminal they start where one stands.
        plain = str(expanded(plain).absolute())
    return Change(path=path, value=plain)


@dataclass(frozen=True, slots=True)
class Images:
    """The images of an experiment, listed, and their facts."""

    index: "ImageIndex"
    facts: "DatasetFacts"


def read_images(experiment: "Experiment", output: "Output") -> Images:
    """List the images of an experiment and read their headers, with a progress bar.

    Raises `UserError` for a missing or unusable folder.
    """
    from cnnstudio.cli.progress import counting
    from cnnstudio.data.facts import facts
    from cnnstudio.data.index import index

    listed = index(experiment.dataset)
    with counting(output, "Reading images") as progress:
        return Images(listed, facts(experiment.dataset, listed, progress))


def tell_problems(problems: "Sequence[Problem]", output: "Output") -> None:
    """Every problem as a line with its place."""
    for problem in problems:
        output.report(f"Problem: {problem.sentence}")
        place = f"  in {problem.path}"
        output.report(f"{place}; remedy: {problem.fix_label}" if problem.fix_label else place)
