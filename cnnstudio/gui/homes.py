"""Where a project lives that has not been saved yet."""

from __future__ import annotations

from pathlib import Path

from cnnstudio.runs.folder import slug

EXPERIMENT_FILE = "experiment.yaml"


def homes() -> Path:
    """`Documents/CNN Studio`: the folder of the projects whose experiment has no file."""
    import platformdirs  # only an unsaved experiment needs it

    return Path(platformdirs.user_documents_dir()) / "CNN Studio"


def home_of(name: str) -> Path:
    """The project folder of an experiment of that name without a file."""
    return homes() / slug(name)
