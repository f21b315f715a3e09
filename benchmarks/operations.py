"""Counting and repeating the multiplications of a forward or backward pass: convolutions and matrix products.

``recorded`` watches a function that runs op by op and lists its convolutions and matrix products with the shapes they
really had; ``Operation.count`` is exact, 2 for each multiplication and addition. ``bare`` makes one compiled function
of the same operations in the same order, on numbers that do not matter: what the pass would take if nothing else were
to be done.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from typing import Any, NamedTuple

import tensorflow as tf
from tensorflow.python.framework import op_callbacks  # no public way to see ops that run eagerly

from maskrcnn_core.runtime.compiling import as_written

CONVOLUTIONS = ("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter")
PRODUCTS = ("MatMul", "BatchMatMulV2")


class Operation(NamedTuple):
    """A convolution or matrix product. inputs: shapes of its operands; of sizes given as numbers, those numbers."""

    kind: str
    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    attributes: tuple[tuple[str, Any], ...] = ()

    @property
    def count(self) -> int:
        """Floating-point operations: a multiplication and an addition are two."""
        if self.kind == "Conv2D":  # every cell of the output sees a window of all input channels
            return 2 * prod(self.output) * prod(self.inputs[1][:3])
        if self.kind == "Conv2DBackpropInput":  # (sizes, kernel, gradient of the output)
            return 2 * prod(self.inputs[2]) * prod(self.inputs[1][:3])
        if self.kind == "Conv2DBackpropFilter":  # (input, sizes, gradient of the output)
            return 2 * prod(self.inputs[2]) * prod(self.output[:3])
        inner = self.inputs[0][-2 if dict(self.attributes).get("transpose_a") else -1]
        return 2 * prod(self.output) * inner


@contextmanager
def recorded() -> Iterator[list[Operation]]:
    """Give a list that fills with the convolutions and matrix products that run op by op inside the block."""
    found: list[Operation] = []

    def watch(kind: Any, inputs: Any, attributes: Any, outputs: Any, *_: Any) -> None:
        kind = _plain(kind)
        if kind not in CONVOLUTIONS + PRODUCTS:
            return
        shapes = tuple(tuple(map(int, t.shape)) for t in inputs)
        named = dict(zip(map(_plain, attributes[::2]), attributes[1::2], strict=True))
        for place, sizes in {"Conv2DBackpropInput": 0, "Conv2DBackpropFilter": 1}.items():
            if kind == place:
                given = tuple(int(v) for v in inputs[sizes].numpy())
                shapes = (*shapes[:sizes], given, *shapes[sizes + 1 :])
        kept = {name: _plain(named[name]) for name in _KEPT if name in named}
        found.append(Operation(kind, shapes, tuple(map(int, outputs[0].shape)), tuple(kept.items())))

    op_callbacks.add_op_callback(watch)
    try:
        yield found
    finally:
        op_callbacks.remove_op_callback(watch)


_KEPT = ("strides", "padding", "dilations", "transpose_a", "transpose_b")


def _plain(value: Any) -> Any:
    value = value.decode() if isinstance(value, bytes) else value
    return tuple(value) if isinstance(value, list) else value


def total(operations: list[Operation]) -> int:
    """Return the floating-point operations of all ``operations``."""
    return sum(operation.count for operation in operations)


def bare(operations: list[Operation]) -> Callable[[], float]:
    """Return a function that does ``operations`` one after the other, compiled into one graph.

    Every operation has operands of its own shape; kernels are not shared, so that nothing is computed once for two.
    """
    images: dict[tuple[int, ...], tf.Tensor] = {}
    operands = []
    for operation in operations:
        own = []
        for place, shape in enumerate(operation.inputs):
            if _is_kernel(operation, place):
                own.append(tf.fill(shape, 1e-3))
            else:
                own.append(images.setdefault(shape, tf.fill(shape, 1e-3)))
        operands.append(own)

    @tf.function(autograph=False)
    def run(operands: list[list[tf.Tensor]]) -> tf.Tensor:
        last, corners = [], []
        for operation, own in zip(operations, operands, strict=True):
            with tf.control_dependencies(last):  # in turn, as layers are
                result = perform(operation, own)
            last = [result]
            corners.append(tf.reshape(result, [-1])[0])  # used, or it would not be computed
        return tf.add_n(corners)

    def call() -> float:
        with as_written():
            return float(run(operands))

    return call


def perform(operation: Operation, operands: list[tf.Tensor]) -> tf.Tensor:
    """Do one ``operation`` on ``operands``, in the order of its inputs."""
    settings = dict(operation.attributes)
    if operation.kind == "MatMul":
        return tf.raw_ops.MatMul(a=operands[0], b=operands[1], **settings)
    if operation.kind == "BatchMatMulV2":
        return tf.raw_ops.BatchMatMulV2(x=operands[0], y=operands[1])
    settings = {name: list(v) if isinstance(v, tuple) else v for name, v in settings.items()}
    if operation.kind == "Conv2D":
        return tf.raw_ops.Conv2D(input=operands[0], filter=operands[1], **settings)
    if operation.kind == "Conv2DBackpropInput":
        sizes = tf.constant(operation.inputs[0])
        return tf.raw_ops.Conv2DBackpropInput(
            input_sizes=sizes, filter=operands[1], out_backprop=operands[2], **settings
        )
    sizes = tf.constant(operation.inputs[1])
    return tf.raw_ops.Conv2DBackpropFilter(
        input=operands[0], filter_sizes=sizes, out_backprop=operands[2], **settings
    )


def _is_kernel(operation: Operation, place: int) -> bool:
    return place == 1 and operation.kind != "Conv2DBackpropFilter"


class MatrixPeak:
    """The best speed of a product of two float32 matrices of ``side``, over all that were made so far."""

    def __init__(self, side: int = 2048, at_once: int = 4) -> None:
        self.count, self.at_once, self.best = 2 * side**3, at_once, math.inf
        self._operands = [tf.random.stateless_normal([side, side], [seed, 0]) for seed in (1, 2)]
        self._product = tf.function(lambda a, b: tf.matmul(a, b)[0, 0], autograph=False)
        float(self._product(*self._operands))  # compiles

    def __call__(self) -> None:
        """Make some products."""
        for _ in range(self.at_once):
            began = time.perf_counter()
            float(self._product(*self._operands))
            self.best = min(self.best, time.perf_counter() - began)

    @property
    def speed(self) -> float:
        """GFLOP/s."""
        return self.count / self.best / 1e9
