"""`cnnstudio check FILE`: what blocks a run, what looks doubtful, and what the images are like."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnstudio.cli.experiments import (
    add_file,
    add_json,
    add_set,
    load,
    read_images,
    tell_problems,
)
from cnnstudio.cli.output import Output

if TYPE_CHECKING:
    from cnnstudio.runs.findings import Finding
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts


LONGEST_SETTING = 120
"""Characters; a whole network on one line is nothing that a person types."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `check` takes."""
    add_file(parser)
    add_set(parser)
    add_json(parser)


def run(given: argparse.Namespace, output: Output) -> int:
    """Prints problems (exit code 1), findings, the health of the images, and facts."""
    from cnnstudio.cli.data import described, edit_sentences
    from cnnstudio.cli.health import check_images, plain, tell_health
    from cnnstudio.data.summary import summary
    from cnnstudio.doctor.static import static_findings
    from cnnstudio.spec.problems import problems

    experiment = load(given.file, given.overrides)
    images = read_images(experiment, output)
    facts = images.facts
    found = problems(experiment, facts)
    health = check_images(experiment, images.index, output)
    findings = static_findings(experiment, facts, health)
    _tell_facts(experiment, facts, output)
    for sentence in edit_sentences(summary(images.index, experiment.dataset.edits)):
        output.report(sentence)
    tell_problems(found, output)
    # What the check of the images found is told once, with its images.
    tell_findings([f for f in findings if not health.of(f.cause)], output)
    tell_health(health, output)
    if not found:
        output.report("No problems: it can be trained.")
    output.result(
        {
            "problems": [
                {
                    "path": problem.path,
                    "sentence": problem.sentence,
                    "fix": [change.model_dump(mode="json") for change in problem.fix],
                    "fix_label": problem.fix_label,
                }
                for problem in found
            ],
            "findings": [finding.model_dump(mode="json") for finding in findings],
            "health": plain(health),
            **described(experiment, images),
        }
    )
    return 1 if found else 0


def tell_findings(findings: "Sequence[Finding]", output: Output) -> None:
    """Every finding with its evidence and remedy."""
    for finding in findings:
        sure = {True: ", proven", False: ", not proven", None: ""}[finding.proven]
        output.report(f"\n{finding.title} [{finding.cause}, {finding.severity}{sure}]")
        output.report(f"  {finding.sentence}")
        for line in finding.evidence:
            output.report(f"  · {line}")
        for line in finding.ruled_out:
            output.report(f"  · {line}")
        if finding.remedy_label:
            output.report(f"  Remedy: {finding.remedy_label}.")
            settings = [f"--set '{c.path}={_yaml(c.value)}'" for c in finding.remedy]
            for setting in settings:
                if len(setting) <= LONGEST_SETTING:
                    output.report(f"    {setting}")
            if any(len(setting) > LONGEST_SETTING for setting in settings):
                output.report("    (one click in the window: cnnstudio open FILE)")
    if findings:
        output.report("")


def _yaml(value: object) -> str:
    """A value as `--set` takes it: JSON is YAML."""
    import json

    return json.dumps(value, ensure_ascii=False)


def _tell_facts(experiment: "Experiment", facts: "DatasetFacts", output: Output) -> None:
    from cnnstudio.spec.plan import duration_words, seconds, total_steps
    from cnnstudio.spec.shapes import walk

    rows = [
        [
            name,
            *(f"{facts.counts[part].get(name, 0):,}" for part in ("train", "validation", "test")),
        ]
        for name in facts.class_names[:20]
    ]
    output.table("", ["class", "training", "validation", "test"], rows)
    if len(facts.class_names) > 20:
        output.report(f"and {len(facts.class_names) - 20} more classes")
    network = walk(experiment)
    images = facts.images("train")
    height, width, channels = experiment.input_shape
    output.report(
        f"\n{facts.images():,} images in {len(facts.class_names)} classes, "
        f"{facts.median_short_side} px on the short side, read as {height}×{width}×{channels}."
    )
    output.report(
        f"{network.parameters.trainable:,} weights; {total_steps(experiment, images):,} steps, "
        f"{duration_words(seconds(experiment, facts))} on this CPU."
    )
