"""What the program remembers of a person: one typed model in one file, never in the way."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cnnstudio.spec.files import write_atomically

RECENT_AT_MOST = 10
LEFT_AT_MOST = 200

ThemeChoice = Literal["auto", "light", "dark"]


class Settings(BaseModel):
    """Remembered between two starts. Geometry and splitter sizes are Qt's bytes in hex."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    theme: ThemeChoice = "auto"
    geometry: str = Field("", max_length=4000)
    splitters: dict[str, dict[str, str]] = {}
    recent: tuple[str, ...] = ()
    """Experiment files, the last one first."""
    images_folder: str = ""
    """Where the last folder of images was chosen."""
    experiments_folder: str = ""
    left_runs: tuple[str, ...] = ()
    """Runs that were cut off and are not offered again; the last one last."""

    def with_recent(self, path: Path) -> Settings:
        """The same, with this experiment file first among the recent ones."""
        name = str(path)
        kept = [item for item in self.recent if item != name]
        return self.model_copy(update={"recent": (name, *kept)[:RECENT_AT_MOST]})

    def with_left(self, runs: Sequence[str]) -> Settings:
        """The same, with these runs left as they are."""
        kept = tuple(dict.fromkeys((*self.left_runs, *runs)))[-LEFT_AT_MOST:]
        return self.model_copy(update={"left_runs": kept})


def salvaged(plain: object) -> Settings:
    """Settings from a file's content: each field that cannot be read stands at its default."""
    if not isinstance(plain, dict):
        return Settings()
    good: dict[str, Any] = {}
    for name in Settings.model_fields:
        with contextlib.suppress(ValidationError):
            one = Settings.model_validate({k: v for k, v in plain.items() if k == name})
            good[name] = getattr(one, name)
    return Settings(**good)


class SettingsFile:
    """The settings and their file; a file that cannot be read or written never stops anything."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the file; without one, it stands where this system keeps settings."""
        self._path = path if path is not None else _usual_place()
        self.value = self._read()

    def update(self, **fields: object) -> None:
        """Remember other values, and write them at once."""
        self.put(self.value.model_copy(update=fields))

    def put(self, settings: Settings) -> None:
        """Remember these settings, and write them at once if they differ."""
        if settings == self.value:
            return
        self.value = settings
        text = json.dumps(settings.model_dump(mode="json"), indent=1)
        with contextlib.suppress(OSError):
            write_atomically(self._path, text.encode("utf-8"))

    def _read(self) -> Settings:
        try:
            return salvaged(json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError):
            return Settings()


def _usual_place() -> Path:
    import platformdirs

    return Path(platformdirs.user_config_dir("cnnstudio", appauthor=False)) / "settings.json"
