"""The evidence shows every short run beside the unchanged ones, and what that proves."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.diagnosis.evidence_view import EvidenceView
from cnnstudio.gui.diagnosis.probe_list import ProbeList
from cnnstudio.gui.diagnosis.weighed import rows
from cnnstudio.gui.stages.diagnose_stage import DiagnoseStage
from cnnstudio.gui.theme import DARK, LIGHT
from cnnstudio.runs.findings import ForkResult
from cnnstudio.runs.probes import ProbeHistory
from tests.gui.diagnosis import fake_diagnosis
from tests.gui.pages import built
from tests.gui.training import fake_run


def result(probe: str, after: float, failed: str | None = None) -> ForkResult:
    return ForkResult(
        probe=probe,
        title=probe.replace("_", " "),
        steps=200,
        seed=0,
        accuracy_before=0.1,
        accuracy_after=after,
        clean_before=0.1,
        clean_after=after,
        loss_after=1.0,
        samples=512,
        failed=failed,
    )


CONTROLS = tuple(result(f"control_{number}", 0.1 + 0.01 * number) for number in (1, 2, 3))


def probes_until(count: int | None) -> ProbeHistory:
    probes = ProbeHistory()
    script = list(fake_diagnosis.events(fake_run.experiment(), None, "augmentation_off", 0.11, 0.7))
    for event in script[:count]:
        probes.add(event)
    return probes


@pytest.fixture
def view(qtbot: QtBot) -> EvidenceView:
    made = EvidenceView()
    qtbot.addWidget(made)
    made.set_facts(fake_run.facts())
    made.set_theme(DARK)
    made.resize(690, 660)
    made.show()
    return made


def test_the_unchanged_runs_are_one_row_and_the_winner_stands_out() -> None:
    found, trial = rows((*CONTROLS, result("rate_up", 0.12), result("augmentation_off", 0.7)), 0.1)
    assert [row.standing for row in found] == ["control", "better", "alike"]
    assert found[0].after == pytest.approx(0.12)
    assert found[1].title == "augmentation off"
    assert trial is not None
    assert trial.controls == 3


def test_a_failed_short_run_is_told_and_proves_nothing() -> None:
    found, _ = rows((*CONTROLS, result("rate_up", 0.9, failed="It diverged.")), 0.1)
    assert [row.standing for row in found] == ["control", "failed"]
    assert found[1].failed == "It diverged."


def test_nothing_is_better_before_the_controls_are_there() -> None:
    found, _ = rows((CONTROLS[0], result("augmentation_off", 0.9)), 0.1)
    assert [row.standing for row in found] == ["control", "alike"]
    assert rows((), 0.1) == ((), None)


def test_without_short_runs_the_view_says_what_they_would_be(view: EvidenceView) -> None:
    view.draw_now()
    assert not view.table.isVisible()
    view.set_probes(probes_until(None))
    view.draw_now()
    assert view.table.isVisible()
    view.set_probes(ProbeHistory())
    view.draw_now()
    assert not view.table.isVisible()


def test_lines_grow_while_the_short_runs_go_on(view: EvidenceView) -> None:
    view.set_probes(probes_until(10))
    view.draw_now()
    assert len(view.band.lines["control_1"].x) == 8
    assert view.chart.shown == (0.0, 200.0)
    view.set_probes(probes_until(30))
    view.draw_now()
    assert len(view.band.lines["control_1"].x) == 20
    assert view.band.lines["augmentation_off"].name == "without augmentation"


def test_the_table_has_a_row_for_each_short_run(view: EvidenceView) -> None:
    probes = probes_until(None)
    view.set_probes(probes)
    view.draw_now()
    assert view.table.rowCount() == len(probes.courses)
    row = list(probes.courses).index("augmentation_off")
    item = view.table.item(row, 2)
    assert item is not None
    assert item.text() == "11 → 70 %"


def test_the_winners_line_is_drawn_in_the_colour_of_success(view: EvidenceView) -> None:
    view.set_probes(probes_until(None))
    view.draw_now()
    assert view.band.lines["augmentation_off"].look.color == "ok"
    assert view.band.lines["rate_down"].look.color != "ok"


def test_a_second_diagnosis_takes_the_first_ones_lines_away(view: EvidenceView) -> None:
    view.set_probes(probes_until(None))
    view.draw_now()
    view.set_probes(probes_until(5))
    view.draw_now()
    assert set(view.band.lines) == {"control_1"}


def test_probes_are_listed_before_they_run_and_ticked_off(qtbot: QtBot) -> None:
    listed = ProbeList()
    qtbot.addWidget(listed)
    listed.set_theme(LIGHT)
    listed.set_experiment(fake_run.experiment())
    assert {row.state for row in listed.rows.values()} == {"planned"}
    listed.set_probes(probes_until(30))
    assert [row.state for row in listed.rows.values()][:3] == ["done", "running", "planned"]
    assert listed.rows["augmentation_off"].note.text() == "60 of 200"
    listed.set_probes(probes_until(None))
    assert {row.state for row in listed.rows.values()} == {"done"}
    assert "Not" in listed.ruled_out.text()


def test_the_page_passes_everything_on_and_its_wishes_out(qtbot: QtBot) -> None:
    page = built(DiagnoseStage())
    qtbot.addWidget(page)
    page.set_experiment(fake_run.experiment())
    page.set_facts(fake_run.facts())
    page.set_theme(LIGHT)
    page.resize(1440, 724)
    page.show()
    page.set_history(fake_run.history(8, end=True, learns=False))
    page.set_busy("")
    with qtbot.waitSignal(page.diagnose_requested, timeout=5_000):
        page.cards.ask.click()
    page.set_probes(probes_until(None))
    page.evidence.draw_now()
    assert page.evidence.table.rowCount() == len(page.probes.rows)
    with qtbot.waitSignal(page.remedy_chosen, timeout=5_000):
        page.cards.cards[0].trying.click()
