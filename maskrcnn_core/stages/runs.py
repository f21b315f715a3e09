"""Runs of equal values, for what goes through boxes one group after the other.

Inputs: values, equal ones side by side. Outputs: where each run begins and the last one ends.
"""

from __future__ import annotations

import tensorflow as tf


def bounds_of_runs(values: tf.Tensor) -> tf.Tensor:
    """Return bounds (runs + 1,) int32: run r of ``values`` (n,) is ``bounds[r]`` to ``bounds[r + 1]``, exclusive."""
    begins = tf.concat([tf.ones_like(values[:1], tf.bool), values[1:] != values[:-1]], axis=0)
    return tf.concat([tf.cast(tf.where(begins)[:, 0], tf.int32), [tf.size(values)]], axis=0)
