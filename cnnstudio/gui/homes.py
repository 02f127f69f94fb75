"""Where a project lives that has not been saved yet."""

from __future__ import annotations

from pathlib import Path

from cnnstudio.runs.folder import slug

EXPERIMENT_FILE = "experiment.yaml"


def home_of(name: str) -> Path:
    """`Documents/CNN Studio/<slug>`: the project folder of an experiment without a file."""
    import platformdirs  # only an unsaved experiment needs it

    return Path(platformdirs.user_documents_dir()) / "CNN Studio" / slug(name)
