"""Colours, style sheet, icons and type: readable in light and dark, and complete."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio import resources
from cnnstudio.gui import fonts
from cnnstudio.gui.actions import ACTIONS
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.gui.theme import DARK, LIGHT, Theme, stylesheet
from cnnstudio.gui.theming import Theming

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
GROUNDS = ("window", "surface", "raised")


def luminance(color: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    asked = QColor(color)
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (asked.redF(), asked.greenF(), asked.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("word", ["text", "muted", "ok", "warn", "error"])
def test_words_are_readable_on_every_ground(theme: Theme, ground: str, word: str) -> None:
    assert contrast(getattr(theme, word), getattr(theme, ground)) >= 4.9


@THEMES
def test_words_on_a_selection_are_readable(theme: Theme) -> None:
    assert contrast(theme.text, theme.selection) >= 4.9


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_borders_of_controls_can_be_seen(theme: Theme, ground: str) -> None:
    assert contrast(theme.control, getattr(theme, ground)) >= 3


@THEMES
def test_words_on_the_primary_button_are_readable(theme: Theme) -> None:
    assert contrast(theme.on_accent, theme.accent) >= 4.9


@THEMES
def test_the_style_sheet_is_filled_in_and_its_drawings_exist(theme: Theme) -> None:
    made = stylesheet(theme)
    assert "$" not in made
    drawings = re.findall(r'url\("([^"]+)"\)', made)
    assert drawings
    for name in drawings:
        assert theme.name in name
        assert resources.path(f"styles/{theme.name}/{name.rsplit('/', 1)[1]}").is_file()


@THEMES
def test_drawings_have_the_colours_of_their_theme(theme: Theme) -> None:
    check = resources.path(f"styles/{theme.name}/check.svg").read_text("utf-8")
    arrow = resources.path(f"styles/{theme.name}/chevron-down.svg").read_text("utf-8")
    assert theme.on_accent in check
    assert theme.muted in arrow


def test_every_action_has_an_icon_that_exists(qtbot: QtBot) -> None:
    for spec in ACTIONS:
        if spec.icon:
            image = pixmap(spec.icon, "#102030", 16).toImage()
            drawn = {image.pixelColor(x, y).alpha() for x in range(16) for y in range(16)}
            assert max(drawn) > 0, spec.icon


def test_icons_take_the_colour_that_is_asked_for(qtbot: QtBot) -> None:
    image = pixmap("square", "#FF0000", 32).toImage()
    opaque = [
        image.pixelColor(x, y)
        for x in range(32)
        for y in range(32)
        if image.pixelColor(x, y).alpha() == 255
    ]
    assert opaque
    assert all(color.red() > 200 and color.green() < 50 for color in opaque)


def test_inter_is_loaded_from_resources(qtbot: QtBot) -> None:
    fonts.load()
    assert "Inter" in QFontDatabase.families()
    made = fonts.font(fonts.SECTION, strong=True)
    assert made.pixelSize() == 15


def test_the_choice_of_theme_is_remembered(qtbot: QtBot, qapp: QApplication) -> None:
    before = qapp.palette(), qapp.styleSheet()
    settings = SettingsFile()
    theming = Theming(qapp, settings)
    with qtbot.waitSignal(theming.changed) as heard:
        theming.choose("dark")
    assert heard.args == [DARK]
    assert SettingsFile().value.theme == "dark"
    theming.toggle()
    assert theming.theme is LIGHT
    qapp.setPalette(before[0])
    qapp.setStyleSheet(before[1])
