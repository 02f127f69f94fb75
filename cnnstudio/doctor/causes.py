"""The catalogue of causes: everything that is known to keep training accuracy from rising."""

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from cnnstudio import resources

Group = Literal[
    "data",
    "pipeline",
    "architecture",
    "loss",
    "initialization",
    "optimization",
    "regularization",
    "measurement",
]
Moment = Literal["static", "data", "train", "probe"]


class Cause(BaseModel):
    """One cause. `title`, `meaning` and `advice` are for people; `moments` say what reveals it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    group: Group
    name: str
    moments: tuple[Moment, ...]
    title: str
    meaning: str
    advice: str


@cache
def causes() -> dict[str, Cause]:
    """Every cause by its id, in the order of the catalogue."""
    from ruamel.yaml import YAML  # 60 ms, and the first window diagnoses nothing

    yaml: Any = YAML(typ="safe", pure=True)
    plain = yaml.load(resources.path("doctor/causes.yaml").read_text(encoding="utf-8"))
    found = [Cause.model_validate(fields) for fields in plain]
    return {cause.id: cause for cause in found}


def cause(identity: str) -> Cause:
    """The cause of an id such as `R1`; raises `KeyError` for an unknown one."""
    return causes()[identity]
