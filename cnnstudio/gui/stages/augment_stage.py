"""The Augment stage: images at the left, what trains of the chosen one, the operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel

from cnnstudio.gui.augmentation.operations_editor import OperationsEditor
from cnnstudio.gui.augmentation.preview import AugmentationPreview
from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.pane import Pane, ToolButton
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.static_findings import about

if TYPE_CHECKING:
    from cnnstudio.runs.findings import Finding


class AugmentPage(StagePage):
    """Shows what the doctor says of the augmentation while it is edited.

    `collection` holds the images and the chosen one, shared with other stages. `changes_made`
    carries changes in several places that are one step, and the words for it.
    """

    changes_made = Signal(object, str)

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self._collection = collection

    def build(self) -> Iterator[None]:
        """The grid, the preview, the operations."""
        images, middle, right = Pane("Images"), Pane("Augmentation preview"), Pane("Operations")
        self.set_columns((images, 300), (middle, 792), (right, 334))
        yield
        browser = self.fill(images, DatasetBrowser(self._collection, compact=True))
        browser.note_changed.connect(images.set_note)
        yield
        preview = self.fill(middle, AugmentationPreview(self._collection))
        again = QShortcut(QKeySequence(Qt.Key.Key_Space), browser.grid)
        again.setContext(Qt.ShortcutContext.WidgetShortcut)
        again.activated.connect(preview.draw_again)
        self.setFocusProxy(preview)
        self._add_preview_tools(middle, preview)
        yield
        self._operations = self.fill(right, OperationsEditor())
        self._operations.changes_made.connect(self.changes_made)
        self.import_arguments = self._operations.import_arguments
        self.show_code = self._operations.show_code
        right.add_tool(self._operations.presets)

    def _add_preview_tools(self, pane: Pane, preview: AugmentationPreview) -> None:
        badge = QLabel("training images only")
        badge.setProperty("role", "chip")
        badge.setFixedHeight(22)
        badge.setToolTip("Validation and test images are never augmented.")
        network = ToolButton(
            "grid-3x3",
            "As the network sees it: every pixel of its images without smoothing, and the values "
            "that enter its first layer",
            "Network view",
        )
        network.setCheckable(True)
        network.toggled.connect(preview.set_network_view)
        pane.add_tool(network)
        pane.add_tool(badge)
        self.make_detachable("preview", pane)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show those of the doctor's static findings that are about the augmentation."""
        self._operations.set_findings(about("augmentation", findings))
