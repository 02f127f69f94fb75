"""The doctor tells what a health check of the images found, and believes it more than its facts."""

from collections.abc import Callable

import pytest

from cnnstudio.data.health.report import EditFix, HealthFinding, HealthReport
from cnnstudio.doctor.diagnose import diagnose
from cnnstudio.doctor.evidence import Evidence
from cnnstudio.doctor.static import static_findings
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.patch import Change, apply

CAUSES = ("D4", "D5", "D6", "D7", "D8", "D9", "M4", "P10")


def health_of(cause: str, changes: tuple[Change, ...] = ()) -> HealthReport:
    found = HealthFinding(
        kind="planted",
        cause=cause,
        title="Planted",
        sentence=f"Planted {cause}.",
        severity="warning",
        keys=("cat/1.png",),
        evidence=("One image.",),
        edits=None if changes else EditFix(excluded=("cat/1.png",)),
        changes=changes,
        fix_label="Mend it",
    )
    return HealthReport((found,), 1250)


def by_cause(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.cause: finding for finding in findings}


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_of_the_images_is_taken_from_the_check(
    cause: str, healthy: Experiment, facts: DatasetFacts
) -> None:
    found = by_cause(static_findings(healthy, facts, health_of(cause)))[cause]
    assert found.sentence == f"Planted {cause}."
    assert found.evidence == ("One image.", "Remedy among the images: mend it.")
    assert found.remedy == ()


def test_a_remedy_that_changes_a_setting_can_be_taken(
    healthy: Experiment, facts: DatasetFacts
) -> None:
    change = Change(path="dataset.color", value="grayscale")
    found = by_cause(static_findings(healthy, facts, health_of("P10", (change,))))["P10"]
    assert found.remedy_label == "Mend it"
    cured = apply(healthy, found.remedy)
    assert "P10" not in by_cause(static_findings(cured, facts, health_of("P10", (change,))))


def test_a_check_without_findings_leaves_the_doctor_silent(
    healthy: Experiment, facts: DatasetFacts, make_facts: Callable[..., DatasetFacts]
) -> None:
    assert static_findings(healthy, facts, HealthReport((), 1250)) == ()
    # The facts are counted before edits take images out; the check knows better.
    assert "D6" not in by_cause(
        static_findings(healthy, make_facts(unreadable=3), HealthReport((), 1250))
    )


def test_a_diagnosis_names_leaks_as_evidence(healthy: Experiment, facts: DatasetFacts) -> None:
    diagnosis = diagnose(healthy, Evidence(facts=facts, health=health_of("M4")))
    assert "M4" in by_cause(diagnosis.findings)
