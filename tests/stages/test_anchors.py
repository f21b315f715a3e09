"""Anchors: positions, sizes, order."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Anchors
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.anchors import grid_sizes, make_anchors

SQUARE = Anchors(scales=(4.0, 8.0, 16.0, 32.0, 64.0), ratios=(1.0,))


def test_anchors_match_the_hand_worked_case():
    anchors = make_anchors((8, 12), SQUARE)
    wanted = [[-2, -2, 2, 2], [-2, 2, 2, 6], [-2, 6, 2, 10], [2, -2, 6, 2], [2, 2, 6, 6], [2, 6, 6, 10]]
    np.testing.assert_array_equal(anchors.boxes[:6], wanted)  # 2x3 cells of P2, x runs faster
    np.testing.assert_array_equal(anchors.boxes[6:8], [[-4, -4, 4, 4], [-4, 4, 4, 12]])  # 1x2 cells of P3
    np.testing.assert_array_equal(anchors.level, [2] * 6 + [3] * 2 + [4, 5, 6])


def test_ratio_is_width_over_height_and_keeps_the_area():
    anchors = make_anchors((64, 64), Anchors())
    height, width = (anchors.boxes[:, 2:] - anchors.boxes[:, :2]).T
    np.testing.assert_allclose(width / height, anchors.ratio, rtol=1e-4)
    scale = np.float32([32, 64, 128, 256, 512])[anchors.level - 2]
    np.testing.assert_allclose(np.sqrt(height * width), scale, rtol=1e-5)


def test_ratio_runs_fastest():
    np.testing.assert_array_equal(make_anchors((8, 8), Anchors()).ratio[:6], [0.5, 1, 2, 0.5, 1, 2])


def test_spacing_skips_centres():
    assert grid_sizes((20, 16), Anchors(spacing=2)) == [(3, 2), (2, 1), (1, 1), (1, 1), (1, 1)]
    centres = (
        make_anchors((20, 16), Anchors(spacing=2, ratios=(1.0,))).boxes[:6].reshape(-1, 2, 2).mean(axis=1)
    )
    np.testing.assert_array_equal(centres, [[0, 0], [0, 8], [8, 0], [8, 8], [16, 0], [16, 8]])


@pytest.mark.parametrize("size", [(1, 1), (33, 70), (64, 64), (65, 129)])
def test_every_cell_of_the_pyramid_has_its_anchors(size: tuple[int, int], small):
    pyramid = small.fpn(small.backbone(tf.zeros([1, *size, 3])))
    cells = [tuple(level.shape[1:3]) for level in pyramid.rpn_levels]
    assert cells == grid_sizes(size, small.config.anchors)
    scored = small.rpn(pyramid.rpn_levels).scores.shape[1]
    assert scored == len(make_anchors(size, small.config.anchors).boxes)


def test_one_pixel_has_one_cell_a_level():
    assert len(make_anchors((1, 1), Anchors()).boxes) == 5 * 3


def test_anchors_are_made_once_and_cannot_be_changed():
    anchors = make_anchors((8, 8), Anchors())
    assert make_anchors((8, 8), Anchors()) is anchors
    with pytest.raises(ValueError, match="read-only"):
        anchors.boxes[0] = 0


def test_fields_have_the_axes_of_their_tensors():
    trace = Trace("anchors.*")
    for name, array in make_anchors((16, 16), Anchors())._asdict().items():
        trace(f"anchors.{name}", array)
    assert [trace[name].dtype for name in trace] == [np.float32, np.int32, np.float32]
