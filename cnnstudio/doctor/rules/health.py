"""What the health check of the images found, as the doctor tells it."""

from collections.abc import Iterator

from cnnstudio.data.health.report import HealthFinding
from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import finding
from cnnstudio.doctor.rules.registry import static_rule
from cnnstudio.runs.findings import Finding

CONFIDENCE = {"information": 0.5, "warning": 0.9, "error": 1.0}


def told(case: Case, cause: str) -> Iterator[Finding]:
    """The findings of a health check about one cause; none before a check."""
    for found in case.health.of(cause) if case.health is not None else ():
        yield finding(
            cause,
            found.sentence,
            severity=found.severity,
            confidence=CONFIDENCE[found.severity],
            evidence=(*found.evidence, *_by_edits(found)),
            remedy=found.changes,
            label=found.fix_label,
        )


def _by_edits(found: HealthFinding) -> tuple[str, ...]:
    """Where a remedy is made that says something about single images."""
    return (f"Remedy among the images: {found.fix_label.lower()}.",) if found.edits else ()


@static_rule("D7")
def contradicting(case: Case) -> Iterator[Finding]:
    """The same picture in several classes."""
    yield from told(case, "D7")


@static_rule("M4")
def leaking(case: Case) -> Iterator[Finding]:
    """The same picture in several splits."""
    yield from told(case, "M4")
