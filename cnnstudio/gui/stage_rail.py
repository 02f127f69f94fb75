"""The rail of stages: where one is, where one can go, and where something is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from cnnstudio.gui.fonts import font
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.stage import Stage
from cnnstudio.gui.theme import LIGHT, Theme

Mark = Literal["", "ok", "warn", "error"]

MARK_ICONS: dict[str, str] = {"ok": "check", "warn": "triangle-alert", "error": "circle-x"}


@dataclass(frozen=True, slots=True)
class Badge:
    """What a stage's button shows beside its name: a mark, a count, and why (the tooltip)."""

    mark: Mark = ""
    count: int = 0
    reason: str = ""


class StageButton(QAbstractButton):
    """Icon, name and badge of one stage; `dense` leaves the icon out."""

    def __init__(self, stage: Stage, number: int) -> None:
        super().__init__()
        self.stage = stage
        self._number = number
        self._badge = Badge()
        self._theme = LIGHT
        self._dense = False
        self.setCheckable(True)
        self.setText(stage.title)
        self.setObjectName(f"stage.{stage.id}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._reason = ""
        self._explain()

    def set_badge(self, badge: Badge) -> None:
        """Show another badge."""
        if badge != self._badge:
            self._badge = badge
            self._explain()
            self.updateGeometry()
            self.update()

    def forbid(self, reason: str) -> None:
        """Disable with a reason, which the tooltip tells; without one it is enabled."""
        self._reason = reason
        self.setEnabled(not reason)
        self._explain()

    def set_dense(self, dense: bool) -> None:
        """Leave the icon out, in a narrow window."""
        if dense != self._dense:
            self._dense = dense
            self.updateGeometry()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in these colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its strongest wording, so that choosing a stage moves nothing."""
        metrics_width = self._width_of(self.text())
        width = 10 + metrics_width + 10
        if not self._dense:
            width += 16 + 7
        if self._badge.mark:
            width += 5 + 14
        if self._badge.count:
            width += 3 + self._width_of(str(self._badge.count))
        return QSize(width, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, icon, name, badge and focus ring."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self.rect().adjusted(0, 0, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(place, 6, 6)
        elif self.underMouse() and self.isEnabled():
            painter.setBrush(QColor(theme.mixed("window", "text", 0.07)))
            painter.drawRoundedRect(place, 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.color("accent"))
            painter.drawRoundedRect(place, 6, 6)
        x, middle, ratio = 10, self.height() // 2, self.devicePixelRatioF()
        if not self._dense:
            color = theme.text if self.isChecked() else theme.muted
            if not self.isEnabled():
                color = theme.control
            painter.drawPixmap(x, middle - 8, pixmap(self.stage.icon, color, 16, ratio))
            x += 16 + 7
        painter.setFont(font(strong=self.isChecked()))
        painter.setPen(theme.color("text" if self.isEnabled() else "control"))
        width = self._width_of(self.text())
        painter.drawText(
            QRect(x, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        x += width + 5
        if self._badge.mark:
            color = getattr(theme, self._badge.mark)
            drawn = pixmap(MARK_ICONS[self._badge.mark], color, 14, ratio)
            painter.drawPixmap(x, middle - 7, drawn)
            x += 14 + 3
            if self._badge.count:
                painter.setPen(QColor(color))
                painter.drawText(
                    QRect(x, 0, 40, self.height()),
                    Qt.AlignmentFlag.AlignVCenter,
                    str(self._badge.count),
                )
        painter.end()

    def _width_of(self, text: str) -> int:
        from PySide6.QtGui import QFontMetrics

        return QFontMetrics(font(strong=True)).horizontalAdvance(text)

    def _explain(self) -> None:
        lines = [f"{self.stage.title}  Ctrl+{self._number}", self._reason or self._badge.reason]
        self.setToolTip("\n".join(line for line in lines if line))
        state = {"ok": "ready", "warn": "with warnings", "error": "with problems"}
        self.setAccessibleName(f"{self.stage.title} {state.get(self._badge.mark, '')}".strip())


class StageRail(QWidget):
    """A row of stage buttons; `chosen` carries the id of the one a person picked."""

    chosen = Signal(str)

    def __init__(self, stages: Sequence[Stage]) -> None:
        super().__init__()
        self._buttons: dict[str, StageButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for number, stage in enumerate(stages, start=1):
            button = StageButton(stage, number)
            button.clicked.connect(lambda _on=False, id=stage.id: self.chosen.emit(id))
            self._buttons[stage.id] = button
            self._group.addButton(button)
            row.addWidget(button)

    def choose(self, id: str) -> None:
        """Mark this stage as the one shown; with an unknown id, none."""
        self._group.setExclusive(False)
        for name, button in self._buttons.items():
            button.setChecked(name == id)
        self._group.setExclusive(id in self._buttons)

    def set_badge(self, id: str, badge: Badge) -> None:
        """Show a stage's badge."""
        if id in self._buttons:
            self._buttons[id].set_badge(badge)

    def forbid(self, reason: str) -> None:
        """Disable every stage with a reason, or enable them."""
        for button in self._buttons.values():
            button.forbid(reason)

    def set_dense(self, dense: bool) -> None:
        """Leave the icons out, in a narrow window."""
        for button in self._buttons.values():
            button.set_dense(dense)

    def set_theme(self, theme: Theme) -> None:
        """Draw in these colours."""
        for button in self._buttons.values():
            button.set_theme(theme)
