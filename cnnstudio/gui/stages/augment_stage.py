"""The Augment stage: images at the left, what trains of the chosen one, the operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel

from cnnstudio.gui.augmentation.operations_editor import OperationsEditor
from cnnstudio.gui.augmentation.preview import AugmentationPreview
from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.dataset.static_findings import StaticFindings
from cnnstudio.gui.pane import Pane
from cnnstudio.gui.stage import StagePage

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts


class AugmentPage(StagePage):
    """Asks the doctor about the augmentation while it is edited."""

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        browser = DatasetBrowser(collection, compact=True)
        preview, operations = AugmentationPreview(collection), OperationsEditor()
        for panel in (browser, preview, operations):
            self.add_panel(panel)
        self._findings = StaticFindings("augmentation", self)
        self._findings.changed.connect(operations.set_findings)
        images = Pane("Images", browser)
        browser.note_changed.connect(images.set_note)
        right = Pane("Operations", operations)
        right.add_tool(operations.presets)
        badge = QLabel("training images only")
        badge.setProperty("role", "chip")
        badge.setFixedHeight(22)
        badge.setToolTip("Validation and test images are never augmented.")
        middle = Pane("Augmentation preview", preview)
        middle.add_tool(badge)
        self.set_columns(
            (images, 300),
            (middle, 792),
            (right, 334),
        )
        again = QShortcut(QKeySequence(Qt.Key.Key_Space), browser.grid)
        again.setContext(Qt.ShortcutContext.WidgetShortcut)
        again.activated.connect(preview.draw_again)
        self.setFocusProxy(preview)

    def set_experiment(self, experiment: Experiment) -> None:
        """Show it, and let the doctor look at it."""
        super().set_experiment(experiment)
        self._findings.set_experiment(experiment)

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Show them, and let the doctor see them."""
        super().set_facts(facts)
        self._findings.set_facts(facts)


def build(collection: Collection) -> StagePage:
    """The page; `collection` holds the images and the chosen one, shared with other stages."""
    return AugmentPage(collection)
