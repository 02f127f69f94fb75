"""The conclusion: what keeps training accuracy down, by how much that is proven, and the remedy."""

from collections.abc import Sequence
from math import isfinite

from cnnstudio.doctor import forks
from cnnstudio.doctor.case import Case
from cnnstudio.doctor.evidence import Evidence
from cnnstudio.doctor.finding import finding, ranked
from cnnstudio.doctor.rules.words import percent
from cnnstudio.doctor.static import static_findings, train_findings
from cnnstudio.doctor.suspects import CLEARED, NAMES, verdict
from cnnstudio.doctor.trial import HEALTHY, STUCK, Comparison, Trial, learned, weigh
from cnnstudio.runs.findings import Diagnosis, Finding
from cnnstudio.spec.experiment import Experiment

# What a run that learns has refuted: the experiment alone made it suspect, and no harm came of it.
_ABOUT_LEARNING = ("A", "L", "I", "O", "R", "P1", "P2", "P3", "P5", "P6", "P7", "D10")


def diagnose(experiment: Experiment, evidence: Evidence) -> Diagnosis:
    """The findings that the evidence supports, worst first. Pure: same evidence, same answer.

    A suspect is proven guilty when its fork beats at least three controls by more than twice the
    noise on clean training images (and, where the network does learn, by a material share).
    """
    case = Case(experiment, evidence.facts, evidence.health)
    guess = _guess(case, evidence)
    trial = weigh(evidence.forks, guess)
    accuracy = _accuracy(evidence)
    static = static_findings(experiment, evidence.facts, evidence.health)
    run = (
        train_findings(experiment, evidence.facts, evidence.history)
        if evidence.history is not None
        else ()
    )
    proven = _proven(case, evidence, trial, (*run, *static)) if trial is not None else ()
    best = max(
        [a for a in (accuracy, trial.accuracy if trial is not None else None) if a is not None],
        default=None,
    )
    broken = any(f.cause == "O10" for f in run)
    if not proven and best is not None and learned(best, guess) >= HEALTHY and not broken:
        findings = [*run, *(f for f in static if not f.cause.startswith(_ABOUT_LEARNING))]
        sentence = f"Healthy: training accuracy {percent(best)}, guessing {percent(guess)}."
        return _diagnosis(sentence, _once(findings), evidence, trial, None)
    others = [_cleared(f, trial) for f in (*run, *static)]
    findings = [*proven, *(f for f in others if f.cause not in {p.cause for p in proven})]
    if proven:
        findings = [f for f in findings if f.proven or f.severity != "information"]
    ordered = _once(findings)
    return _diagnosis(
        _sentence(case, ordered, trial, accuracy, guess),
        ordered,
        evidence,
        trial,
        _next_probe(experiment, evidence, bool(proven)),
    )


def _diagnosis(
    sentence: str,
    findings: Sequence[Finding],
    evidence: Evidence,
    trial: Trial | None,
    next_probe: str | None,
) -> Diagnosis:
    return Diagnosis(
        sentence=sentence,
        findings=tuple(findings),
        forks=evidence.forks,
        noise=trial.noise if trial is not None else 0.0,
        next_probe=next_probe,
    )


def _guess(case: Case, evidence: Evidence) -> float:
    """Accuracy of the best blind answer: chance, or always the largest class."""
    started = evidence.history.started if evidence.history is not None else None
    majority = started.majority_share if started is not None else 0.0
    if evidence.facts is not None:
        majority = max(majority, evidence.facts.majority("train"))
    return max(1.0 / case.classes, min(majority, 0.99))


def _accuracy(evidence: Evidence) -> float | None:
    """The last accuracy on training images, clean where it was measured so."""
    if evidence.history is None:
        return None
    clean = evidence.history.latest("clean_accuracy")
    accuracy = clean if clean is not None else evidence.history.latest("training_accuracy")
    return accuracy if accuracy is not None and isfinite(accuracy) else None


