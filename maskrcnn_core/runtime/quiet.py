"""TensorFlow without its start-up chatter, which it writes before any setting of its own is read."""

from __future__ import annotations

import os
import sys

from .onednn import apply

_kept: list[int] = []  # standard error itself, while it is turned away


def import_tensorflow(kind: str = "inference") -> None:
    """Import TensorFlow with the process's standard error turned away; what Python raises is raised all the same.

    kind: of work that follows, inference or training, for which ``machine.onednn`` sets TensorFlow's switch.
    ``MASKRCNN_DEBUG=1`` leaves everything visible. Does nothing where TensorFlow is there already.
    """
    apply(kind)
    if "tensorflow" in sys.modules or os.environ.get("MASKRCNN_DEBUG"):
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    _kept.append(kept)
    try:
        os.dup2(nowhere, 2)
        import tensorflow  # noqa: F401  # its second half loads with the model
        from tensorflow import keras  # noqa: F401
    finally:
        _kept.remove(kept)
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def tell(line: str) -> None:
    """Write a line to standard error at once, also while that is turned away; nothing where it is closed."""
    try:
        if _kept:
            os.write(_kept[-1], f"{line}\n".encode())
        else:
            print(line, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass
