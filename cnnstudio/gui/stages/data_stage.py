"""The Data stage: class bars and health, the grid of images, one image in detail, the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.class_bars import ClassBars
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.dataset.dataset_form import DatasetForm
from cnnstudio.gui.dataset.health_pane import HealthPane
from cnnstudio.gui.dataset.image_detail import ImageDetail
from cnnstudio.gui.dataset.image_viewer import ImageViewer
from cnnstudio.gui.pane import Pane
from cnnstudio.gui.stage import StagePage

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.gui.theme import Theme


class DataPage(StagePage):
    """The page; `collection` holds the images and the chosen one, shared with other stages.

    `health_checked` carries the `HealthReport` of the images on the table, None when unknown.
    """

    health_checked = Signal(object)

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        bars, self._browser = ClassBars(), DatasetBrowser(collection, compact=False)
        detail, form = ImageDetail(collection), DatasetForm(collection)
        health = HealthPane(collection)
        self._viewer: ImageViewer | None = None
        self._theme: Theme | None = None
        browser = self._browser
        for panel in (bars, browser, detail, form, health):
            self.add_panel(panel)
        bars.class_clicked.connect(
            lambda name: browser.set_filter(browser.image_filter.toggled_class(name))
        )
        bars.split_clicked.connect(
            lambda name: browser.set_filter(browser.image_filter.toggled_split(name))
        )
        browser.filter_changed.connect(bars.set_filter)
        browser.filter_changed.connect(health.set_filter)
        health.checked.connect(self.health_checked)
        health.listed.connect(browser.set_problem_keys)
        browser.looked_at.connect(self._look_at)
        detail.looked_at.connect(self._look_at)
        images, checked = Pane("Images", browser), Pane("Health", health)
        browser.note_changed.connect(images.set_note)
        health.note_changed.connect(checked.set_note)
        left = self.splitter(
            "overview",
            Qt.Orientation.Vertical,
            (Pane("Overview", bars), 450),
            (checked, 256),
        )
        right = self.splitter(
            "detail",
            Qt.Orientation.Vertical,
            (Pane("Image", detail), 318),
            (Pane("Settings", form), 388),
        )
        self.set_columns((left, 240), (images, 860), (right, 320))

    def set_theme(self, theme: Theme) -> None:
        """Colour the page, and the image that stands in a window of its own."""
        super().set_theme(theme)
        self._theme = theme
        if self._viewer is not None:
            self._viewer.set_theme(theme)

    def _look_at(self, sample: Sample) -> None:
        if self._viewer is None:
            self._viewer = ImageViewer(self)
            if self._theme is not None:
                self._viewer.set_theme(self._theme)
        self._viewer.show_sample(sample, self._browser.grid.samples())


def build(collection: Collection) -> DataPage:
    """The page over the images of `collection`."""
    return DataPage(collection)
