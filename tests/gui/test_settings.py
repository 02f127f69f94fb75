"""Settings: kept between starts, salvaged field by field, never in the way."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.gui.settings import RECENT_AT_MOST, Settings, SettingsFile, salvaged

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_settings_are_there_again_at_the_next_start() -> None:
    SettingsFile().update(theme="dark", images_folder="/pictures")
    again = SettingsFile().value
    assert again.theme == "dark"
    assert again.images_folder == "/pictures"


def test_one_bad_value_costs_only_itself() -> None:
    kept = salvaged({"theme": "purple", "images_folder": "/pictures", "recent": 7, "new": 1})
    assert kept == Settings(images_folder="/pictures")


def test_a_broken_file_is_as_none(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(b"\xff{not json")
    settings = SettingsFile(file)
    assert settings.value == Settings()
    settings.update(theme="light")
    assert json.loads(file.read_text("utf-8"))["theme"] == "light"


def test_a_place_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = SettingsFile(tmp_path / "file" / "settings.json")
    settings.update(theme="dark")
    assert settings.value.theme == "dark"


def test_a_project_opened_again_comes_first_and_stands_once() -> None:
    settings = Settings()
    for name in [*(f"/p{i}.yaml" for i in range(20)), "/p15.yaml"]:
        settings = settings.with_recent(Path(name))
    assert len(settings.recent) == RECENT_AT_MOST
    assert settings.recent[:2] == (str(Path("/p15.yaml")), str(Path("/p19.yaml")))


@given(st.dictionaries(st.sampled_from([*Settings.model_fields, "other"]), ANYTHING) | ANYTHING)
def test_no_content_of_the_file_is_an_error(content: object) -> None:
    assert isinstance(salvaged(content), Settings)
