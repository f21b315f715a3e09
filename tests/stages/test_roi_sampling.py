"""Where ROIAlign samples: places by hand, and the very numbers of the stage from these cells with these weights."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import RoiAlign
from maskrcnn_core.stages.roi_align import roi_align, roi_level
from maskrcnn_core.stages.roi_sampling import Regions, lines, octave, operator_boxes

SAMPLINGS = pytest.mark.parametrize("sampling", ["corners", "cells"])
SHAPE = np.array([64, 96], np.float32)  # network-input px
BOXES = np.array(
    [[3, 5, 20, 50], [0, 0, 64, 96], [-9, 40, 30, 120], [10, 10, 10, 10], [60, 90, 63, 95]], np.float32
)


def in_arrays(boxes, corner: float = 0.0) -> Regions:
    return Regions(np.asarray(boxes, np.float32).reshape(-1, 4), None, SHAPE, corner)


def in_tensors(boxes, corner: float = 0.0) -> Regions:
    boxes = tf.constant(np.asarray(boxes, np.float32).reshape(-1, 4))
    return Regions(boxes, tf.zeros(len(boxes), tf.int32), tf.constant(SHAPE, tf.int32), corner)


def pooled_by_lines(features: np.ndarray, box: np.ndarray, config: RoiAlign) -> np.ndarray:
    """Pool (y, x, channel) ``features`` with the weights of both lines, and average the points of each bin."""
    weights = []
    for line, size in zip(lines(box, features.shape[:2], config), features.shape[:2], strict=True):
        matrix = np.zeros((len(line.place), size), np.float64)
        np.add.at(matrix, (np.arange(len(line.place)), line.low), (1 - line.share) * line.inside)
        np.add.at(matrix, (np.arange(len(line.place)), line.high), line.share * line.inside)
        weights.append(matrix.reshape(config.size, -1, size).mean(axis=1))
    return np.einsum("iy,jx,yxc->ijc", *weights, features)


def test_cells_are_read_between_middles():
    # a box of 8 px on a map of stride 4 covers cells 0 and 1; its four points are their quarters
    config = RoiAlign(2, "cells", 2)
    (box,) = operator_boxes(in_arrays([0, 4, 8, 12]), np.array([16, 24], np.float32), config, 4)
    y, x = lines(box, (16, 24), config)
    np.testing.assert_allclose(y.place, [-0.25, 0.25, 0.75, 1.25], atol=1e-6)
    np.testing.assert_allclose(x.place, [0.75, 1.25, 1.75, 2.25], atol=1e-6)
    assert (y.low.tolist(), y.high.tolist()) == ([0, 0, 0, 1], [0, 1, 1, 2])  # -1 is clamped to the border
    np.testing.assert_allclose(x.share, [0.75, 0.25, 0.75, 0.25], atol=1e-6)
    assert y.inside.all()


def test_corners_are_read_on_the_corners():
    config = RoiAlign(3, "corners")
    (box,) = operator_boxes(in_arrays([0, 0, 32, 96]), np.array([5, 4], np.float32), config, 16)
    y, x = lines(box, (5, 4), config)
    np.testing.assert_allclose(y.place, [0, 1, 2])
    np.testing.assert_allclose(x.place, [0, 1.5, 3])


def test_points_beyond_the_map_read_nothing():
    config = RoiAlign(6, "cells", 1)
    (box,) = operator_boxes(in_arrays([-16, 0, 8, 8]), np.array([16, 24], np.float32), config, 4)
    y, _ = lines(box, (16, 24), config)
    np.testing.assert_allclose(y.place, [-4, -3, -2, -1, 0, 1], atol=1e-6)
    assert y.inside.tolist() == [False, False, False, True, True, True]


@SAMPLINGS
@pytest.mark.parametrize(("size", "samples", "corner"), [(7, 2, 0.0), (7, 2, 1.0), (14, 1, 0.0), (1, 1, 0.0)])
def test_these_cells_with_these_weights_are_what_the_stage_pooled(sampling, size, samples, corner):
    features = np.random.default_rng(0).normal(size=(16, 24, 3)).astype(np.float32)
    config = RoiAlign(size, sampling, samples)
    pooled = roi_align(tf.constant(features)[None], in_tensors(BOXES, corner), config, 4)
    boxes = operator_boxes(in_arrays(BOXES, corner), np.array([16, 24], np.float32), config, 4)
    for box, wanted in zip(boxes, pooled.numpy(), strict=True):
        np.testing.assert_allclose(pooled_by_lines(features, box, config), wanted, atol=2e-5)


@SAMPLINGS
def test_octave_of_arrays_gives_the_level_of_the_stage(sampling: str):
    rng = np.random.default_rng(1)
    top_left = rng.uniform(0, 30, (200, 2))
    boxes = np.concatenate([top_left, top_left + rng.uniform(1, 60, (200, 2))], axis=1)
    config = RoiAlign(7, sampling, canonical_size=24.0)
    octaves = octave(in_arrays(boxes), config)
    rounded = np.round(octaves) if sampling == "corners" else np.floor(octaves + 1e-6)
    level = roi_level(in_tensors(boxes), config).numpy()
    np.testing.assert_array_equal(np.clip(4 + rounded, 2, 5), level)
    assert len(set(level.tolist())) > 2


def test_a_box_without_numbers_is_read_at_the_corner():
    y, x = lines(np.array([np.nan, 0.5, np.inf, 0.5], np.float32), (4, 4), RoiAlign(2, "corners"))
    np.testing.assert_array_equal(y.place, [0, 0])
    np.testing.assert_array_equal(x.place, [1.5, 1.5])


def test_needs_no_tensorflow():
    code = "import sys, maskrcnn_core.stages.roi_sampling; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
