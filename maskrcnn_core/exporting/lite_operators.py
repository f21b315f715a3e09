"""Selection and ROIAlign in the builtin operators of LiteRT, with a number of rows that is known beforehand.

Inputs and outputs: those of the functions of the stages that they stand in for while a graph is traced, under the same
names. Where those return as many rows as were found, these return as many as there can be, and say elsewhere how many
were. Why: a graph in which every size is known runs on what speeds a phone up. LiteRT's suppression breaks ties by
chance besides, and it has no ``CropAndResize`` and no ``InvertPermutation``. Tests hold all against the stages.

Shapes: n boxes; k rows that are kept at most; yxyx; p points along a side; y, x cells of a map or bins; cells of all
maps, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from ..config import ROI_LEVELS, RoiAlign
from ..geometry import boxes as box_algebra
from ..stages.proposals import Nms
from ..stages.ranking import UNSCORED
from ..stages.roi_sampling import AROUND, Regions, operator_boxes, points_a_side

AT_ONCE = 2**22  # numbers that one gathering holds: 16 MiB, four of them at a time
FAR = 1e5  # px: beyond every network input
MOST_AREA = 1e30  # px²: of a box that is somewhere
TINY = 1.2e-38  # the least normal float32
NEVER = -1.0  # rank of a box that is not to be kept; the others are above 0


class Selection:
    """Suppression among boxes whose number is known, and ROIAlign of what it kept.

    found: () int32, how many rows of the last suppression are real.
    """

    def __init__(self) -> None:
        self.found: Any = None
        self._passed: Any = None  # (n,) bool: which boxes passed the tests before a suppression

    def rows_where(self, condition: Any) -> Any:
        """Return all indices (n,) int32; those without the ``condition`` (n,) bool are passed over in what follows."""
        self._passed = condition if self._passed is None else self._passed & condition
        return tf.range(condition.shape[0])

    def suppress(
        self,
        boxes: Any,
        scores: Any,
        count: int,
        threshold: Any,
        corner: float = 0.0,
        least: float = UNSCORED / 2,
    ) -> Any:
        """Return the indices (k,) int32 that greedy non-maximum suppression keeps, best first, then any."""
        order, ranks = self._ranked(scores, least)
        kept, self.found = _suppressed(_edges(boxes, order, corner), ranks, count, threshold)
        return tf.gather(order, kept)

    def suppress_groups(self, boxes: Any, groups: Any, scores: Any, nms: Nms) -> Any:
        """Return the indices (k,) int32 that suppression within each of ``groups`` keeps, best first, then any."""
        order, ranks = self._ranked(scores, nms.least)
        edges, groups, total = _edges(boxes, order, nms.corner), tf.gather(groups, order), int(order.shape[0])

        def add(group: Any, chosen: Any) -> tuple[Any, Any]:
            inside = tf.where(groups == group, ranks, NEVER)
            kept, found = _suppressed(edges, inside, min(nms.most, total), nms.threshold)
            real = tf.cast(tf.range(kept.shape[0]) < found, tf.int32)
            return group + 1, chosen + tf.scatter_nd(kept[:, None], real, [total])

        most = tf.reduce_max(groups)
        start = (tf.reduce_min(groups), tf.zeros([total], tf.int32))
        _, chosen = tf.while_loop(lambda group, _: group <= most, add, start)
        self.found = tf.minimum(tf.reduce_sum(chosen), nms.most)
        best = tf.math.top_k(tf.where(chosen > 0, ranks, NEVER), min(nms.most, total)).indices
        return tf.gather(order, tf.pad(best, [[0, nms.most - int(best.shape[0])]]))

    def pool_by_level(self, levels: Sequence[Any], regions: Regions, level: Any, config: RoiAlign) -> Any:
        """Return (n, y, x, channel) features of ``regions``, those that the last suppression kept."""
        return pool(levels, regions, level, config, self.found)

    def _ranked(self, scores: Any, least: float) -> tuple[Any, Any]:
        """Return the order of ``scores`` (n,), of equal ones the lower index first, and the rank of each in it."""
        total = int(scores.shape[0])
        order = tf.math.top_k(scores, total).indices
        wanted = tf.gather(scores, order) > least
        if self._passed is not None:
            wanted, self._passed = wanted & tf.gather(self._passed, order), None
        return order, tf.where(wanted, np.arange(total, 0, -1).astype(np.float32), NEVER)


def in_parts(function: Callable[..., Any], rows: Sequence[Any], found: Any, each: int) -> Any:
    """Return ``function`` of ``rows``, tensors (n, …) with n known, ``each`` of them at a time.

    A part that begins after the ``found`` real ones is 0 instead, but for the first: few detections take little time.
    """
    made: list[Any] = []
    total, each = int(rows[0].shape[0]), max(1, each)
    for first in range(0, total, each):
        end = min(first + each, total)
        run = partial(function, *(tensor[first:end] for tensor in rows))
        if not made:
            made.append(run())
            continue
        shape, dtype = [end - first, *made[0].shape[1:]], made[0].dtype
        # a 0 that the converter does not know: zeros that it does would lie in the file, one for each
        made.append(tf.cond(found > first, run, partial(_filled, shape, found, dtype)))
    return tf.concat(made, axis=0)


def _filled(shape: Sequence[int], found: Any, dtype: Any) -> Any:
    return tf.fill(shape, tf.cast(tf.minimum(found, 0), dtype))


def rows_of_level(levels: Any, level: int) -> Any:
    """Do as ``stages.proposals.rows_of_level``, for anchors that are known while the graph is made."""
    return tf.constant(np.flatnonzero(tf.get_static_value(levels) == level).astype(np.int32))


def _edges(boxes: Any, order: Any, corner: float) -> Any:
    """Return ``boxes`` (n, yxyx) in ``order``, with those that overlap nothing, not even themselves, put far away.

    LiteRT takes a box off its list because it overlaps itself: one without area, or NaN, it would keep again and again.
    """
    edges = tf.gather(box_algebra.shift_corner(boxes, corner), order)
    area = tf.abs((edges[:, 2] - edges[:, 0]) * (edges[:, 3] - edges[:, 1]))
    place = FAR + 2.0 * np.arange(int(order.shape[0]), dtype=np.float32)
    away = np.stack([place, np.zeros_like(place), place + 1.0, np.ones_like(place)], axis=1)
    return tf.where(((area > 0.0) & (area < MOST_AREA))[:, None], edges, away)


def _suppressed(boxes: Any, ranks: Any, count: int, threshold: Any) -> tuple[Any, Any]:
    """Return the indices (count,) int32 of boxes that are kept, by ``ranks`` of which no two are equal; how many."""
    kept, found = tf.raw_ops.NonMaxSuppressionV4(
        boxes=boxes,
        scores=ranks,
        max_output_size=count,
        iou_threshold=_next_above(tf.convert_to_tensor(threshold)),
        score_threshold=0.0,
        pad_to_max_output_size=True,
    )
    return tf.reshape(kept, [count]), found


def _next_above(threshold: Any) -> Any:
    """Return the next float32 above ``threshold``, at most 1: LiteRT drops a box at the threshold, TensorFlow above."""
    return tf.clip_by_value(threshold + threshold * (1.25 * 2.0**-24), TINY, 1.0)


def max_pool(x: Any, symmetric: bool) -> Any:
    """Do as ``stages.backbone.max_pool``: a cell of 0 around is never the largest alone after a ReLU."""
    if not symmetric:
        return tf.nn.max_pool2d(x, 3, 2, "SAME")
    return tf.nn.max_pool2d(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), 3, 2, "VALID")


def pool(levels: Sequence[Any], regions: Regions, level: Any, config: RoiAlign, found: Any) -> Any:
    """Return (n, y, x, channel) features of ``regions``, n known, each from the map of its ``level`` (n,) int32.

    found: how many regions are real; of the others some may be left 0.
    """
    sides = [(int(each.shape[1]), int(each.shape[2])) for each in levels]
    around = 0 if config.sampling == "corners" else AROUND
    # the converter makes a product of a quotient by a number that it knows, and a bit decides whether a point on the
    # border is inside: so it is not to know this 0
    nought = tf.cast(tf.minimum(found, 0), tf.float32)
    regions = regions._replace(shape=tf.cast(regions.shape, tf.float32) + nought)
    boxes, (points, height, width, first) = _places(regions, level, sides, config, nought)
    cells = tf.concat([tf.reshape(each, [-1, each.shape[-1]]) for each in levels], axis=0)
    steps = float(points - 1) + nought
    rows = _line(boxes[:, 0], boxes[:, 2], height, points, steps, around)
    columns = _line(boxes[:, 1], boxes[:, 3], width, points, steps, around)
    lines = (*rows, *columns, first, width)
    each = AT_ONCE // (points * points * int(cells.shape[-1]))
    crops = in_parts(lambda *part: _sampled(cells, part), lines, found, each)
    if config.sampling == "corners":
        return crops
    return tf.nn.avg_pool2d(crops, config.samples, config.samples, padding="VALID")


def _places(
    regions: Regions, level: Any, sides: Sequence[tuple[int, int]], config: RoiAlign, nought: Any
) -> tuple[Any, tuple[int, Any, Any, Any]]:
    """Return the boxes (n, yxyx) that ``crop_and_resize`` would get, the points a side, and of each box's map its
    height and width (n,) int32 in cells and where its cells begin.
    """
    points = points_a_side(regions, config, 1.0)
    index = level - ROI_LEVELS[0]
    boxes = tf.zeros_like(regions.boxes)
    for number, size in zip(ROI_LEVELS, sides, strict=True):
        cells = tf.constant(size, tf.float32) + nought
        placed = operator_boxes(regions, cells, config, 2**number)
        boxes = tf.where((level == number)[:, None], placed, boxes)
    begins = np.cumsum([0, *(height * width for height, width in sides)])[:-1]
    of_map = [np.array(values, np.int32) for values in (*zip(*sides, strict=True), begins)]
    height, width, first = (tf.gather(values, index) for values in of_map)
    return tf.where(tf.math.is_nan(boxes - boxes), 0.0, boxes), (points, height, width, first)


def _line(
    first: Any, last: Any, size: Any, points: int, steps: Any, around: int
) -> tuple[Any, Any, Any, Any]:
    """Return where points on lines from ``first`` to ``last`` (n,) read maps of ``size`` (n,) cells.

    Returns: the two cells (n, p) int32, the share of the second, and 1 inside the map, else 0; ``around`` cells more
    are inside; steps: points - 1. ``stages.roi_sampling`` says the same of one box in NumPy.
    """
    longest = tf.cast(size + 2 * around - 1, tf.float32)[:, None]
    first, last = first[:, None], last[:, None]
    if points == 1:
        place = 0.5 * (first + last) * longest
    else:
        place = first * longest + np.arange(points, dtype=np.float32) * ((last - first) * longest / steps)
    inside = tf.cast((place >= 0.0) & (place <= longest), tf.float32)
    place = tf.minimum(tf.maximum(place, 0.0), longest)
    low = tf.floor(place)
    most = (size - 1)[:, None]
    cells = [
        tf.minimum(tf.maximum(tf.cast(cell, tf.int32) - around, 0), most)
        for cell in (low, tf.math.ceil(place))
    ]
    return cells[0], cells[1], place - low, inside


def _sampled(cells: Any, lines: Sequence[Any]) -> Any:
    """Return (n, p, p, channel): each point between its four cells, in the order in which ``crop_and_resize`` adds."""
    above, below, down, in_y, left, right, across, in_x, first, width = lines
    down, across = down[:, :, None, None], across[:, None, :, None]
    sums = []
    for row in (above, below):
        begin = (row * width[:, None] + first[:, None])[:, :, None]
        one, other = (tf.gather(cells, begin + column[:, None, :]) for column in (left, right))
        sums.append(one + (other - one) * across)
    return (sums[0] + (sums[1] - sums[0]) * down) * (in_y[:, :, None] * in_x[:, None, :])[..., None]
