"""How ROIAlign is said in ONNX, whose ``RoiAlign`` is detectron2's.

Inputs: a node of TensorFlow's. Outputs: ONNX nodes in its place.

- ``crop_and_resize`` becomes one point a bin, with 0 for points outside the map. Why not tf2onnx's own: it goes box by
  box, and copies the whole map for each of them. ``RoiAlign`` takes the middle of each bin, so that the box grows by
  half a step on each side; it holds points near the border to the border, where TensorFlow gives 0, so that points are
  looked at once more.
- Adaptive sampling is what ``RoiAlign`` does when its ``sampling_ratio`` is 0. ``marked`` puts a node into the graph
  that only says where; no graph with it ever runs in TensorFlow.

Shapes: n boxes; p points along a side; y, x cells of the map.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from ..config import RoiAlign
from ..stages.roi_sampling import Regions

FARTHEST = (
    1e4  # sides of the map, or px: where boxes of a broken model are held, since RoiAlign refuses infinity
)


def crop_and_resize(ctx: Any, node: Any, name: str, args: Any) -> None:
    """Replace ``node``: features (b, y, x, channel), boxes (n, yxyx) as shares of y - 1 and x - 1, image (n,), points.

    ctx: tf2onnx's graph.
    """
    from tf2onnx.onnx_opset.nn import CropAndResize

    if not node.inputs[3].is_const():
        CropAndResize.version_13(ctx, node)
        return
    points = [int(count) for count in node.inputs[3].get_tensor_value()]
    features, boxes, image, _ = node.input
    shape, dtype = ctx.get_shape(node.output[0]), ctx.get_dtype(node.output[0])
    ops = _Ops(ctx, name)
    boxes = ops("Clip", boxes, ops.constant(np.float32(-FARTHEST)), ops.constant(np.float32(FARTHEST)))
    extent = ops("Sub", ops.cast(ops.part(ops("Shape", features), 1, 3, 0), 1), ops.constant(np.float32(1)))
    first = ops("Mul", ops.part(boxes, 0, 2, 1), extent)
    side = ops("Sub", ops.part(boxes, 2, 4, 1), ops.part(boxes, 0, 2, 1))
    gaps = ops.constant(np.array([max(count - 1, 1) for count in points], np.float32))
    step = ops("Div", ops("Mul", side, extent), gaps)
    pooled = ops(
        "RoiAlign",
        ops("Transpose", features, perm=[0, 3, 1, 2]),
        ops.grown(first, step, points),
        ops.cast(image, 7),
        output_height=points[0],
        output_width=points[1],
        sampling_ratio=1,
        spatial_scale=1.0,
        coordinate_transformation_mode="half_pixel",
    )
    inside = ops("Mul", *(ops.inside(first, step, extent, axis, points[axis]) for axis in (0, 1)))
    ctx.remove_node(node.name)
    ctx.make_node(
        "Mul",
        [ops("Transpose", pooled, perm=[0, 2, 3, 1]), inside],
        outputs=node.output,
        name=name,
        shapes=[shape],
        dtypes=[dtype],
    )


def marked(features: Any, regions: Regions, config: RoiAlign, stride: float) -> Any:
    """Return what ``stages.roi_align.roi_align`` returns, for a graph that ``adaptive`` goes through afterwards."""
    edge = np.array([0, 0, regions.corner, regions.corner], np.float32)
    boxes = regions.boxes - edge
    boxes = tf.clip_by_value(tf.where(tf.math.is_finite(boxes), boxes, 0.0), -FARTHEST, FARTHEST)
    asked = tf.constant([config.size, stride, config.aligned], tf.float32)
    pooled = tf.numpy_function(_never, [features, boxes, regions.image, asked], tf.float32)
    return tf.reshape(pooled, [-1, config.size, config.size, features.shape[-1]])


def _never(*_: Any) -> Any:
    raise NotImplementedError(
        "wanted a graph for ONNX, received a run in TensorFlow: trace it without adaptive_by"
    )


def adaptive(ctx: Any, node: Any, name: str, args: Any) -> None:
    """Replace the ``node`` of ``marked``: features (b, y, x, channel), boxes (n, yxyx), image (n,), what is asked."""
    features, boxes, image, _ = node.input
    size, stride, aligned = (float(value) for value in node.inputs[3].get_tensor_value())
    ops = _Ops(ctx, name)
    turned = ops("Gather", boxes, ops.constant(np.array([1, 0, 3, 2], np.int64)), axis=1)
    pooled = ops(
        "RoiAlign",
        ops("Transpose", features, perm=[0, 3, 1, 2]),
        turned,
        ops.cast(image, 7),
        output_height=int(size),
        output_width=int(size),
        sampling_ratio=0,
        spatial_scale=1.0 / stride,
        coordinate_transformation_mode="half_pixel" if aligned else "output_half_pixel",
    )
    ctx.remove_node(node.name)
    ctx.make_node(
        "Transpose", [pooled], attr={"perm": [0, 2, 3, 1]}, outputs=node.output, name=name, dtypes=[1]
    )


class _Ops:
    """Makes nodes of a graph, one output each, under names that begin alike."""

    def __init__(self, ctx: Any, name: str) -> None:
        self._ctx, self._name = ctx, name

    def __call__(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Return the output of a new node."""
        made: str = self._ctx.make_node(
            kind, list(inputs), attr=attributes or None, op_name_scope=self._name
        ).output[0]
        return made

    def constant(self, value: Any) -> str:
        from tf2onnx import utils

        made: str = self._ctx.make_const(utils.make_name(self._name), np.asarray(value)).output[0]
        return made

    def cast(self, value: str, dtype: int) -> str:
        """Return ``value`` in ONNX' type number ``dtype``: 1 float32, 7 int64."""
        return self("Cast", value, to=dtype)

    def part(self, value: str, start: int, end: int, axis: int) -> str:
        """Return entries ``start`` to ``end`` along an axis."""
        return self("Slice", value, *(self.constant(np.array([n], np.int64)) for n in (start, end, axis)))

    def grown(self, first: str, step: str, points: list[int]) -> str:
        """Return ROIs (n, xyxy) whose bins have the points in their middles; ``RoiAlign`` takes half a cell off."""
        half = self.constant(np.float32(0.5))
        start = self("Add", self("Sub", first, self("Mul", step, half)), half)
        end = self("Add", start, self("Mul", step, self.constant(np.array(points, np.float32))))
        turned = self.constant(np.array([1, 0, 3, 2], np.int64))
        return self("Gather", self("Concat", start, end, axis=1), turned, axis=1)

    def inside(self, first: str, step: str, extent: str, axis: int, count: int) -> str:
        """Return 1 for points along an axis that lie on the map, else 0: (n, p, 1, 1) or (n, 1, p, 1) float32."""
        places = self.constant(np.arange(count, dtype=np.float32)[None])
        along = self(
            "Add",
            self.part(first, axis, axis + 1, 1),
            self("Mul", self.part(step, axis, axis + 1, 1), places),
        )
        low = self("GreaterOrEqual", along, self.constant(np.float32(0)))
        high = self("LessOrEqual", along, self.part(extent, axis, axis + 1, 0))
        shape = [0, count, 1, 1] if axis == 0 else [0, 1, count, 1]
        return self("Reshape", self.cast(self("And", low, high), 1), self.constant(np.array(shape, np.int64)))
