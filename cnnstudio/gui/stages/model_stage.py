"""The Model stage: palette, the list of layers over the regularization budget, the layer's form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from cnnstudio.gui.icons import icon
from cnnstudio.gui.network.budget_bar import BudgetBar
from cnnstudio.gui.network.layer_form import LayerForm
from cnnstudio.gui.network.layer_list import LayerList
from cnnstudio.gui.network.layer_palette import LayerPalette
from cnnstudio.gui.pane import Pane, ToolButton
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.static_findings import about

if TYPE_CHECKING:
    from cnnstudio.gui.theme import Theme
    from cnnstudio.runs.findings import Finding

TOOLS = (
    ("up", "arrow-up", "Move the layer up (Alt+↑)"),
    ("down", "arrow-down", "Move the layer down (Alt+↓)"),
    ("copy", "copy", "Duplicate the layer (Ctrl+D)"),
    ("remove", "trash-2", "Remove the layer (Delete)"),
)


class ModelPage(StagePage):
    """Joins palette, list, budget and form, and shows what the doctor says of the network."""

    def __init__(self) -> None:
        super().__init__()
        self._tools: dict[str, ToolButton] = {}
        self._templates = QToolButton()

    def build(self) -> Iterator[None]:
        """Palette, list over budget, form."""
        layers, network, settings = Pane("Layers"), Pane("Network"), Pane("Settings")
        sums, vertical = Pane("Regularization budget"), Qt.Orientation.Vertical
        middle = self.splitter("network", vertical, (network, 520), (sums, 196))
        self.set_columns((layers, 216), (middle, 784), (settings, 400))
        yield
        palette = self.fill(layers, LayerPalette())
        yield
        self._list = self.fill(network, LayerList())
        palette.add_requested.connect(self._list.add)
        self._add_tools(network)
        yield
        budget = self.fill(sums, BudgetBar())
        budget.layer_selected.connect(self._list.choose)
        yield
        self._form = self.fill(settings, LayerForm())
        self._list.selected.connect(self._form.show_layer)

    def _add_tools(self, network: Pane) -> None:
        for wish, drawing, words in TOOLS:
            tool = ToolButton(drawing, words)
            tool.clicked.connect(lambda _=False, wish=wish: self._list.wish(wish))
            network.add_tool(tool)
            self._tools[wish] = tool
        self._list.can_changed.connect(self._allow)
        self._templates.setText("Templates")
        self._templates.setToolTip("Replace all layers by a ready-made network")
        self._templates.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._templates.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._templates.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._templates.setMenu(self._list.templates.menu)
        network.add_tool(self._templates)
        self._allow(frozenset())

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show those of the doctor's static findings that are about the network."""
        self._form.set_findings(about("model", findings))

    def set_theme(self, theme: Theme) -> None:
        """Colour everything, the menu's arrow too."""
        super().set_theme(theme)
        self._templates.setIcon(icon("chevron-down", theme, 14))

    def _allow(self, possible: frozenset[str]) -> None:
        for wish, tool in self._tools.items():
            words = next(words for name, _, words in TOOLS if name == wish)
            tool.setEnabled(wish in possible)
            tool.setToolTip(words if wish in possible else f"{words}: {_why(wish, possible)}")


def _why(wish: str, possible: frozenset[str]) -> str:
    if not possible:
        return "choose a layer first"
    return "it is the first one" if wish == "up" else "it is the last one"
