"""ROIAlign: levels and samples by hand, laws of the average, gradients."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import RoiAlign
from maskrcnn_core.config.presets import detectron2, mmdetection
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.roi_align import Regions, pool_regions, roi_align, roi_level

SAMPLINGS = pytest.mark.parametrize("sampling", ["corners", "cells"])


def regions(boxes: list, shape: tuple[int, int] = (64, 64), corner: float = 0.0) -> Regions:
    boxes = tf.reshape(tf.constant(boxes, tf.float32), [-1, 4])
    return Regions(boxes, tf.zeros(len(boxes), tf.int32), tf.constant(shape), corner)


def ramp(rows: int, columns: int, stride: float = 1.0) -> tf.Tensor:
    """Make a map whose two channels are the coordinates of its cells' middles, px."""
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    return tf.constant((np.stack([y, x], axis=-1)[None] + 0.5) * np.float32(stride))


def test_cells_match_the_hand_worked_grid():
    features = tf.constant([[0.0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]])[None, ..., None]
    config = RoiAlign(2, "cells", 2)
    whole = roi_align(features, regions([0, 0, 4, 4]), config)  # each bin is the mean of its four cells
    np.testing.assert_array_equal(whole[0, ..., 0], [[2.5, 4.5], [10.5, 12.5]])
    middle = roi_align(
        features, regions([1, 1, 3, 3]), config
    )  # each bin is one cell: 5, 6, 9, 10, seen at quarters
    np.testing.assert_array_equal(middle[0, ..., 0], [[5, 6], [9, 10]])


def test_corners_match_the_hand_worked_grid():
    features = tf.constant([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]])[None, ..., None]
    pooled = roi_align(features, regions([0, 0, 32, 64]), RoiAlign(3, "corners"))
    # the upper half of the image: rows 0, 1/2, 1 of the map, columns 0, 1, 2
    np.testing.assert_array_equal(pooled[0, ..., 0], [[0, 1, 2], [1.5, 2.5, 3.5], [3, 4, 5]])


@pytest.mark.parametrize(("samples", "size"), [(1, 7), (2, 7), (2, 14), (3, 1)])
def test_cells_of_a_ramp_are_the_middles_of_the_bins(samples: int, size: int):
    top, left, bottom, right = 13.0, 20.0, 41.0, 48.0
    pooled = roi_align(
        ramp(16, 16, 4.0), regions([top, left, bottom, right]), RoiAlign(size, "cells", samples), 4
    )
    middles = (np.arange(size) + 0.5) / size
    np.testing.assert_allclose(pooled[0, :, 0, 0], top + middles * (bottom - top), rtol=1e-5)
    np.testing.assert_allclose(pooled[0, 0, :, 1], left + middles * (right - left), rtol=1e-5)


def test_cells_outside_take_the_border_and_then_nothing():
    features = tf.fill([1, 2, 2, 1], 5.0)
    pooled = roi_align(
        features, regions([-4, 0, 2, 2]), RoiAlign(6, "cells", 1)
    )  # samples at y = -3.5 to 1.5
    np.testing.assert_array_equal(pooled[0, :, 0, 0], [0, 0, 0, 5, 5, 5])


@SAMPLINGS
def test_constant_features_stay_constant(sampling: str):
    pooled = roi_align(
        tf.ones([1, 16, 16, 1]), regions([[3, 5, 20, 50], [0, 0, 64, 64]]), RoiAlign(7, sampling), 4
    )
    np.testing.assert_allclose(pooled, 1, rtol=1e-6)


@SAMPLINGS
def test_gradient_is_the_adjoint(sampling: str):
    rng = np.random.default_rng(0)
    features = tf.constant(rng.normal(size=(1, 16, 16, 2)).astype(np.float32))
    boxes = regions([[3, 5, 20, 50], [-9, 40, 30, 80], [10, 10, 10, 10]])
    with tf.GradientTape() as tape:
        tape.watch(features)
        pooled = roi_align(features, boxes, RoiAlign(7, sampling), 4)
        weights = tf.constant(rng.normal(size=pooled.shape).astype(np.float32))
        total = tf.reduce_sum(weights * pooled)
    gradient = tape.gradient(total, features)
    # pooling is linear: what the gradient says of the features is what came out
    np.testing.assert_allclose(tf.reduce_sum(gradient * features), total, rtol=1e-4)


def test_level_of_cells_matches_the_paper():
    sides = [1, 111, 112, 223, 224, 447, 448, 5000]
    level = roi_level(regions([[0, 0, side, side] for side in sides]), RoiAlign(sampling="cells"))
    np.testing.assert_array_equal(level, [2, 2, 3, 3, 4, 4, 5, 5])


