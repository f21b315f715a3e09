"""No operation without a name: what the compiled network computes is recorded, or stands on a short list with a reason.

The walk is over the very graph that a trace of everything runs. An operation's result counts as named where nothing but
weights are added to it, or where it is only moved, before it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import tensorflow as tf

from maskrcnn_core.config import (
    Config,
    classic,
    detectron2,
    mmdetection,
    tiny,
    torchvision_v1,
    torchvision_v2,
)
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.recording.tensors import names_of
from maskrcnn_core.runtime.compiling import as_written

NAMES = ("background", "square", "circle")

# what must have a name: convolutions, products, activations, pooling, resampling
COMPUTES = """
    Conv2D Conv2DBackpropInput Conv3D DepthwiseConv2dNative MatMul BatchMatMulV2 Einsum Relu Relu6 LeakyRelu
    Elu Selu Softplus Softsign Sigmoid Tanh Erf Softmax LogSoftmax MaxPool MaxPoolV2 AvgPool Mean Sum Max
    ResizeNearestNeighbor ResizeBilinear ResizeBicubic ResizeArea CropAndResize FusedBatchNormV3
"""
# arithmetic of boxes and scores, choices, and the moving of values
OTHERS = """
    AddV2 ArgMax BiasAdd Cast Ceil ConcatV2 Const EnsureShape Equal Exp ExpandDims Fill Floor FloorDiv FloorMod GatherV2
    Greater GreaterEqual Identity InvertPermutation IsFinite IsNan Less LessEqual Log LogicalAnd LogicalOr
    Maximum Minimum MirrorPad Mul Neg NoOp NonMaxSuppressionV3 NotEqual Pack Pad Placeholder Prod Range ReadVariableOp
    RealDiv Reshape Round Rsqrt SelectV2 Shape Size Sqrt Squeeze StatelessWhile StridedSlice Sub
    TensorListConcatV2 TensorListReserve TensorListSetItem Tile TopKV2 Unpack Where
"""
KNOWN = frozenset((COMPUTES + OTHERS).split())
MOVES = {
    "EnsureShape",
    "Identity",
    "Reshape",
    "Squeeze",
    "ConcatV2",
    "StridedSlice",
    "Unpack",
    "GatherV2",
    "Pad",
    "Tile",
}
ADDS = {"BiasAdd", "AddV2", "Mul", "Sub"}  # a bias or a norm, where the other input is made of weights alone
SHAPES = {"Shape", "Size"}  # they tell of a tensor, but not its values

# why an operation needs no name of its own
POINTS = "the points of a bin, read from one level: their mean, or they themselves, are box_roi.pooled"
BINS = (
    "the mean of a bin's points, where each region has its own number of them: in its order, box_roi.pooled"
)
CELLS = "a window of one cell: every second cell of the block's input, and nothing is computed"
REASONS: dict[str, Callable[[Any], bool]] = {
    POINTS: lambda op: op.type == "CropAndResize",
    BINS: lambda op: op.type == "Mean" and "while" in op.graph.name,
    CELLS: lambda op: op.type == "AvgPool" and list(op.get_attr("ksize")) == [1, 1, 1, 1],
}
PRESETS = [
    (tiny(NAMES, size=64), {POINTS, CELLS}),
    (classic(NAMES, "resnet50"), {CELLS}),
    (torchvision_v1(NAMES), {POINTS, CELLS}),
    (torchvision_v1(NAMES, "resnet18").replace(name="torchvision_r18"), {POINTS, CELLS}),
    (torchvision_v2(NAMES), {POINTS, CELLS}),
    (detectron2(NAMES), {POINTS, BINS, CELLS}),
    (mmdetection(NAMES), {POINTS, BINS, CELLS}),
]


def presets() -> list[Any]:
    """Give each preset; all but the smallest take a while to make."""
    return [
        pytest.param(
            config, reasons, id=config.name, marks=[] if config.name == "tiny" else [pytest.mark.slow]
        )
        for config, reasons in PRESETS
    ]


@pytest.mark.parametrize(("config", "reasons"), presets())
def test_every_operation_is_a_named_tensor_or_has_a_reason(config: Config, reasons: set[str]):
    unnamed = list(unnamed_of(MaskRCNN(config), set(names_of(config))))
    used = {op.name: [why for why, holds in REASONS.items() if holds(op)] for op in unnamed}
    assert not [name for name, why in used.items() if not why]
    assert {why for names in used.values() for why in names} == reasons


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["backbone.c3.block1.relu1", "fpn.upsampled3", "rpn.hidden.p4", "box_head.fc2"]
)
def test_an_operation_without_its_name_is_found(name: str, small: MaskRCNN):
    all_names = set(names_of(small.config))
    assert len(list(unnamed_of(small, all_names - {name}))) > len(list(unnamed_of(small, all_names)))


def unnamed_of(model: MaskRCNN, names: set[str]) -> Iterator[Any]:
    """Yield the operations of the network that compute something and are not recorded under one of ``names``."""
    with as_written():
        network = model._network._compile(frozenset(names), model.config, False)
    detections, masks, recorded = network.structured_outputs
    assert set(recorded) <= names
    flat = tf.nest.flatten((detections, masks, dict.fromkeys(recorded, True)))
    ends = {out.ref() for out, kept in zip(network.outputs, flat, strict=True) if kept is True}
    graph = network.graph
    data = _depending_on(graph.inputs[0], graph)
    for op in _operations(graph):
        assert op.type in KNOWN, f"{op.type} is new here: does it need a name?"
        inside_loop = op.graph is not graph
        follows = any(one.ref() in data for one in op.inputs)  # not from the weights alone
        if op.type in COMPUTES.split() and (inside_loop or (follows and _is_lost(op, ends, data))):
            yield op


def _operations(graph: Any) -> Iterator[Any]:
    """Yield all operations of a graph, those of its loops too."""
    for op in graph.get_operations():
        yield op
        if op.type == "StatelessWhile":
            for part in ("cond", "body"):
                inner = graph._get_function(op.get_attr(part).name)
                yield from _operations(inner.graph)


def _depending_on(start: tf.Tensor, graph: Any) -> set[Any]:
    """Return the tensors whose values follow from ``start``."""
    found = {start.ref()}
    for op in graph.get_operations():
        if op.type not in SHAPES and any(one.ref() in found for one in op.inputs):
            found |= {one.ref() for one in op.outputs}
    return found


def _is_lost(op: Any, ends: set[Any], data: set[Any]) -> bool:
    """Return whether nothing recorded holds what ``op`` computes."""
    open_tensors, seen = list(op.outputs), set()
    while open_tensors:
        tensor = open_tensors.pop()
        if tensor.ref() in ends:
            return False
        for reader in tensor.consumers():
            others = [one for one in reader.inputs if one is not tensor and one.ref() in data]
            if reader not in seen and (reader.type in MOVES or (reader.type in ADDS and not others)):
                seen.add(reader)
                open_tensors += reader.outputs
    return True