def _proven(
    case: Case, evidence: Evidence, trial: Trial, suspected: Sequence[Finding]
) -> tuple[Finding, ...]:
    found: list[Finding] = []
    judged = [(c, verdict(c.result, case, evidence.history)) for c in trial.proofs]
    convicted = [(c, conclusion) for c, conclusion in judged if conclusion is not None]
    guilty = {conclusion.cause for _, conclusion in convicted}
    cleared = tuple(
        _acquittal(c, trial)
        for c in trial.acquittals
        if c.result.probe in NAMES and guilty.isdisjoint(CLEARED.get(c.result.probe, ()))
    )
    for comparison, conclusion in convicted:
        share = comparison.gain / convicted[0][0].gain
        earlier = [f for f in suspected if f.cause == conclusion.cause]
        how = NAMES[comparison.result.probe][1]
        reached = percent(comparison.result.clean_after)
        lines = [
            f"{comparison.result.title}: {reached} of clean training images after "
            f"{comparison.result.steps} steps; unchanged {_measured(trial)} "
            f"({trial.controls} seeds).",
            f"The gain of {100 * comparison.gain:.0f} points is "
            f"{comparison.gain / max(comparison.noise, 1e-6):.0f} times the noise.",
            *conclusion.evidence,
            *(line for f in earlier for line in f.evidence),
            *((conclusion.note,) if conclusion.note else ()),
        ]
        found.append(
            finding(
                conclusion.cause,
                f"{how.capitalize()}, training accuracy rises to {reached}; unchanged, it is "
                f"{_measured(trial)}.",
                severity="error" if trial.learned < STUCK else "warning",
                confidence=round(comparison.confidence * share, 3),
                evidence=tuple(dict.fromkeys(lines)),
                remedy=conclusion.remedy,
                label=conclusion.label,
                proven=True,
                ruled_out=cleared,
            )
        )
    return tuple(found)


def _acquittal(comparison: Comparison, trial: Trial) -> str:
    name, how = NAMES[comparison.result.probe]
    word = "Hardly" if comparison.gain > 2 * comparison.noise else "Not"
    reached = percent(comparison.result.clean_after)
    return f"{word} {name}: {how} {reached}, unchanged {_measured(trial)}."


def _cleared(suspicion: Finding, trial: Trial | None) -> Finding:
    """A suspicion that its own fork did not confirm counts half and is not proven."""
    if trial is None or suspicion.proven is not None or trial.controls < forks.CONTROLS:
        return suspicion
    for comparison in trial.acquittals:
        if suspicion.cause in CLEARED.get(comparison.result.probe, ()):
            return suspicion.model_copy(
                update={
                    "proven": False,
                    "severity": "information",
                    "confidence": round(suspicion.confidence / 2, 3),
                    "ruled_out": (*suspicion.ruled_out, _acquittal(comparison, trial)),
                }
            )
    return suspicion


def _once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Ranked, with one finding for each cause: the first, which is the strongest."""
    found: dict[str, Finding] = {}
    for one in ranked(findings):
        found.setdefault(one.cause, one)
    return tuple(found.values())


def _measured(trial: Trial) -> str:
    return f"{100 * trial.accuracy:.0f} ± {max(1, round(100 * trial.noise))} %"


def _sentence(
    case: Case,
    findings: Sequence[Finding],
    trial: Trial | None,
    accuracy: float | None,
    guess: float,
) -> str:
    proven = [f for f in findings if f.proven]
    if proven:
        text = f"{proven[0].title}: {proven[0].sentence[0].lower()}{proven[0].sentence[1:]}"
        if len(proven) > 1:
            text += f" Also: {proven[1].title[0].lower()}{proven[1].title[1:]}."
        return text
    strong = [f for f in findings if f.severity != "information" and f.proven is not False]
    if trial is None:
        known = ""
        if accuracy is not None:
            known = f"Training accuracy {percent(accuracy)}, guessing {percent(guess)}. "
        if strong:
            return f"{known}Suspected, not yet proven: {_lowered(strong[0])}."
        return f"{known}Nothing stands out in the experiment; only forks can tell more."
    if trial.controls < forks.CONTROLS:
        return (
            f"Nothing proven: only {trial.controls} of {forks.CONTROLS} unchanged runs were made, "
            "so the noise is unknown."
        )
    text = (
        f"Nothing proven: no fork beat the unchanged {_measured(trial)} clearly enough "
        f"(guessing {percent(guess)})."
    )
    if trial.learned >= STUCK:
        text = (
            f"The network learns: {_measured(trial)} unchanged, guessing {percent(guess)}; "
            "no fork did much better."
        )
    return f"{text} Suspected: {_lowered(strong[0])}." if strong else text


def _lowered(suspicion: Finding) -> str:
    return f"{suspicion.title[0].lower()}{suspicion.title[1:]}"


def _next_probe(experiment: Experiment, evidence: Evidence, proven: bool) -> str | None:
    """The first planned fork that has not been run to its end; none when the fault is proven."""
    if proven:
        return None
    done = {result.probe for result in evidence.forks if result.failed is None}
    tried = {result.probe for result in evidence.forks if result.failed is not None}
    for fork in forks.planned_forks(experiment):
        if fork.probe not in done and fork.probe not in tried:
            return fork.probe
    return None
