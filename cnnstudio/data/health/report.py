"""What a health check says: findings with their images, and fixes as values."""

from dataclasses import dataclass
from typing import Literal

from cnnstudio.spec.edits import Edits
from cnnstudio.spec.patch import Change

Severity = Literal["information", "warning", "error"]


@dataclass(frozen=True, slots=True)
class EditFix:
    """Images to leave out, and groups (name, keys) of images to keep in one split."""

    excluded: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def applied(self, edits: Edits) -> Edits:
        """The edits with this fix made; a group that an image has already is taken over."""
        if self.excluded:
            edits = edits.changed(self.excluded, excluded=True)
        for name, keys in self.groups:
            known = next((group for key in keys if (group := edits.get(key).group)), name)
            edits = edits.changed(keys, group=known)
        return edits


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One thing that is wrong with some images, or with how they are arranged.

    `kind` names it for the program, `cause` is the doctor's id or empty; `keys` are the images it
    is about, those that belong together side by side; `evidence` are sentences with numbers. At
    most one of `edits` and `changes` is the fix that `fix_label` names.
    """

    kind: str
    cause: str
    title: str
    sentence: str
    severity: Severity
    keys: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    edits: EditFix | None = None
    changes: tuple[Change, ...] = ()
    fix_label: str = ""


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The findings, worst first, and how many images they were looked for in."""

    findings: tuple[HealthFinding, ...] = ()
    measured: int = 0

    def of(self, cause: str) -> tuple[HealthFinding, ...]:
        """The findings of one of the doctor's causes."""
        return tuple(finding for finding in self.findings if finding.cause == cause)
