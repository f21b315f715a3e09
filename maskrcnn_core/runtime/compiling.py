"""How graphs are compiled: as they are written, but for convolutions that do what follows them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from . import onednn
from .processor import processor

# what TensorFlow does to graphs unless told otherwise, and what changes numbers or takes time for nothing here
REWRITING = (
    "arithmetic_optimization",
    "constant_folding",
    "dependency_optimization",
    "function_optimization",
    "implementation_selector",
    "layout_optimizer",
    "loop_optimization",
    "shape_optimization",
)


def set_graph_options() -> None:
    """Set each option of ``REWRITING`` explicitly, to what it is; for where a model is made.

    An option that was never set keys the cache of functions differently from one set to "yes": every function compiled
    before the first ``as_written`` would be prepared a second time after it.
    """
    options = tf.config.optimizer.get_experimental_options()
    if not all(option in options for option in REWRITING):
        tf.config.optimizer.set_experimental_options({o: options.get(o, True) for o in REWRITING})


@contextmanager
def as_written() -> Iterator[None]:
    """Switch TensorFlow's rewriting of graphs off, so that compiled equals op by op to the last bit.

    It turns quotients into products and reorders sums, which swaps proposals of nearly equal scores between a trace
    with edits and one without. What stays is the fusing of a convolution with its bias and a ReLU, and with a sum where
    ``added`` lets it: the same bits, and large maps are written once.
    """
    set_graph_options()
    said = tf.config.optimizer.get_experimental_options()
    before = {option: said[option] for option in REWRITING}
    tf.config.optimizer.set_experimental_options(dict.fromkeys(REWRITING, False))
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options(before)


def added(one: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    """Return the sum of two maps, which convolutions made, of the same bits op by op and compiled.

    oneDNN adds in the convolution itself. With AVX-512 it does so at the end; with AVX2 the convolution begins with
    what is added, which rounds otherwise, so that there the two are kept apart.
    """
    if onednn.is_on() and "avx512f" not in processor().flags:
        # it passes on what it gets, and TensorFlow neither looks through it nor takes it out as it does an identity
        one, other = (tf.ensure_shape(each, each.shape) for each in (one, other))
    return one + other


# images of a list: where one leaves a processor idle, the other uses it; more gain little (measured)
AT_ONCE = 2


def side_by_side(run: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """Return ``run`` of each item, two at a time; the first alone, since it compiles."""
    with as_written(), ThreadPoolExecutor(AT_ONCE) as threads:  # set once for all threads
        first = [run(item) for item in items[:1]]
        return first + list(threads.map(run, items[1:]))
