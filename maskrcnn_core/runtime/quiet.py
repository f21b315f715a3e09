"""TensorFlow, imported with what suits this machine and without its start-up chatter.

The one place that sets anything for TensorFlow: ``model`` calls it before TensorFlow is there.
"""

from __future__ import annotations

import os
import sys

from ..terminal.standard_error import turned_away
from .onednn import apply


def import_tensorflow(kind: str = "inference") -> None:
    """Import TensorFlow with the process's standard error turned away; what Python raises is raised all the same.

    kind: of work that follows, inference or training, for which ``runtime.onednn`` sets TensorFlow's switch.
    ``MASKRCNN_DEBUG=1`` leaves everything visible. Does nothing where TensorFlow is there already.
    """
    apply(kind)
    if "tensorflow" in sys.modules or os.environ.get("MASKRCNN_DEBUG"):
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with turned_away():
        import tensorflow  # noqa: F401  # its second half loads with the model
        from tensorflow import keras  # noqa: F401
