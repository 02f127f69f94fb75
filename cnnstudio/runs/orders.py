"""What a person asks of a job under way: stop, pause, go on, more epochs."""

import threading


class Orders:
    """Given on any thread, followed by the one that works. Every method but `wait` returns at once.

    A stop cannot be taken back; it also ends a pause.
    """

    def __init__(self) -> None:
        # Reentrant: a signal's handler gives orders on the main thread, wherever that is.
        self._changed = threading.Condition(threading.RLock())
        self._stop = False
        self._pause = False
        self._more = 0
        self._news = 0

    def stop(self) -> None:
        """Ends the job; what it has is kept."""
        with self._changed:
            self._stop, self._pause = True, False
            self._tell()

    def pause(self) -> None:
        """Holds the job where it is."""
        with self._changed:
            self._pause = not self._stop
            self._tell()

    def resume(self) -> None:
        """Lets a held job go on; a job that waits for room on the disk looks again at once."""
        with self._changed:
            self._pause = False
            self._tell()

    def extend(self, epochs: int) -> None:
        """Adds so many epochs (at least one) to those that are planned."""
        with self._changed:
            self._more += epochs
            self._tell()

    def stopping(self) -> bool:
        """Whether the job is to end."""
        return self._stop

    def pausing(self) -> bool:
        """Whether the job is to hold."""
        return self._pause

    def take_epochs(self) -> int:
        """The epochs that were added since the last call."""
        if not self._more:
            return 0
        with self._changed:
            more, self._more = self._more, 0
            return more

    @property
    def news(self) -> int:
        """How many orders were given so far, for `wait`."""
        return self._news

    def wait(self, news: int, seconds: float) -> None:
        """Waits for an order after the first `news` ones, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._news != news, seconds)

    def _tell(self) -> None:
        self._news += 1
        self._changed.notify_all()
