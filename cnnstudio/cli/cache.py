"""`cnnstudio cache`: what decoded images, thumbnails and the like take on disk, and their end."""

import argparse

from cnnstudio.cli.experiments import add_json
from cnnstudio.cli.output import Output


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `cache` takes."""
    parser.add_argument(
        "--clear", action="store_true", help="remove all of it; it is made again when needed"
    )
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Prints the size of each kind; with `--clear` removes them and says what that freed."""
    from cnnstudio.data.cachefolder import cache_root
    from cnnstudio.data.caches import clear, held, in_words

    freed = clear() if given.clear else None
    kinds = held()
    total = sum(kind.bytes for kind in kinds)
    if freed is not None:
        output.report(f"Freed {in_words(freed)}.")
    if total or freed is None:
        rows = [[kind.words, in_words(kind.bytes)] for kind in kinds if kind.bytes]
        output.table("", ["", "on disk"], [*rows, ["all", in_words(total)]])
    output.report(f"In {cache_root()}; the variable CNNSTUDIO_CACHE names another folder.")
    result = {
        "folder": str(cache_root()),
        "bytes": total,
        "kinds": {kind.kind: kind.bytes for kind in kinds},
    }
    output.result(result if freed is None else {**result, "freed": freed})
    return 0
