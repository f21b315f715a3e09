"""Precision: in what numbers the layers compute while training.

bfloat16 keeps float32's range with 8 bits of mantissa, so that nothing overflows and no loss has to be scaled. Weights,
their gradients, batch norm's statistics and the losses stay float32; detection always computes in float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import keras
import tensorflow as tf

_POLICIES = {"bfloat16": "mixed_bfloat16"}
Output = TypeVar("Output", bound=tuple[Any, ...])


@contextmanager
def computing_in(model: keras.Model, precision: str) -> Iterator[None]:
    """Have all layers of ``model`` compute in ``precision`` while a graph is traced; afterwards they are as before."""
    layers = list(model._flatten_layers()) if precision in _POLICIES else []
    before = [layer.dtype_policy for layer in layers]
    try:
        for layer in layers:
            layer.dtype_policy = _POLICIES[precision]
        yield
    finally:
        for layer, policy in zip(layers, before, strict=True):
            layer.dtype_policy = policy


def as_float32(output: Output) -> Output:
    """Return a NamedTuple of tensors in float32; adds no op where they are."""
    return type(output)(*(tf.cast(tensor, tf.float32) for tensor in output))