def test_level_of_cells_forgives_a_millionth_of_an_octave():
    # float32 numbers just below 224 lie 2**-16 px apart, which is 0.98e-7 octaves: 10 of them are a millionth
    sides = [224 - steps / 2**16 for steps in (5, 9, 12, 20)]
    level = roi_level(regions([[0, 0, side, side] for side in sides]), RoiAlign(sampling="cells"))
    np.testing.assert_array_equal(level, [4, 4, 3, 3])


def test_level_of_corners_rounds_in_normalised_coordinates():
    # P4 is for (side - 1) / 1023 around 224 / 1024, half an octave up and down: sides of 159.2 to 317.5 px
    sides = [0, 80, 81, 159, 160, 224, 317, 318, 1024]
    boxes = regions([[0, 0, side, side] for side in sides], (1024, 1024), 1.0)
    np.testing.assert_array_equal(roi_level(boxes, RoiAlign()), [2, 2, 3, 3, 4, 4, 4, 5, 5])


@SAMPLINGS
def test_each_region_is_pooled_from_its_level(sampling: str):
    levels = [tf.fill([1, 64 // 2**n, 64 // 2**n, 1], float(n)) for n in (2, 3, 4, 5)]
    boxes = [[0, 0, side, side] for side in (60, 4, 30, 15, 50, 7)]
    pooled = pool_regions(levels, regions(boxes), RoiAlign(3, sampling, canonical_size=16), "box_roi")
    np.testing.assert_array_equal(pooled.pooled[:, 1, 1, 0], pooled.level)
    assert len(set(pooled.level.numpy())) > 2


@pytest.mark.parametrize("stage", ["box_roi", "mask_roi"])
@pytest.mark.parametrize(("preset", "below"), [(detectron2, 0), (mmdetection, 7)])
def test_the_peers_epsilons_lift_a_box_by_so_many_steps_of_float32(preset, below: int, stage: str):
    """P3 begins at a side of 112 px. One step below it is 2^-17 px, 3.4e-8 of 224: less than a third of it is
    detectron2's 1e-8, and 7.3 of it are MMDetection's 2.5e-7.
    """
    sides = 112 - np.arange(10) * 2.0**-17
    level = roi_level(regions([[0, 0, side, side] for side in sides], (800, 800)), getattr(preset(), stage))
    assert level.numpy().tolist() == [3] * (below + 1) + [2] * (9 - below)


@pytest.mark.parametrize("shape", [(70, 70), (33, 100), (40, 90)])
@pytest.mark.parametrize("canonical", [1.0, 16.0, 64.0, 1000.0])  # so that each level is chosen once
def test_cells_keep_their_stride_in_images_of_any_size(canonical: float, shape: tuple[int, int]):
    levels = [ramp(*(-(-side // 2**n) for side in shape), stride=2**n) for n in (2, 3, 4, 5)]
    config = RoiAlign(1, "cells", canonical_size=canonical)
    pooled = pool_regions(levels, regions([20, 20, 28, 60], shape), config, "box_roi")
    np.testing.assert_allclose(pooled.pooled[0, 0, 0], [24, 40], rtol=1e-5)


@SAMPLINGS
def test_no_regions_give_no_features(sampling: str):
    levels = [tf.ones([1, 64 // 2**n, 64 // 2**n, 5]) for n in (2, 3, 4, 5)]
    pooled = pool_regions(levels, regions([]), RoiAlign(7, sampling), "box_roi")
    assert pooled.pooled.shape == (0, 7, 7, 5)
    assert pooled.level.shape == (0,)


@SAMPLINGS
def test_broken_boxes_give_finite_features(sampling: str):
    broken = regions([[np.nan] * 4, [0, 0, np.inf, np.inf], [-np.inf, 0, 5, 5], [9, 9, 9, 9]])
    levels = [tf.ones([1, 64 // 2**n, 64 // 2**n, 1]) for n in (2, 3, 4, 5)]
    pooled = pool_regions(levels, broken, RoiAlign(2, sampling), "box_roi")
    assert np.isfinite(pooled.pooled).all()
    assert set(pooled.level.numpy()) <= {2, 3, 4, 5}


@pytest.mark.parametrize("stage", ["box_roi", "mask_roi"])
@SAMPLINGS
def test_compiled_equals_eager_and_taps_are_those_of_the_stage(
    stage: str, sampling: str, both_ways, names_of
):
    levels = [tf.random.stateless_normal([1, 64 // 2**n, 64 // 2**n, 2], (0, n)) for n in (2, 3, 4, 5)]
    boxes, config, trace = (
        regions([[0, 0, 60, 60], [5, 9, 12, 20]]),
        RoiAlign(3, sampling, canonical_size=16),
        Trace(),
    )
    both_ways(lambda *levels: pool_regions(levels, boxes, config, stage), *levels)
    pool_regions(levels, boxes, config, stage, tap=trace)
    assert set(trace) == names_of(stage)
