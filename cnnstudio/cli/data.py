"""`cnnstudio data FILE`: the images of an experiment, its edits, its split, what is unreadable."""

import argparse
from typing import TYPE_CHECKING, Any

from cnnstudio.cli.experiments import (
    add_file,
    add_json,
    add_set,
    experiment_file,
    overridden,
    read_images,
)
from cnnstudio.cli.output import Output

if TYPE_CHECKING:
    from cnnstudio.cli.experiments import Images
    from cnnstudio.data.moves import Moves
    from cnnstudio.data.summary import Summary
    from cnnstudio.spec.experiment import Dataset, Experiment

MOST_SHOWN = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `data` takes."""
    add_file(parser)
    add_set(parser)
    parser.add_argument(
        "--health", action="store_true", help="look for damaged, doubled and odd images too"
    )
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Prints counts by class and part, edits, groups, unreadable files, the cache, and health.

    Where `--set` changes the split or the images, it tells what moved against the file as it is.
    """
    from cnnstudio.cli.health import check_images, plain, tell_health
    from cnnstudio.data.index import index
    from cnnstudio.data.moves import moves
    from cnnstudio.spec import files

    saved = files.load(experiment_file(given.file))
    experiment = overridden(saved, given.overrides)
    images = read_images(experiment, output)
    found = None
    if experiment.dataset != saved.dataset:
        found = moves(index(saved.dataset), images.index)
    tell_images(experiment, images, output)
    if found:
        output.report(f"Against the file as it is: {found.sentence}")
    result = described(experiment, images)
    if found is not None:
        result["moves"] = _plain_moves(found)
    if given.health:
        health = check_images(experiment, images.index, output)
        tell_health(health, output)
        result["health"] = plain(health)
    output.result(result)
    return 0


def tell_images(experiment: "Experiment", images: "Images", output: Output) -> None:
    """What the images are, in a table and a few sentences."""
    from cnnstudio.data.caches import in_words
    from cnnstudio.data.summary import summary
    from cnnstudio.spec.facts import SPLITS

    facts = images.facts
    counted = summary(images.index, experiment.dataset.edits)
    names = [*facts.class_names, *images.index.absent]
    columns = ["class", "training", "validation", "test"]
    rows = [[name, *(f"{facts.counts[part].get(name, 0):,}" for part in SPLITS)] for name in names]
    if counted.excluded:
        columns.append("excluded")
        for row in rows:
            row.append(f"{counted.excluded.get(row[0], 0):,}")
    rows.append(["all", *(f"{_sum(row[at] for row in rows):,}" for at in range(1, len(columns)))])
    output.table("", columns, rows)
    height, width, channels = experiment.input_shape
    output.report(
        f"\n{facts.images():,} images in {len(facts.class_names)} classes, "
        f"{facts.median_short_side} px on the short side, read as {height}×{width}×{channels}."
    )
    for sentence in edit_sentences(counted):
        output.report(sentence)
    if facts.unreadable:
        bad = len(facts.unreadable)
        output.report(f"{bad:,} file{'s' * (bad != 1)} cannot be used:")
        for item in facts.unreadable[:MOST_SHOWN]:
            output.report(f"  {item.key} {item.reason}")
        if len(facts.unreadable) > MOST_SHOWN:
            output.report(f"  and {len(facts.unreadable) - MOST_SHOWN:,} more")
    size, there = _cache(experiment.dataset, images)
    output.report(f"Cache: {in_words(size)}, {'on disk' if there else 'made by the first run'}.")


def edit_sentences(counted: "Summary") -> list[str]:
    """What edits and groups do, in sentences; none where there are none."""
    said = [
        _some(sum(counted.excluded.values()), "excluded"),
        _some(len(counted.relabelled), "with another label"),
        _some(counted.moved, "put into a part by hand"),
        _some(sum(counted.tags.values()), "tags"),
    ]
    lines = []
    if any(said):
        lines.append(f"Edits: {', '.join(words for words in said if words)}.")
    if counted.tags:
        tags = ", ".join(f"{tag} {number:,}" for tag, number in sorted(counted.tags.items()))
        lines.append(f"Tags: {tags}.")
    groups = counted.groups
    if groups.largest is not None:
        by_part = groups.by_part
        lines.append(
            f"Groups: {groups.images:,} images stay together in {groups.groups:,} groups, "
            f"{by_part['train']:,} in training, {by_part['validation']:,} in validation, "
            f"{by_part['test']:,} in test; the largest is “{groups.largest.name}” with "
            f"{len(groups.largest.keys):,}."
        )
    if counted.lost:
        from cnnstudio.data.names import shown

        some = ", ".join(f"“{shown(key)}”" for key in counted.lost[:3])
        more = f" and {len(counted.lost) - 3:,} more" if len(counted.lost) > 3 else ""
        lines.append(f"Edits name images that are not there: {some}{more}.")
    return lines


def described(experiment: "Experiment", images: "Images") -> dict[str, Any]:
    """All of it as plain values for JSON."""
    from cnnstudio.data.names import shown
    from cnnstudio.data.summary import summary

    counted = summary(images.index, experiment.dataset.edits)
    groups = counted.groups
    size, there = _cache(experiment.dataset, images)
    return {
        "source": experiment.dataset.source.model_dump(mode="json"),
        "split": experiment.dataset.split.model_dump(mode="json"),
        "facts": images.facts.model_dump(mode="json"),
        "excluded": {
            "by_class": dict(counted.excluded),
            "keys": [shown(sample.key) for sample in images.index.excluded],
        },
        "relabelled": [
            {"key": shown(one.key), "from": shown(one.before), "to": one.after}
            for one in counted.relabelled
        ],
        "moved_by_hand": counted.moved,
        "tags": dict(counted.tags),
        "groups": {
            "groups": groups.groups,
            "images": groups.images,
            "largest": None
            if groups.largest is None
            else {"name": shown(groups.largest.name), "images": len(groups.largest.keys)},
            "by_part": dict(groups.by_part),
        },
        "lost_edits": [shown(key) for key in counted.lost],
        "cache": {"bytes": size, "on_disk": there},
    }


def _plain_moves(found: "Moves") -> dict[str, Any]:
    from cnnstudio.data.names import shown

    return {
        "sentence": found.sentence,
        "moved": [
            {"key": shown(move.key), "from": move.before, "to": move.after} for move in found.moved
        ],
        "came": [shown(key) for key in found.came],
        "went": [shown(key) for key in found.went],
        "kept": found.kept,
    }


def _cache(dataset: "Dataset", images: "Images") -> tuple[int, bool]:
    from cnnstudio.data.cache import cached_bytes

    return cached_bytes(dataset, images.index)


def _sum(cells: Any) -> int:
    return sum(int(cell.replace(",", "")) for cell in cells)


def _some(number: int, words: str) -> str:
    return f"{number:,} {words}" if number else ""
