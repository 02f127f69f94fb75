"""The doctor's look at the settings: once for everybody, beside the window's thread."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.data.health.report import HealthFinding, HealthReport
from cnnstudio.doctor import static
from cnnstudio.gui.static_findings import StaticFindings, about
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from tests.gui.diagnosis.test_finding_cards import stuck
from tests.gui.training import fake_run


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The thread of every look that the doctor takes."""
    threads: list[int] = []
    look = static.static_findings

    def noted(
        experiment: Experiment, facts: DatasetFacts | None, health: HealthReport | None = None
    ) -> tuple[Finding, ...]:
        threads.append(threading.get_ident())
        return look(experiment, facts, health)

    monkeypatch.setattr(static, "static_findings", noted)
    return threads


def test_many_edits_are_looked_at_once_and_never_in_the_windows_thread(
    qtbot: QtBot, looks: list[int], qapp: object
) -> None:
    findings = StaticFindings(qapp)  # type: ignore[arg-type]
    with qtbot.waitSignal(findings.changed, timeout=20_000):
        findings.set_facts(fake_run.facts())
        findings.set_experiment(fake_run.experiment())
        findings.set_experiment(stuck())
    assert len(looks) == 1
    assert looks[0] != threading.get_ident()
    assert findings.found == static.static_findings(stuck(), fake_run.facts())


def test_what_the_health_check_found_is_looked_at_and_forgotten_with_its_images(
    qtbot: QtBot, looks: list[int], qapp: object
) -> None:
    findings = StaticFindings(qapp)  # type: ignore[arg-type]
    leak = HealthFinding("leaking", "M4", "Leak", "One picture is on both sides.", "warning")
    with qtbot.waitSignal(findings.changed, timeout=20_000):
        findings.set_experiment(fake_run.experiment())
        findings.set_facts(fake_run.facts())
        findings.set_health(HealthReport((leak,), 100))
    assert "M4" in {finding.cause for finding in findings.found}
    with qtbot.waitSignal(findings.changed, timeout=20_000):
        findings.set_health(None)
    assert "M4" not in {finding.cause for finding in findings.found}


def test_a_stage_shows_what_it_can_remedy() -> None:
    found = static.static_findings(stuck(), fake_run.facts())
    assert about("training", found)
    assert about("model", found) == ()
