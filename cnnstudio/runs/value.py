"""The common manner of all values that are written to a run folder: frozen, strict, JSON."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value; unknown fields are errors; NaN and infinity survive the way through JSON."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        # A diverged run has a loss of NaN. As the string "NaN" it stays valid JSON for every
        # reader (`--json`, jq), and pydantic reads it back as the number.
        ser_json_inf_nan="strings",
    )
