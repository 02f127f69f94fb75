"""What a pattern finds in file names: a few of them with the part marked, and the counts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from cnnstudio.data.named import Example, Preview

LONGEST = 38
"""Characters of a file name that are shown."""
LISTED = 6
"""Labels that are counted by name."""


class NamePreview(QWidget):
    """Looks at names in a thread, the newest pattern first, so that typing never waits.

    `word` and `words` say what the marked part is: a class, or a group. `looked` follows whenever
    another preview is shown.
    """

    looked = Signal()

    def __init__(self, word: str, words: str) -> None:
        super().__init__()
        self._word, self._words = word, words
        self._theme: Theme = LIGHT
        self._names: Sequence[str] = ()
        self._pattern = ""
        self._seen: Preview | None = None
        self._threads = NewestFirst(self, threads=1)
        self._counts, self._examples, self._labels = QLabel(), QLabel(), QLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(4)
        for label in (self._counts, self._examples, self._labels):
            label.setProperty("role", "caption")
            label.setWordWrap(True)
            column.addWidget(label)
        # Names have no place to break, and may not push the pane wide.
        self._examples.setWordWrap(False)
        self._examples.setTextFormat(Qt.TextFormat.RichText)
        self._examples.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._labels.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    @property
    def seen(self) -> Preview | None:
        """What is shown."""
        return self._seen

    @property
    def pattern(self) -> str:
        """The pattern that is looked for."""
        return self._pattern

    def set_names(self, names: Sequence[str]) -> None:
        """Look at these file names."""
        if names is not self._names:
            self._names = names
            self._look()

    def set_pattern(self, pattern: str) -> None:
        """Look for this pattern; none hides the preview."""
        if pattern != self._pattern:
            self._pattern = pattern
            self._look()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of the marks."""
        self._theme = theme
        self._tell()

    def _look(self) -> None:
        if not self._pattern or not self._names:
            self._seen = None
            self._tell()
            return
        from cnnstudio.data.named import preview

        asked = self._names, self._pattern
        work = partial(preview, self._names, self._pattern)
        self._threads.request("look", work, partial(self._show, asked))

    def _show(self, asked: tuple[Sequence[str], str], outcome: Outcome[Preview]) -> None:
        if asked[0] is self._names and asked[1] == self._pattern:
            self._seen = outcome.value
            self._tell()
            self.looked.emit()

    def _tell(self) -> None:
        seen = self._seen
        self.setVisible(seen is not None)
        if seen is None:
            return
        self._counts.setText(self._summary(seen))
        self._counts.setProperty("tone", "" if len(seen.classes) > 1 else "warn")
        self._counts.style().unpolish(self._counts)
        self._counts.style().polish(self._counts)
        self._examples.setText("<br>".join(self._marked(example) for example in seen.examples))
        self._examples.setToolTip("\n".join(example.name for example in seen.examples))
        named = [f"{_short(name)}: {count:,}" for name, count in seen.classes[:LISTED]]
        more = len(seen.classes) - LISTED
        self._labels.setText(" · ".join(named) + (f" · and {more:,} more" if more > 0 else ""))
        self._labels.setVisible(bool(named))

    def _summary(self, seen: Preview) -> str:
        if not seen.fitting:
            return f"None of the {seen.total:,} names fits, such as:"
        count = len(seen.classes)
        found = f"{count:,} {self._word if count == 1 else self._words}"
        missed = seen.total - seen.fitting
        fits = f"all {seen.total:,} names fit"
        if missed:
            do = "does" if missed == 1 else "do"
            fits = f"{seen.fitting:,} of {seen.total:,} names fit, {missed:,} {do} not"
        largest = seen.classes[0][1]
        most = f", at most {largest:,} in one" if count > 1 else ""
        return f"{found}{most}: {fits}."

    def _marked(self, example: Example) -> str:
        """The name as rich text, shortened around its marked part."""
        name, part = example.name, example.part
        if part is None:
            return f'<span style="color:{self._theme.muted}">{_html(_short(name, LONGEST))}</span>'
        start, end = part
        room = max(4, LONGEST - min(end - start, LONGEST))
        before, after = name[:start], name[end:]
        if len(before) > room // 2:
            before = "…" + before[len(before) - room // 2 + 1 :]
        if len(after) > room - len(before):
            after = after[: max(0, room - len(before) - 1)] + "…"
        mark = f"background-color:{self._theme.selection};color:{self._theme.text};font-weight:600"
        inner = _html(_short(name[start:end], LONGEST))
        return (
            f'<span style="color:{self._theme.text}">{_html(before)}'
            f'<span style="{mark}">{inner}</span>{_html(after)}</span>'
        )


def _short(text: str, most: int = 24) -> str:
    return text if len(text) <= most else f"{text[: most - 9]}…{text[-8:]}"


def _html(text: str) -> str:
    """Spaces that rich text would swallow stay."""
    return escape(text).replace(" ", "&nbsp;")
