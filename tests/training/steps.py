"""Training steps that begin sooner: op by op, or compiled without TensorFlow's passes over the graph.

To compile a step takes ten times as long as to run the two or three that most tests need, and a third of that are
passes that make a small model no faster. Nothing of a step is left out, and tests/runtime holds that a compiled step
does the same. What `maskrcnn train` does on a terminal and from a wheel is compiled as it ships.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

# for programs of their own: TensorFlow as training wants it; then steps op by op
IMPORT = "from maskrcnn_core.runtime.quiet import import_tensorflow; import_tensorflow('training')"
PROGRAM = f"{IMPORT}; import tensorflow as tf; tf.config.run_functions_eagerly(True)"


@contextmanager
def without_passes() -> Iterator[None]:
    """Have graphs that are compiled within the block run as they were traced."""
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


@contextmanager
def op_by_op() -> Iterator[None]:
    """Have what is compiled otherwise run op by op, within the block."""
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)
