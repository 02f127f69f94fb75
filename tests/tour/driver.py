"""A person's hands and eyes: trigger actions, click, wait until something is so, take pictures."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from cnnstudio.app import Studio, make_application
from cnnstudio.gui.file_desk import Chooser
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.settings import ThemeChoice

LOOK_EVERY = 20
"""Milliseconds between two looks at whether something is so."""

THEMES: tuple[ThemeChoice, ...] = ("light", "dark")


class Answers(Chooser):
    """Answers the system's file dialogs in a person's place."""

    def __init__(self, window: MainWindow, home: Path) -> None:
        super().__init__(window)
        self._home = home

    def save_as(self, start: Path) -> Path | None:
        """Into the tour's own home, under the proposed name."""
        return self._home / start.name

    def unsaved(self, name: str) -> str:
        """Nothing of a tour is worth keeping."""
        return "discard"


class Driver:
    """Drives one window and takes pictures of it, numbered, in both themes."""

    def __init__(self, out: Path, home: Path, size: tuple[int, int]) -> None:
        for name in ("HOME", "USERPROFILE"):
            os.environ[name] = str(home)
        for name in ("CONFIG", "CACHE", "DATA"):
            os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
        os.environ["CNNSTUDIO_CACHE"] = str(home / "cache" / "cnnstudio")
        self.out = out
        self.taken: list[Path] = []
        self.application: QApplication = make_application()
        self.studio = Studio(self.application, chooser=lambda window: Answers(window, home))
        self.window = self.studio.window
        self.window.resize(*size)
        self.studio.show()
        self.settle()

    def settle(self, milliseconds: int = 400) -> None:
        """Let the window paint, load thumbnails and build its pages for a moment."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def until(self, what: str, so: Callable[[], bool], seconds: float = 600.0) -> None:
        """Run the window until something is so; raises `TimeoutError` that says what was not."""
        loop = QEventLoop()
        timer = QTimer()
        timer.setInterval(LOOK_EVERY)
        ends = time.monotonic() + seconds

        def look() -> None:
            if so() or time.monotonic() > ends:
                loop.quit()

        timer.timeout.connect(look)
        timer.start()
        if not so():
            loop.exec()
        timer.stop()
        if not so():
            raise TimeoutError(f"waited {seconds:.0f} s in vain: {what}")

    def do(self, action: str) -> None:
        """Trigger an action by its id; raises `RuntimeError` with the reason if it is disabled."""
        reason = self.window.commands.reason(action)
        if reason:
            raise RuntimeError(f"{action} is disabled: {reason}")
        self.window.commands.trigger(action)

    def click(self, name: str) -> None:
        """Click the button with this object name; raises `LookupError` when there is none."""
        button = self.window.findChild(QAbstractButton, name)
        if button is None:
            raise LookupError(f"there is no button named {name}")
        button.click()

    def see(self, name: str) -> None:
        """Take a picture of the window in each theme: `03-augment-light.png`."""
        number = len(self.taken) // len(THEMES) + 1
        for theme in THEMES:
            self.studio.theming.choose(theme)
            self.settle()
            path = self.out / f"{number:02d}-{name}-{theme}.png"
            _write(self.window, path)
            self.taken.append(path)

    def close(self) -> None:
        """End everything that runs, as closing the window does."""
        self.window.close()
        self.studio.close()


def _write(widget: QWidget, path: Path) -> None:
    if not widget.grab().save(str(path)):
        raise OSError(f"the picture {path} could not be written")
