"""TensorFlow, imported with what suits this machine and without its start-up chatter.

The one place that sets anything for TensorFlow: ``model`` calls it before TensorFlow is there.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

from ..terminal.standard_error import turned_away
from . import allocating
from .devices import grant
from .garbage import collected_later
from .left_out import left_out
from .onednn import apply


def import_tensorflow(kind: str = "inference") -> None:
    """Import TensorFlow with the process's standard error turned away; what Python raises is raised all the same.

    kind: of work that follows, inference or training, for which ``runtime.onednn`` and ``allocating`` choose.
    ``MASKRCNN_DEBUG=1`` leaves everything visible. Where TensorFlow is there already, only the devices that are wanted
    (``devices.want``) are chosen. Raises: ValueError for a GPU that is wanted and not there.
    """
    apply(kind)
    allocating.apply(kind)
    if "tensorflow" not in sys.modules and not os.environ.get("MASKRCNN_DEBUG"):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        with collected_later(stays=True), left_out(), turned_away():
            import tensorflow  # noqa: F401  # its second half loads with the model
            from tensorflow import keras  # noqa: F401
        atexit.register(
            gc.freeze
        )  # else a process that ends looks for garbage in TensorFlow once more, for 0.8 s
    grant()
