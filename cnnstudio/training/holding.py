"""How a run holds still: because somebody asked, or because there is no room on the disk."""

from collections.abc import Callable

from cnnstudio.runs.events import Event, Paused, Resumed
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.orders import Orders
from cnnstudio.runs.writing import has_no_room
from cnnstudio.spec.errors import UserError

LOOK = 0.2
"""Seconds between two looks for a stop that does not come through the orders (Ctrl+C)."""

RETRY = 3.0
"""Seconds between two looks for room on the disk."""

SPARE = 2**18
"""Bytes that must be free, beside what is to be written, before a run goes on."""

Where = Callable[[], tuple[int, int]]


class Holding:
    """Waits, and tells of it by `Paused` and `Resumed`. It costs nothing while it waits.

    `where()` gives the epoch under way and the step. `emit` may raise a `UserError` for want of
    room; it must keep the event then and write it before the next one, as `EventLog` does.
    """

    def __init__(
        self,
        folder: RunFolder,
        emit: Callable[[Event], None],
        should_stop: Callable[[], bool],
        orders: Orders,
        where: Where,
    ) -> None:
        self._folder = folder
        self._emit = emit
        self._should_stop = should_stop
        self._orders = orders
        self._where = where

    def say(self, event: Event) -> None:
        """Emits an event; where the disk has no room for it, holds until it has."""
        try:
            self._emit(event)
        except UserError as error:
            self._wait_for_room(error, 0)

    def write(self, writing: Callable[[], None], size: int) -> None:
        """Does what writes about `size` bytes; where there is no room, holds and tries again.

        Raises `UserError` when there is another reason, or still no room when the run is stopped.
        """
        while True:
            try:
                return writing()
            except UserError as error:
                self._wait_for_room(error, size)

    def asked(self, extend: Callable[[], None]) -> None:
        """Holds until somebody lets the run go on or stops it; `extend` takes added epochs in."""
        epoch, step = self._where()
        sentence = f"Paused in epoch {epoch}, after step {step}." if step else "Paused."
        self.say(Paused(epoch=epoch, step=step, reason="asked", sentence=sentence))
        while self._orders.pausing() and not self._should_stop():
            news = self._orders.news
            extend()
            self._orders.wait(news, LOOK)
        if not self._should_stop():
            epoch, step = self._where()
            self.say(Resumed(epoch=epoch, step=step))

    def _wait_for_room(self, error: UserError, size: int) -> None:
        if not has_no_room(error) or self._should_stop():
            raise error
        epoch, step = self._where()
        sentence = (
            "There is no room left on the disk of the run: it waits, nothing is lost. Free some "
            "space and it goes on."
        )
        self._try(Paused(epoch=epoch, step=step, reason="disk full", sentence=sentence))
        while True:
            while not self._folder.has_room(size + SPARE):
                self._rest(error)
            if self._try(Resumed(epoch=epoch, step=step)):
                return
            self._rest(error)

    def _rest(self, error: UserError) -> None:
        """Waits for a while, or until somebody lets the run go on; a stop raises `error`."""
        news = self._orders.news
        waited = 0.0
        while waited < RETRY and self._orders.news == news:
            if self._should_stop():
                raise error
            self._orders.wait(news, LOOK)
            waited += LOOK
        if self._should_stop():
            raise error

    def _try(self, event: Event) -> bool:
        """Emits an event; False when there is no room for it now."""
        try:
            self._emit(event)
        except UserError as error:
            if not has_no_room(error):
                raise
            return False
        return True
