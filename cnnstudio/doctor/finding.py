"""Making a finding: the cause gives the title, the rule the sentence, numbers and remedy."""

from collections.abc import Iterable, Sequence

from cnnstudio.doctor.causes import cause
from cnnstudio.runs.findings import Finding, Severity
from cnnstudio.spec.patch import Change

ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "information": 2}


def finding(
    identity: str,
    sentence: str,
    *,
    severity: Severity,
    confidence: float,
    evidence: Sequence[str] = (),
    remedy: Sequence[Change] = (),
    label: str = "",
    proven: bool | None = None,
    ruled_out: Sequence[str] = (),
) -> Finding:
    """A finding of the cause `identity`; raises `KeyError` when there is no such cause."""
    return Finding(
        cause=identity,
        title=cause(identity).title,
        sentence=sentence,
        severity=severity,
        confidence=confidence,
        evidence=tuple(evidence),
        remedy=tuple(remedy),
        remedy_label=label if remedy else "",
        proven=proven,
        ruled_out=tuple(ruled_out),
    )


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Proven ones first, then by severity, confidence and cause: the worst comes first."""
    return tuple(
        sorted(
            findings,
            key=lambda f: (f.proven is not True, ORDER[f.severity], -f.confidence, f.cause),
        )
    )
