"""Finding cards: worst first, one for each cause, with one thing to try."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.doctor.causes import cause
from cnnstudio.doctor.static import static_findings
from cnnstudio.gui.diagnosis.finding_card import FindingCard
from cnnstudio.gui.diagnosis.finding_cards import FindingCards
from cnnstudio.gui.theme import DARK
from cnnstudio.runs.events import FindingRaised, RunFinished
from cnnstudio.runs.findings import Finding, Severity
from cnnstudio.runs.probes import ProbeHistory
from cnnstudio.spec import patch
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.patch import Change
from tests.gui.diagnosis import fake_diagnosis
from tests.gui.training import fake_run


def stuck() -> Experiment:
    """A penalty that outweighs everything, and a schedule that never decays."""
    return patch.apply(
        fake_run.experiment(),
        [
            Change(path="model.layers.0.kernel_regularizer", value={"kind": "L2", "l2": 0.1}),
            Change(
                path="training.optimizer.learning_rate",
                value={"kind": "ExponentialDecay", "decay_steps": 10_000, "staircase": True},
            ),
        ],
    )


def finding(identity: str, severity: Severity = "warning", **more: object) -> Finding:
    return Finding.model_validate(
        {
            "cause": identity,
            "title": f"About {identity}",
            "sentence": "It is so.",
            "severity": severity,
            "confidence": 0.7,
            **more,
        }
    )


@pytest.fixture
def cards(qtbot: QtBot) -> FindingCards:
    made = FindingCards()
    qtbot.addWidget(made)
    made.set_theme(DARK)
    made.set_experiment(fake_run.experiment())
    made.set_findings(static_findings(fake_run.experiment(), fake_run.facts()))
    made.resize(420, 660)
    made.show()
    return made


def diagnosed(culprit: str = "regularization_off") -> ProbeHistory:
    probes = ProbeHistory()
    for event in fake_diagnosis.events(stuck(), None, culprit, 0.11, 0.81):
        probes.add(event)
    return probes


def test_settings_in_order_are_called_healthy_and_ask_for_a_run_first(
    cards: FindingCards,
) -> None:
    assert cards.sentence.text().startswith("Healthy")
    assert not cards.ask.isEnabled()
    assert cards.ask.toolTip().startswith("Train first")


def test_findings_of_the_settings_are_shown_before_any_run(cards: FindingCards) -> None:
    cards.set_findings(static_findings(stuck(), fake_run.facts()))
    assert any("10,000" in card.finding.sentence for card in cards.cards)


def test_the_worst_stands_first_and_alone_has_the_loud_button(cards: FindingCards) -> None:
    run = fake_run.history(3)
    for raised in (finding("M1", "information"), finding("O10", "error"), finding("P9")):
        run.add(FindingRaised(finding=raised))
    cards.set_history(run)
    assert [card.finding.cause for card in cards.cards][:3] == ["O10", "P9", "M1"]
    loud = [card for card in cards.cards if card.trying.property("role") == "primary"]
    assert loud == cards.cards[:1]


def test_a_cause_has_one_card_however_often_it_is_raised(cards: FindingCards) -> None:
    run = fake_run.history(3)
    run.add(FindingRaised(finding=finding("O1", sentence="Early.")))
    run.add(FindingRaised(finding=finding("O1", sentence="Late.")))
    cards.set_history(run)
    assert [c.finding.sentence for c in cards.cards if c.finding.cause == "O1"] == ["Late."]


def test_trying_a_remedy_tells_its_changes_and_its_name(cards: FindingCards, qtbot: QtBot) -> None:
    cards.set_history(fake_run.history(8, learns=False))
    cards.set_probes(diagnosed())
    first = cards.cards[0]
    assert first.finding.proven
    assert first.badge.text() == "Proven"
    with qtbot.waitSignal(cards.remedy_chosen, timeout=5_000) as told:
        first.trying.click()
    changes, label = told.args
    assert label == first.finding.remedy_label
    assert patch.apply(stuck(), changes) != stuck()


def test_a_diagnosis_replaces_the_suspicions_that_it_has_weighed(cards: FindingCards) -> None:
    cards.set_findings(static_findings(stuck(), fake_run.facts()))
    probes = diagnosed()
    cards.set_probes(probes)
    assert probes.diagnosis is not None
    assert {f.cause for f in cards.findings} == {f.cause for f in probes.diagnosis.findings}
    assert cards.sentence.text().replace("\u00a0", " ") == probes.diagnosis.sentence


def test_a_dismissed_finding_can_be_brought_back(cards: FindingCards) -> None:
    cards.set_probes(diagnosed())
    count = len(cards.cards)
    cards.cards[0].dismiss.click()
    assert len(cards.cards) == count - 1
    assert cards.undismiss.text() == "Show 1 dismissed"
    cards.undismiss.click()
    assert len(cards.cards) == count
    assert cards.undismiss.isHidden()


def test_another_run_forgets_what_was_dismissed(cards: FindingCards) -> None:
    run = fake_run.history(3)
    run.add(FindingRaised(finding=finding("O1")))
    cards.set_history(run)
    cards.cards[0].dismiss.click()
    assert not cards.cards
    other = fake_run.history(2)
    other.add(FindingRaised(finding=finding("O1")))
    cards.set_history(other)
    assert len(cards.cards) == 1


def test_the_doctor_can_be_asked_after_a_run_unless_something_else_goes_on(
    cards: FindingCards, qtbot: QtBot
) -> None:
    cards.set_history(fake_run.history(3))
    assert not cards.ask.isEnabled()
    cards.set_history(fake_run.history(3, end=True))
    assert cards.ask.isEnabled()
    with qtbot.waitSignal(cards.diagnose_requested, timeout=5_000):
        cards.ask.click()
    cards.set_busy("0002-pets is being trained.")
    assert not cards.ask.isEnabled()
    assert cards.ask.toolTip() == "0002-pets is being trained."


def test_a_diagnosis_in_progress_shows_how_far_it_is(cards: FindingCards) -> None:
    probes = ProbeHistory()
    script = list(fake_diagnosis.events(stuck(), None, "rate_down", 0.11, 0.81))
    for event in script[:30]:
        probes.add(event)
    cards.set_probes(probes)
    assert not cards.progress.isHidden()
    assert 0 < cards.progress.value() < cards.progress.maximum()
    assert cards.sentence.text() == "Trying: without augmentation · 1 of 7 done"


def test_a_failed_diagnosis_says_why(cards: FindingCards) -> None:
    probes = ProbeHistory()
    probes.add(RunFinished(reason="errored", sentence="The run has no checkpoint."))
    cards.set_probes(probes)
    assert cards.sentence.text() == "The run has no checkpoint."


def test_more_is_learned_from_the_catalogue_of_causes(qtbot: QtBot) -> None:
    card = FindingCard(finding("R1", evidence=("a", "b", "c", "d")))
    qtbot.addWidget(card)
    card.show()
    assert not card.explanation.isVisible()
    card.more.click()
    assert cause("R1").meaning in card.explanation.text()
    assert card.explanation.isVisible()
    card.more.click()
    assert not card.explanation.isVisible()


def test_a_finding_without_remedy_has_nothing_to_try(qtbot: QtBot) -> None:
    card = FindingCard(finding("M7"))
    qtbot.addWidget(card)
    card.show()
    assert not card.trying.isVisible()


def test_an_unknown_cause_is_shown_all_the_same(qtbot: QtBot) -> None:
    card = FindingCard(finding("Z99"))
    qtbot.addWidget(card)
    assert card.explanation.text() == ""


def test_a_long_remedy_is_cut_but_never_pushes_the_card_wider(qtbot: QtBot) -> None:
    remedy = (Change(path="training.epochs", value=3),)
    long = finding("R1", remedy=remedy, remedy_label="Weaken the penalty to a tenth of the loss")
    card = FindingCard(long)
    qtbot.addWidget(card)
    card.resize(240, 300)
    card.show()
    assert card.width() == 240
    assert card.trying.text().endswith("…")
    assert long.remedy_label in card.trying.toolTip()
    card.resize(700, 300)
    qtbot.waitUntil(lambda: card.trying.text().endswith("loss"), timeout=5_000)
