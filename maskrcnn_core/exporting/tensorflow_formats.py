"""SavedModel: the traced function in TensorFlow's own format, and opened again.

Inputs: a ``Part``. Outputs: a folder for TF Serving. The signature ``serving_default`` takes the image alone, with the
model's own settings; ``with_settings`` takes these too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from ..runtime.compiling import as_written
from .network import Part

SIGNATURE, ADJUSTABLE = "serving_default", "with_settings"


def save_model(model: Any, part: Part, folder: Path) -> None:
    """Write ``part`` into ``folder`` as a SavedModel, with the variables of ``model``."""
    module = tf.Module()
    module.kept = [
        variable.value for variable in model.variables
    ]  # a SavedModel holds what hangs on its root
    fixed, adjustable = _signatures(part)
    with as_written():
        tf.saved_model.save(module, str(folder), signatures={SIGNATURE: fixed, ADJUSTABLE: adjustable})


@contextmanager
def called(part: Path, folder: Path) -> Iterator[None]:
    """Raise what TensorFlow says of a file within ``part`` with the name that it would have in ``folder``."""
    try:
        yield
    except tf.errors.OpError as error:
        raise type(error)(None, None, error.message.replace(str(part), str(folder))) from error


def _signatures(part: Part) -> tuple[Any, Any]:
    """Return the function with the settings as constants, and with all inputs."""
    images = {name: spec for name, spec in part.inputs.items() if name not in part.defaults}

    def trace(specs: Mapping[str, tf.TensorSpec]) -> Any:
        names = list(specs)

        def run(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
            fed = {name: tf.constant(value) for name, value in part.defaults.items()}
            outputs = part.function(fed | dict(zip(names, tensors, strict=True)))
            return {name: tf.identity(value) for name, value in outputs.items()}

        given = [tf.TensorSpec(spec.shape, spec.dtype, argument_of(name)) for name, spec in specs.items()]
        return tf.function(run, autograph=False).get_concrete_function(*given)

    return trace(images), trace(part.inputs)


def argument_of(name: str) -> str:
    """Return the name of an input in a signature, which TensorFlow wants to be one of Python."""
    return name.replace(".", "_")


class SavedModel:
    """A SavedModel, opened as a serving program does."""

    def __init__(self, folder: Path) -> None:
        self._loaded = tf.saved_model.load(str(folder))
        self._run = self._loaded.signatures[SIGNATURE]
        self.inputs = tuple(self._run.structured_input_signature[1])
        self.outputs = tuple(self._run.structured_outputs)

    def run(self, names: Sequence[str], feed: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the outputs ``names`` for ``feed``."""
        made = self._run(**{argument_of(name): tf.constant(value) for name, value in feed.items()})
        return {name: made[name].numpy() for name in names}
