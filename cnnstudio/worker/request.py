"""What a worker is asked to do: one JSON line on its standard input."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Request:
    """One job. `events` is the file the worker writes; its folder is the job's folder.

    `resume`, `epochs` and `outlive` belong to "train": go on with a run that has begun, plan so
    many epochs in all (None: as many as it had), go on when the window is gone. `budget_seconds`
    belongs to "diagnose", `format` and `out` to "export", `dataset` to "fetch", a set of Keras,
    whose `run` is no more than the job's folder; that of "measure" holds an experiment as well.
    """

    job: str
    run: Path
    events: Path
    resume: bool = False
    budget_seconds: float | None = None
    format: str = ""
    out: Path | None = None
    dataset: str = ""
    epochs: int | None = None
    outlive: bool = False

    @property
    def folder(self) -> Path:
        """The job's folder: events, control file and the worker's log lie here."""
        return self.events.parent

    @property
    def log(self) -> Path:
        """Where the worker's standard error is kept."""
        return self.folder / "worker.log"

    def line(self) -> str:
        """The request as one line of ASCII (file names that are no UTF-8 survive)."""
        fields = {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(self).items()
        }
        return json.dumps(fields)

    @classmethod
    def parse(cls, line: str | bytes) -> "Request":
        """The request of a line; raises `ValueError` when it is none."""
        fields = json.loads(line)
        if not isinstance(fields, dict) or not {"job", "run", "events"} <= fields.keys():
            raise ValueError(f"not a request: {line!r}")
        out = fields.get("out")
        budget = fields.get("budget_seconds")
        epochs = fields.get("epochs")
        return cls(
            job=str(fields["job"]),
            run=Path(fields["run"]),
            events=Path(fields["events"]),
            resume=bool(fields.get("resume", False)),
            budget_seconds=None if budget is None else float(budget),
            format=str(fields.get("format", "")),
            out=None if out is None else Path(out),
            dataset=str(fields.get("dataset", "")),
            epochs=None if epochs is None else int(epochs),
            outlive=bool(fields.get("outlive", False)),
        )
