"""Fork results as the evidence view shows them: the unchanged runs as one row with their noise."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from cnnstudio.doctor.forks import is_control
from cnnstudio.doctor.trial import Trial, weigh
from cnnstudio.runs.findings import ForkResult


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the evidence: clean accuracies (0..1) before and after equal steps.

    `standing` says how it compares with the unchanged runs.
    """

    title: str
    before: float
    after: float
    standing: str
    failed: str = ""


def rows(results: tuple[ForkResult, ...], guess: float) -> tuple[tuple[Row, ...], Trial | None]:
    """The unchanged runs first, as their mean, then every fork, best first; and the trial."""
    trial = weigh(results, guess)
    controls = [r for r in results if is_control(r.probe) and r.failed is None]
    found: list[Row] = []
    if controls:
        count = f" (mean of {len(controls)})" if len(controls) > 1 else ""
        before = fmean(r.clean_before for r in controls)
        after = fmean(r.clean_after for r in controls)
        found.append(Row(f"Unchanged{count}", before, after, "control"))
    beaten = {c.result.probe for c in trial.proofs} if trial is not None else set()
    forks = [r for r in results if not is_control(r.probe)]
    for result in sorted(forks, key=lambda r: (r.failed is not None, -r.clean_after)):
        standing = "better" if result.probe in beaten else "alike"
        found.append(
            Row(
                result.title,
                result.clean_before,
                result.clean_after,
                "failed" if result.failed else standing,
                result.failed or "",
            )
        )
    return tuple(found), trial
