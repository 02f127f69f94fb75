"""The Data stage: class bars and health, the grid of images, one image in detail, the settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.class_bars import ClassBars
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.dataset.dataset_form import DatasetForm
from cnnstudio.gui.dataset.health_pane import HealthPane
from cnnstudio.gui.dataset.image_detail import ImageDetail
from cnnstudio.gui.dataset.image_filter import ImageFilter
from cnnstudio.gui.dataset.image_viewer import ImageViewer
from cnnstudio.gui.pane import Pane
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.theme import Theme

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample


class DataPage(StagePage):
    """`collection` holds the images and the chosen one, shared with other stages.

    `health_checked` carries the `HealthReport` of the images on the table, None when unknown.
    """

    health_checked = Signal(object)

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self._collection = collection
        self._viewer: ImageViewer | None = None

    def build(self) -> Iterator[None]:
        """Bars and health, the grid, one image and the settings."""
        collection, vertical = self._collection, Qt.Orientation.Vertical
        overview, images, checked = Pane("Overview"), Pane("Images"), Pane("Health")
        image, settings = Pane("Image"), Pane("Settings")
        left = self.splitter("overview", vertical, (overview, 450), (checked, 256))
        right = self.splitter("detail", vertical, (image, 318), (settings, 388))
        self.set_columns((left, 240), (images, 860), (right, 320))
        yield
        bars = self.fill(overview, ClassBars())
        yield
        browser = self._browser = self.fill(images, DatasetBrowser(collection, compact=False))
        yield
        detail = self.fill(image, ImageDetail(collection))
        yield
        self.fill(settings, DatasetForm(collection))
        yield
        health = self.fill(checked, HealthPane(collection))
        collection.sought.connect(self._find)
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
        browser.note_changed.connect(images.set_note)
        health.note_changed.connect(checked.set_note)

    def set_theme(self, theme: Theme) -> None:
        """Colour the page, and the image that stands in a window of its own."""
        super().set_theme(theme)
        if self._viewer is not None:
            self._viewer.set_theme(theme)

    def _find(self, sample: Sample) -> None:
        """Show an image in the grid whatever is filtered for."""
        if all(shown.key != sample.key for shown in self._browser.grid.samples()):
            self._browser.set_filter(ImageFilter())

    def _look_at(self, sample: Sample) -> None:
        if self._viewer is None:
            self._viewer = ImageViewer(self)
            self._viewer.set_theme(self._theme)
        self._viewer.show_sample(sample, self._browser.grid.samples())
