"""Building: layers get their weights from the number of channels that reach them; nothing has to run for that.

Inputs: layers without weights. Outputs: the same layers with them, random as each layer says, or a file's from the
start: drawing the 64 million numbers of a ResNet-101 takes longer than reading them, and held twice they take memory
that TensorFlow does not give back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import keras
import numpy as np

Weights = dict[str, np.ndarray]
_GIVEN: ContextVar[Weights | None] = ContextVar("_GIVEN", default=None)
# of a convolution or product, and of a norm
VARIABLES = ("kernel", "bias", "beta", "gamma", "moving_mean", "moving_variance")


@contextmanager
def weights_given(weights: Weights) -> Iterator[None]:
    """Have the variables of models that are made in the block hold those of ``weights``, by ``layer.variable``.

    One that finds its array takes it out of ``weights``, with its memory: nobody else may write it from then on.
    TensorFlow itself does not: to change the variable is to give it other memory. One that finds none of its shape
    starts as its layer says, a kernel with zeros.
    """
    before = _GIVEN.set(weights)
    try:
        yield
    finally:
        _GIVEN.reset(before)


class _Given(keras.initializers.Initializer):
    """The array ``name`` out of ``weights``, or what ``otherwise`` makes."""

    def __init__(self, weights: Weights, name: str, otherwise: Any) -> None:
        self.weights, self.name, self.otherwise = weights, name, otherwise

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        if self.name not in self.weights or self.weights[self.name].shape != tuple(shape):
            return self.otherwise(shape, dtype)
        return keras.ops.convert_to_tensor(_Memory(self.weights.pop(self.name)), dtype)


class _Memory:
    """An array whose memory TensorFlow may take as a tensor's; of an array itself it makes a copy first."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.array


def build(layer: Any, channels: int, sides: tuple[int | None, ...] = (None, None)) -> None:
    """Give ``layer`` weights for inputs of that many ``channels``; a layer that has them keeps them.

    sides: cells (y, x) of the input, where its weights depend on them; () for vectors.
    """
    if layer.built:
        return
    weights = _GIVEN.get()
    if weights is not None:
        _give(layer, weights)
    layer.build((None, *sides, channels))


def _give(layer: Any, weights: Weights) -> None:
    """Have the variables that ``layer`` is about to make be those of ``weights``."""
    for variable in VARIABLES:
        own = getattr(layer, f"{variable}_initializer", None)
        if own is not None:
            otherwise = keras.ops.zeros if variable == "kernel" else own
            setattr(layer, f"{variable}_initializer", _Given(weights, f"{layer.name}.{variable}", otherwise))


def build_conv(conv: Any, norm: Any, channels: int) -> int:
    """Build a convolution and the ``norm`` after it, None for none, and return how many channels come out."""
    build(conv, channels)
    if norm is not None:
        build(norm, conv.filters)
    return int(conv.filters)
