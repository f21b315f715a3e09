"""ROIAlign: features of a fixed size for a region of any size, without rounding it to cells.

Inputs: P2 to P5 and boxes. Outputs: the level each box is pooled from and its features (Mask R-CNN, section 3; level by
FPN, eq. 1). Two samplings:

- ``corners``: one bilinear sample a bin, the first and last on the box's corners, 0 outside the map. This is
  ``tf.image.crop_and_resize``, under which the classic weights were trained.
- ``cells``: each bin is cut into samples x samples cells, sampled in their middle and averaged. Cell i of a map covers
  [i, i + 1) strides and its value sits in its middle. Samples outside take the border's value up to one cell from the
  outermost middles, then 0. This is torchvision's ``roi_align(sampling_ratio=samples, aligned=True)``; its models set
  ``aligned`` to False, which is half a cell away. 0 samples are as many as a bin has cells (detectron2).

Shapes: n boxes; b images; yxyx network-input px; y, x bins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import tensorflow as tf

from ..config import ROI_LEVELS, RoiAlign
from ..geometry import boxes as box_algebra
from ..recording.trace import Tap, passthrough
from .operators import operator
from .roi_sampling import AROUND, Regions, octave, operator_boxes, points_a_side
from .runs import bounds_of_runs
from .spec import StageSpec

TOGETHER = 128  # boxes that adaptive sampling pools at once
MOST_SAMPLES = 256  # a side and bin: a map has fewer cells than that times its bins


# a map, regions, the configuration, network-input px a cell -> pooled features, as ``roi_align`` returns them
Operator = Callable[[tf.Tensor, Regions, RoiAlign, float], tf.Tensor]
_adaptive: ContextVar[Operator | None] = ContextVar("adaptive", default=None)


class Pooled(NamedTuple):
    """Fields are the tensors ``box_roi.*`` or ``mask_roi.*``."""

    level: tf.Tensor  # (n,) int32
    pooled: tf.Tensor  # (n, y, x, channel)


SPECS = (
    StageSpec(
        "box_roi",
        Pooled,
        reads=("proposals.boxes", "fpn.p[2-5]", "molding.image"),
        settings=(
            "box_roi.sampling",
            "box_roi.samples",
            "box_roi.aligned",
            "box_roi.canonical_size",
            "box_roi.level_epsilon",
            "box_roi.level_epsilon_to",
        ),
    ),
    StageSpec(
        "mask_roi",
        Pooled,
        reads=("detections.boxes", "fpn.p[2-5]", "molding.image"),
        settings=("mask_roi.*",),
    ),
)


def pool_regions(
    levels: Sequence[tf.Tensor], regions: Regions, config: RoiAlign, stage: str, tap: Tap = passthrough
) -> Pooled:
    """Pool each region from its level of ``levels``, maps (b, y, x, channel) from P2 to P5.

    stage: ``box_roi`` or ``mask_roi``, the first part of the tensors' names.
    """
    level = tap(f"{stage}.level", roi_level(regions, config))
    return Pooled(level, tap(f"{stage}.pooled", operator(pool_by_level)(levels, regions, level, config)))


def pool_by_level(
    levels: Sequence[tf.Tensor], regions: Regions, level: tf.Tensor, config: RoiAlign
) -> tf.Tensor:
    """Return (n, y, x, channel) features of ``regions``, each from the map of its ``level`` (n,) int32."""
    pooled, order = [], []
    for number, features in zip(ROI_LEVELS, levels, strict=True):
        index = tf.where(level == number)[:, 0]
        pooled.append(roi_align(features, _take(regions, index), config, stride=2**number))
        order.append(index)
    place = tf.math.invert_permutation(tf.cast(tf.concat(order, axis=0), tf.int32))
    return tf.gather(tf.concat(pooled, axis=0), place)


def roi_level(regions: Regions, config: RoiAlign) -> tf.Tensor:
    """Return the pyramid level (n,) int32, 2 to 5, that each region is pooled from.

    corners: 4 + round(octave), half to even: the classic formula. cells: floor(4 + octave + epsilon), FPN, eq. 1; the
    epsilon may be part of the octave already.
    """
    octaves = octave(_in_floats(regions), config)
    epsilon = config.level_epsilon if config.level_epsilon_to == "octave" else 0.0
    octaves = tf.round(octaves) if config.sampling == "corners" else tf.floor(octaves + epsilon)
    octaves = tf.clip_by_value(octaves, -8.0, 8.0)  # log2(0) is -inf, which no integer holds
    return tf.clip_by_value(4 + tf.cast(octaves, tf.int32), ROI_LEVELS[0], ROI_LEVELS[-1])


def roi_align(features: tf.Tensor, regions: Regions, config: RoiAlign, stride: float = 1.0) -> tf.Tensor:
    """Return (n, y, x, channel) features of ``regions`` from one map ``features`` (b, y, x, channel).

    stride: network-input px a cell, for "cells"; "corners" lays the map's outermost cells on the network input's
    corners.
    """
    regions = _in_floats(regions)
    operator = _adaptive.get()
    if operator and config.sampling == "cells" and not config.samples:
        return operator(features, regions, config, stride)
    cells = tf.cast(tf.shape(features)[1:3], tf.float32)
    boxes = _finite(operator_boxes(regions, cells, config, stride))
    if config.sampling == "corners":
        return tf.image.crop_and_resize(features, boxes, regions.image, [config.size, config.size])
    # crop_and_resize on a map with one more cell around it samples the middles of the cells, clamped to the border
    edge = [AROUND, AROUND]
    padded = tf.pad(features, [[0, 0], edge, edge, [0, 0]], mode="SYMMETRIC")
    points = points_a_side(regions, config, stride)
    if not config.samples:
        pooled = _by_points(padded, boxes, regions.image, _finite(points), config.size)
        height, width = box_algebra.sides(regions.boxes, regions.corner)
        inside_out = (tf.minimum(height, width) <= 0.0) & config.aligned  # has no point, so no number but 0
        return tf.where(inside_out[:, None, None, None], 0.0, pooled)
    crops = tf.image.crop_and_resize(padded, boxes, regions.image, [points, points])
    return tf.nn.avg_pool2d(crops, config.samples, config.samples, padding="VALID")


@contextmanager
def adaptive_by(operator: Operator) -> Iterator[None]:
    """Have graphs that are traced inside pool adaptively by ``operator``.

    For formats that have an operator of that kind, and cannot say what is done here: one call for each number of
    points that occurs.
    """
    before = _adaptive.set(operator)
    try:
        yield
    finally:
        _adaptive.reset(before)


def _by_points(
    features: tf.Tensor, boxes: tf.Tensor, image: tf.Tensor, points: tf.Tensor, size: int
) -> tf.Tensor:
    """Return (n, y, x, channel) where each of ``boxes`` has its own number of ``points`` (n, yx), averaged by bin.

    Boxes of equal numbers go together, ``TOGETHER`` of them at most: a bin of 9 points takes 9 times the memory.
    """
    samples = tf.clip_by_value(tf.cast(points, tf.int32) // size, 1, MOST_SAMPLES)
    order = tf.argsort(samples[:, 0] * (MOST_SAMPLES + 1) + samples[:, 1], stable=True)
    samples, boxes, image = (tf.gather(t, order) for t in (samples, boxes, image))
    kind = tf.cast(samples[:, 0] * (MOST_SAMPLES + 1) + samples[:, 1], tf.int64)
    group = kind * tf.size(kind, tf.int64) + tf.range(tf.size(kind, tf.int64)) // TOGETHER
    bounds, channels = bounds_of_runs(group), features.shape[-1]
    parts = tf.TensorArray(
        features.dtype, tf.size(bounds), infer_shape=False, element_shape=[None, size, size, channels]
    )

    def pool(number: tf.Tensor, parts: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
        rows = slice(bounds[number], bounds[number + 1])
        each = samples[rows][0]
        crops = tf.image.crop_and_resize(features, boxes[rows], image[rows], each * size)
        bins = tf.reshape(crops, [-1, size, each[0], size, each[1], channels])
        return number + 1, parts.write(number + 1, tf.reduce_mean(bins, axis=[2, 4]))

    parts = parts.write(0, tf.zeros([0, size, size, channels], features.dtype))  # there may be no box at all
    _, parts = tf.while_loop(lambda number, _: number < tf.size(bounds) - 1, pool, (tf.constant(0), parts))
    return tf.gather(parts.concat(), tf.math.invert_permutation(order))


def _finite(boxes: tf.Tensor) -> tf.Tensor:
    """Put 0 for NaN and infinity, at which crop_and_resize stops: a broken model can then be traced to its end."""
    return tf.where(tf.math.is_finite(boxes), boxes, 0.0)


def _take(regions: Regions, index: tf.Tensor) -> Regions:
    return regions._replace(boxes=tf.gather(regions.boxes, index), image=tf.gather(regions.image, index))


def _in_floats(regions: Regions) -> Regions:
    return regions._replace(shape=tf.cast(regions.shape, tf.float32))
