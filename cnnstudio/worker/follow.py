"""Follows one job from its request to its last word, whatever becomes of the child."""

import time
from collections.abc import Callable, Iterator

from cnnstudio.runs.events import EpochEnded, Event, RunFinished, parse
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import Follower
from cnnstudio.spec.errors import UserError
from cnnstudio.worker.control import tidy
from cnnstudio.worker.ending import describe_end
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request

PACE = 0.05
"""Seconds between two looks at the file: curves are drawn five times a second anyway."""

PATIENCE = 15.0
"""Seconds from a stop to the moment when a child that does not end is killed."""

LEAVING = 5.0
"""Seconds that a child may take to leave after its last word."""


def follow(
    engine: Engine,
    request: Request,
    patience: float = PATIENCE,
    leaving: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Event, ...]]:
    """Submits `request` to a started `engine` and yields its events as they are written.

    The last event is always a `RunFinished`: the child's own, or one in its place when it died
    (it is not written to the child's file). When the iterator ends, the child is gone, unless
    `leaving` has become true: then it goes on alone, and there is no last event.
    """
    follower = Follower(request.events)
    follower.skip()
    engine.submit(request)
    finished = False
    epochs = 0
    while not finished:
        if leaving():
            return
        looked = time.monotonic()
        # The order matters: what a child wrote before it ended is there after its end was seen.
        ended = engine.ended
        events = tuple(follower.new())
        epochs = max([e.epoch for e in events if isinstance(e, EpochEnded)], default=epochs)
        finished = any(isinstance(event, RunFinished) for event in events)
        if events:
            yield events
        if held := engine.take_held():
            yield (parse(held),)
        if finished:
            break
        if ended:
            yield (_in_place_of_the_last_word(engine, request, epochs, patience),)
            break
        if engine.stopped_at is not None and looked - engine.stopped_at > patience:
            engine.kill()
            engine.wait(LEAVING)
            continue
        engine.wait(PACE)
        if not engine.ended:
            engine.wait_news(1.0)
    if not engine.wait(LEAVING):
        engine.kill()
        engine.wait(LEAVING)
    tidy(request.folder, engine.pid)


def _in_place_of_the_last_word(
    engine: Engine, request: Request, epochs: int, patience: float
) -> RunFinished:
    words = engine.last_words()
    stopped = engine.stopped_at
    if stopped is not None and time.monotonic() - stopped > patience:
        sentence = (
            f"The training process did not stop within {patience:.0f} seconds and was ended. "
            "What was saved before is kept."
        )
        return RunFinished(reason="canceled", sentence=sentence, details=words, epochs=epochs)
    sentence = engine.last_sentence or describe_end(engine.exit_code, words, _batch_size(request))
    return RunFinished(reason="errored", sentence=sentence, details=words, epochs=epochs)


def _batch_size(request: Request) -> int | None:
    """The batch size of what was trained; None where that is not known."""
    try:
        return RunFolder(request.run).experiment().dataset.batch_size
    except UserError:
        return None
