"""Light, dark, or as the system: applies a theme to the whole program and follows changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from cnnstudio.gui.settings import SettingsFile, ThemeChoice
from cnnstudio.gui.theme import DARK, LIGHT, Theme, palette, stylesheet

CHOICES: tuple[ThemeChoice, ...] = ("auto", "light", "dark")


class Theming(QObject):
    """Holds the person's choice; `changed` carries the theme that follows from it."""

    changed = Signal(object)

    def __init__(self, application: QApplication, settings: SettingsFile) -> None:
        super().__init__(application)
        self._application = application
        self._settings = settings
        self._shown: Theme | None = None
        application.styleHints().colorSchemeChanged.connect(self._on_system)

    @property
    def theme(self) -> Theme:
        """The theme that the choice means now."""
        choice = self._settings.value.theme
        if choice == "auto":
            dark = self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return DARK if choice == "dark" else LIGHT

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose."""
        return self._settings.value.theme

    def choose(self, choice: ThemeChoice) -> None:
        """Change the choice, and the colours at once."""
        self._settings.update(theme=choice)
        self.apply()

    def toggle(self) -> None:
        """From light to dark, or back."""
        self.choose("light" if self.theme.dark else "dark")

    def apply(self) -> None:
        """Give the program the theme's palette and style sheet."""
        theme = self.theme
        if theme is not self._shown:
            self._shown = theme
            # Replacing a style sheet styles every widget twice and one by one: 470 ms with all
            # stages built. Taken away and put on anew, it costs 80 ms.
            self._application.setStyleSheet("")
            self._application.setPalette(palette(theme))
            self._application.setStyleSheet(stylesheet(theme))
        self.changed.emit(theme)

    def _on_system(self, _scheme: Qt.ColorScheme) -> None:
        if self._settings.value.theme == "auto":
            self.apply()
