"""The one learning-rate schedule that Keras sees: a table of rates in a variable.

A compiled step keeps the schedule object it was traced with, so a rate that changes later must be
a write into a variable, not another object.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.spec.schedules import Schedule
from cnnstudio.training.engine import keras, tf

Rates = NDArray[np.float64]


class RateTable(keras.optimizers.schedules.LearningRateSchedule):
    """Rates by step: row 0 holds for step `first`; before and after the table its ends hold on."""

    def __init__(self, rates: Rates, first: int = 0) -> None:
        super().__init__()
        self._table = tf.Variable(
            np.asarray(rates, np.float32), shape=[None], trainable=False, name="rates"
        )
        self._first = tf.Variable(first, dtype=tf.int64, trainable=False, name="first_step")

    def load(self, rates: Rates, first: int) -> None:
        """Puts other rates (at least one) in place; holds from the next step on."""
        self._table.assign(np.asarray(rates, np.float32))
        self._first.assign(first)

    def __call__(self, step: Any) -> Any:
        row = tf.cast(tf.convert_to_tensor(step), tf.int64) - self._first
        last = tf.shape(self._table, out_type=tf.int64)[0] - 1
        return tf.gather(self._table, tf.clip_by_value(row, 0, last))

    def get_config(self) -> dict[str, Any]:
        return {"rates": self._table.numpy().tolist(), "first": int(self._first.numpy())}


def rates(schedule: Schedule, first: int, steps: int) -> Rates:
    """Rates of the `steps` steps from step `first` (from 0): float64[steps]."""
    return schedule.value(np.arange(first, first + steps, dtype=np.int64))
