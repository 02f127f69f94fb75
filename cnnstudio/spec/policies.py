"""Policies watch a run from epoch to epoch: pure functions of the values so far."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from cnnstudio.spec.member import ANY_MEMBER, Member

Monitor = Literal["validation_loss", "validation_accuracy", "training_loss", "training_accuracy"]


class Policy(Member):
    """Watches one number of a run. `values` are that number after each epoch so far."""

    family = "policies"
    monitor: Monitor = Field("validation_loss", title="Watch")

    @property
    def higher_is_better(self) -> bool:
        """Whether the watched number should rise."""
        return self.monitor.endswith("accuracy")

    @abstractmethod
    def stops(self, values: Sequence[float]) -> bool:
        """Whether the run ends after these epochs."""


class EarlyStopping(Policy):
    """Ends the run when the watched number has not improved for a while."""

    kind: Literal["EarlyStopping"] = "EarlyStopping"
    heading = "Early stopping"
    patience: int = Field(
        5,
        ge=0,
        le=10_000,
        title="Patience",
        description="Epochs to wait for an improvement",
        json_schema_extra={"unit": "epochs"},
    )
    min_delta: float = Field(
        0.0,
        ge=0,
        le=1000,
        title="Least improvement",
        description="A smaller gain than this does not count",
        json_schema_extra={"advanced": True},
    )
    restore_best: bool = Field(
        True,
        title="Keep the best epoch",
        description="Export and evaluate the best epoch's weights",
    )

    def best(self, values: Sequence[float]) -> int | None:
        """Index of the epoch that counts as best, None before the first number."""
        best: int | None = None
        for index, value in enumerate(values):
            if value != value:  # NaN never improves
                continue
            gain = 0.0 if best is None else value - values[best]
            if best is None or (gain if self.higher_is_better else -gain) > self.min_delta:
                best = index
        return best

    def stops(self, values: Sequence[float]) -> bool:
        best = self.best(values)
        waited = len(values) if best is None else len(values) - 1 - best
        return waited > 0 and waited >= max(1, self.patience)


AnyPolicy = Annotated[Policy, ANY_MEMBER]
