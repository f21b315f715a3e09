"""A detector's file in LiteRT's interpreter, which TensorFlow brings: tensors by name in, tensors by name out.

Inputs: a file of ``lite_file``. Outputs: a ``Runner`` whose tensors have as many rows as there are detections.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from operator import attrgetter
from pathlib import Path

import numpy as np
import tensorflow as tf

from ..runtime.processor import usable_cores
from ..terminal.standard_error import turned_away
from .describing import described
from .lite_file import read_lite_texts
from .names import COUNT, DETECTED, IMAGE
from .stored import RUNTIME
from .tensorflow_formats import ADJUSTABLE, SIGNATURE, argument_of


class LiteRt:
    """A file that is ready to run, on all cores of this process."""

    def __init__(self, path: Path) -> None:
        self._config = described(read_lite_texts(path)).config
        with warnings.catch_warnings(), turned_away():
            warnings.simplefilter("ignore")  # that LiteRT has a package of its own, of the same interpreter
            interpreter = tf.lite.Interpreter(str(path), num_threads=usable_cores())
        self._alone, self._adjustable = (
            interpreter.get_signature_runner(key) for key in (SIGNATURE, ADJUSTABLE)
        )
        known = {argument_of(name): name for name in (IMAGE, *RUNTIME)}
        self.inputs = tuple(known[argument] for argument in self._adjustable.get_input_details())
        self.outputs: tuple[str, ...] = DETECTED

    def run(self, names: Sequence[str], feed: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the outputs ``names`` for ``feed``; settings that are not fed are the model's own."""
        run = self._adjustable
        if set(feed) == {IMAGE}:
            run, fed = self._alone, dict(feed)
        else:
            settings = {name: attrgetter(name)(self._config) for name in self.inputs if name != IMAGE}
            fed = {name: np.array(value, np.float32) for name, value in settings.items()} | dict(feed)
        with turned_away():  # the first run tells of XNNPACK
            made = run(**{argument_of(name): value for name, value in fed.items()})
        count = int(made[COUNT])
        return {name: made[name][:count] for name in names}
