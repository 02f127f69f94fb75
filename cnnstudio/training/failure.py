"""What went wrong, as the last word of a job: one plain sentence, the traceback as details."""

import traceback

from cnnstudio.runs.events import RunFinished
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.engine import tf
from cnnstudio.training.loop import Diverged

# Above these rates training usually falls apart rather than merely wavers.
_HIGH_RATE = {"SGD": 0.3}
_HIGH_ADAPTIVE_RATE = 0.01


def last_word(
    error: BaseException, experiment: Experiment, epochs: int = 0, best_epoch: int | None = None
) -> RunFinished:
    """The `RunFinished` of a job that `error` ended after `epochs` finished epochs."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, UserError):
        place = f" ({error.place})" if error.place and error.place not in error.sentence else ""
        sentence, details = f"{error.sentence}{place}", error.details
    elif isinstance(error, Diverged):
        sentence, details = diverged(error, experiment), ""
        if epochs:
            sentence += " What was saved before is kept."
    elif _for_want_of_memory(error):
        sentence = out_of_memory(experiment)
    else:
        sentence = f"An unexpected error ended the work: {type(error).__name__}."
    return RunFinished(
        reason="errored",
        sentence=sentence,
        details=details,
        epochs=epochs,
        best_epoch=best_epoch,
    )


def _for_want_of_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError | tf.errors.ResourceExhaustedError):
        return True
    # Where there is no room for its stack, a thread does not start.
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return True
    # Closing a file that found no memory may fail in its turn, with words of its own.
    before = error.__cause__ or error.__context__
    return before is not None and _for_want_of_memory(before)


def out_of_memory(experiment: Experiment) -> str:
    """What to do when a step did not fit into memory."""
    size = experiment.dataset.batch_size
    if size > 1:
        return f"There is not enough memory for a batch of {size}: try a batch size of {size // 2}."
    return "There is not enough memory even for one image: use smaller images or fewer filters."


def diverged(error: Diverged, experiment: Experiment) -> str:
    """Where the loss was lost, and the likeliest reason first."""
    training = experiment.training
    optimizer = training.optimizer
    high = _HIGH_RATE.get(optimizer.kind, _HIGH_ADAPTIVE_RATE)
    begin = f"The loss is no number any more since step {error.step} (epoch {error.epoch})"
    if error.rate > high:
        reason = (
            f"the learning rate {error.rate:g} is too high for {optimizer.kind}: "
            f"try {error.rate / 10:g}"
        )
    elif training.precision == "mixed_float16":
        reason = "half precision has overflowed: set the precision to float32"
    elif experiment.model.input_scaling == "none":
        reason = "grey levels up to 255 enter the network unscaled: set the input scaling to unit"
    elif optimizer.global_clipnorm is None:
        reason = (
            "one long gradient has thrown the weights away: set the clip norm to 1, "
            f"or the learning rate to {error.rate / 10:g}"
        )
    else:
        reason = (
            f"most likely the learning rate {error.rate:g} is too high: try {error.rate / 10:g}"
        )
    return f"{begin}; {reason}."
