"""The one door to the program's own files."""

from __future__ import annotations

import ast
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import cnnstudio
from cnnstudio import resources


def test_a_resource_is_found_by_its_name() -> None:
    assert resources.path("icons/play.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_missing_resource_is_named_in_the_error() -> None:
    with pytest.raises(resources.MissingResource, match=r"icons/no-such-icon\.svg"):
        resources.path("icons/no-such-icon.svg")


@pytest.mark.parametrize("name", ["../pyproject.toml", "icons/../../pyproject.toml", "/etc/hosts"])
def test_no_name_leads_out_of_the_resources(name: str) -> None:
    with pytest.raises(resources.MissingResource, match="leads out"):
        resources.path(name)


def test_every_icon_takes_the_colour_of_its_place_and_the_stroke_of_its_family() -> None:
    icons = [icon for icon in resources.path("icons").glob("*.svg") if icon.stem != "cnnstudio"]
    assert len(icons) > 40
    for icon in icons:
        svg = ElementTree.parse(icon).getroot()
        assert svg.get("viewBox") == "0 0 24 24", icon.name
        assert svg.get("stroke") == "currentColor", icon.name
        assert svg.get("stroke-width") == "1.5", icon.name


def test_every_icon_is_used_somewhere() -> None:
    sources = Path(cnnstudio.__file__).parent.rglob("*.py")
    named: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
    icons = {icon.stem for icon in resources.path("icons").glob("*.svg")} - {"cnnstudio"}
    assert icons - named == set()


def test_both_weights_of_the_font_are_one_family_with_figures_of_equal_width(
    qapp: object,
) -> None:
    from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF

    for name in ("Inter-Regular.otf", "Inter-SemiBold.otf"):
        number = QFontDatabase.addApplicationFont(str(resources.path(f"fonts/{name}")))
        assert "Inter" in QFontDatabase.applicationFontFamilies(number)
    for weight in (QFont.Weight.Normal, QFont.Weight.DemiBold):
        font = QFont("Inter", 13, weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        assert QFontInfo(font).family() == "Inter"
        assert QFontInfo(font).weight() == weight
        figures = QFontMetricsF(font)
        assert figures.horizontalAdvance("1111") == figures.horizontalAdvance("0000")


def test_the_font_and_the_icons_bring_their_licences() -> None:
    assert "SIL OPEN FONT LICENSE" in resources.path("licenses/inter.txt").read_text("utf-8")
    assert "ISC License" in resources.path("licenses/lucide.txt").read_text("utf-8")
