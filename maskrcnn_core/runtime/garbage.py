"""Python's search for garbage, put off while much is made and nothing of it is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_later() -> Iterator[None]:
    """Have nothing collected while the block runs. With TensorFlow in memory each search takes 0.2 s: to load a
    ResNet-101 brings about three.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
