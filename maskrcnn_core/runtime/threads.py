"""How many threads TensorFlow's operations use: the last bits of a convolution may depend on it.

TensorFlow's own convolutions split their sums among the threads, so processes that are to find the same numbers need as
many threads each as one alone has; oneDNN's do not, as far as was measured.
"""

from __future__ import annotations

import os
import sys

VARIABLE = "TF_NUM_INTRAOP_THREADS"  # read once, when TensorFlow starts


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads() -> int:
    """Return how many threads an operation of TensorFlow uses in this process."""
    said = os.environ.get(VARIABLE, "")
    return int(said) if said.isdigit() and int(said) else cores()


def as_there(number: int) -> bool:
    """Have TensorFlow use ``number`` threads, as another process does, unless it is there already.

    Returns: whether it does.
    """
    if "tensorflow" not in sys.modules:
        os.environ[VARIABLE] = str(number)
    return threads() == number
