"""Python's search for garbage, put off while much is made and nothing of it is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_later(stays: bool = False) -> Iterator[None]:
    """Have nothing collected while the block runs.

    To import TensorFlow makes a million objects, and searches in between are a third of its time. With it in memory
    each search takes 0.2 s: to load a ResNet-101 brings about three, to compile it two.

    stays: whether all that is made stays as long as the process, so that it is not searched right afterwards either.
    Nothing else may say so: what is counted as old without having been searched brings no search of the old.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if (
                stays and gc.get_freeze_count() == 0
            ):  # else they are somebody's, who wants them to stay frozen
                gc.freeze()
                gc.unfreeze()  # now all are of the oldest generation, and new ones are searched without them
            gc.enable()
