"""The health check of the images in the terminal: run with a progress bar, told, given as JSON."""

import json
from typing import TYPE_CHECKING, Any

from cnnstudio.cli.output import Output

if TYPE_CHECKING:
    from cnnstudio.data.health.report import HealthReport
    from cnnstudio.data.index import ImageIndex
    from cnnstudio.spec.experiment import Experiment

MOST_KEYS = 5


def check_images(experiment: "Experiment", index: "ImageIndex", output: Output) -> "HealthReport":
    """Measure what is not known yet, with a progress bar, and look for findings."""
    from cnnstudio.cli.progress import counting
    from cnnstudio.data.health.check import check

    with counting(output, "Checking images") as progress:
        return check(experiment, index, progress)


def tell_health(report: "HealthReport", output: Output) -> None:
    """Every finding with its evidence, its first images and what would mend it."""
    from cnnstudio.data.names import shown

    if not report.findings:
        output.report(f"\nHealth: nothing odd in {report.measured:,} images.")
        return
    for finding in report.findings:
        sign = f"{finding.cause}, {finding.severity}" if finding.cause else finding.severity
        output.report(f"\n{finding.title} [{sign}]")
        output.report(f"  {finding.sentence}")
        for line in finding.evidence:
            output.report(f"  · {line}")
        named = any(shown(key) in line for key in finding.keys[:1] for line in finding.evidence)
        if finding.keys and not named:
            keys = ", ".join(shown(key) for key in finding.keys[:MOST_KEYS])
            more = len(finding.keys) - MOST_KEYS
            output.report(f"  Images: {keys}{f' and {more:,} more' if more > 0 else ''}.")
        if finding.fix_label:
            output.report(f"  Remedy: {finding.fix_label}.")
            for change in finding.changes:
                value = json.dumps(change.value, ensure_ascii=False)  # JSON is YAML
                output.report(f"    --set '{change.path}={value}'")


def plain(report: "HealthReport") -> dict[str, Any]:
    """The report as JSON: every finding with all of its images and its fix."""
    from cnnstudio.data.names import shown

    return {
        "measured": report.measured,
        "findings": [
            {
                "kind": finding.kind,
                "cause": finding.cause,
                "severity": finding.severity,
                "title": finding.title,
                "sentence": finding.sentence,
                "evidence": finding.evidence,
                "images": [shown(key) for key in finding.keys],
                "fix": {
                    "label": finding.fix_label,
                    "exclude": [shown(key) for key in finding.edits.excluded],
                    "groups": [[shown(key) for key in keys] for _, keys in finding.edits.groups],
                }
                if finding.edits is not None
                else {
                    "label": finding.fix_label,
                    "changes": [change.model_dump(mode="json") for change in finding.changes],
                },
            }
            for finding in report.findings
        ],
    }
