"""The entry point: arguments to a command, errors to one sentence, results to an exit code."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from cnnstudio import __version__
from cnnstudio.cli.output import Output
from cnnstudio.spec.errors import UserError

DONE, PROBLEMS, BAD_INPUT, FAILED = 0, 1, 2, 3

COMMANDS: dict[str, str] = {
    "open": "open an experiment, project, run or folder of images in the window",
    "demo": "the bundled sample project; without a display it trains in the terminal",
    "new": "write an experiment for a folder of images",
    "fetch": "download a set of images that Keras brings",
    "data": "the images of an experiment: counts, edits, split, groups, what is unreadable",
    "check": "problems, doubts and facts of an experiment",
    "preview": "draw augmented images into a picture",
    "train": "train an experiment",
    "diagnose": "find out why training accuracy does not rise",
    "speed": "time a training step in other precisions and with XLA",
    "export": "write and check a model for use elsewhere",
    "runs": "list the runs of a folder",
    "cache": "what decoded images and thumbnails take on disk, and how to be rid of them",
}
"""Each is a module of this package with `arguments(parser)` and `run(arguments, output)`."""


def parser() -> argparse.ArgumentParser:
    """Everything that can be said on the command line."""
    top = argparse.ArgumentParser(
        prog="cnnstudio",
        description="Build, train and understand a convolutional image classifier.",
        epilog="Without a command the window opens. `cnnstudio COMMAND --help` tells more.",
    )
    top.add_argument("--version", action="version", version=f"CNN Studio {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        one = commands.add_parser(name, help=summary, description=f"{_sentence(summary)}.")
        import_module(f"cnnstudio.cli.{name}").arguments(one)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Do what `words` (the command line) say. Returns the exit code.

    0: done. 1: problems found. 2: bad usage or input. 3: the work failed.
    """
    words = sys.argv[1:] if words is None else list(words)
    if words[:1] == ["--worker"]:
        _worker()
    arguments = parser().parse_args(words)
    output = Output(json=getattr(arguments, "json", False))
    _take_any_name(output.json)
    try:
        command = import_module(f"cnnstudio.cli.{arguments.command or 'open'}")
        return int(command.run(arguments, output))
    except UserError as error:
        output.error(error)
        return BAD_INPUT
    except KeyboardInterrupt:
        output.say("Stopped.")
        return FAILED
    except BrokenPipeError:
        # Whoever read our output (`| head`) has seen enough; Python must not flush into it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        from cnnstudio.cli.failure import keep

        output.error(keep(error))
        return FAILED


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _take_any_name(json: bool) -> None:
    """Lets stdout take every character: on Windows, in a file or a pipe, it takes some hundred."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # JSON is UTF-8; a person's other programs expect the encoding that is.
        sys.stdout.reconfigure(encoding="utf-8" if json else None, errors="backslashreplace")


def _worker() -> None:
    """A frozen program is its own interpreter: the window starts its worker like this."""
    from cnnstudio.worker import child, jobs

    child.main(jobs.load)
