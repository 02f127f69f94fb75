"""The Data stage: class bars, the grid of images, one image in detail, the dataset's settings."""

from __future__ import annotations

from PySide6.QtCore import Qt

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.class_bars import ClassBars
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.dataset.dataset_form import DatasetForm
from cnnstudio.gui.dataset.image_detail import ImageDetail
from cnnstudio.gui.pane import Pane
from cnnstudio.gui.stage import StagePage


def build(collection: Collection) -> StagePage:
    """The page; `collection` holds the images and the chosen one, shared with other stages."""
    page = StagePage()
    bars, browser = ClassBars(), DatasetBrowser(collection, compact=False)
    detail, form = ImageDetail(collection), DatasetForm()
    for panel in (bars, browser, detail, form):
        page.add_panel(panel)
    bars.class_clicked.connect(
        lambda name: browser.set_filter(browser.image_filter.toggled_class(name))
    )
    bars.split_clicked.connect(
        lambda name: browser.set_filter(browser.image_filter.toggled_split(name))
    )
    browser.filter_changed.connect(bars.set_filter)
    images = Pane("Images", browser)
    browser.note_changed.connect(images.set_note)
    right = page.splitter(
        "detail",
        Qt.Orientation.Vertical,
        (Pane("Image", detail), 286),
        (Pane("Settings", form), 420),
    )
    page.set_columns((Pane("Overview", bars), 240), (images, 860), (right, 320))
    return page
