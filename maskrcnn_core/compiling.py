"""How graphs are compiled: as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

OPTION = "disable_meta_optimizer"
# said once aloud: that it was never said makes another configuration than "no", and every function that had been
# compiled before the first block below would be prepared a second time after it
tf.config.optimizer.set_experimental_options(
    {OPTION: tf.config.optimizer.get_experimental_options().get(OPTION, False)}
)


@contextmanager
def as_written() -> Iterator[None]:
    """Switch TensorFlow's rewriting of graphs off, so that compiled equals op by op to the last bit.

    It turns quotients into products and reorders sums, which swaps proposals of nearly equal scores between a trace
    with edits and one without. Without it nothing is slower (measured, ResNet-50, 640 px).
    """
    before = tf.config.optimizer.get_experimental_options()[OPTION]
    tf.config.optimizer.set_experimental_options({OPTION: True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({OPTION: before})
