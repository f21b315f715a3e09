"""FPN: the top-down sum by hand."""

import numpy as np
import tensorflow as tf

from maskrcnn_core.config import Fpn as FpnConfig
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.backbone import BackboneMaps
from maskrcnn_core.stages.fpn import Fpn


def level(rows: list[list[float]]) -> tf.Tensor:
    return tf.constant(rows)[None, ..., None]


MAPS = BackboneMaps(
    level([[0.0] * 5] * 5),
    level([[100.0, 200, 300], [400, 500, 600], [700, 800, 900]]),
    level([[10.0, 20], [30, 40]]),
    level([[1.0]]),
)


def plain() -> Fpn:
    """Make a pyramid of one channel whose convolutions change nothing."""
    net = Fpn(FpnConfig(channels=1))
    net(MAPS)
    centre = np.zeros((3, 3, 1, 1))
    centre[1, 1] = 1
    for lateral, output in zip(net.laterals, net.outputs, strict=True):
        lateral.set_weights([np.ones((1, 1, 1, 1)), np.zeros(1)])
        output.set_weights([centre, np.zeros(1)])
    return net


def test_top_down_sum_matches_the_hand_worked_case():
    pyramid = plain()(MAPS)
    np.testing.assert_array_equal(pyramid.merged4[0, ..., 0], [[11, 21], [31, 41]])
    # each cell four times; the odd map below loses the surplus row and column
    merged3 = [[111, 211, 321], [411, 511, 621], [731, 831, 941]]
    np.testing.assert_array_equal(pyramid.merged3[0, ..., 0], merged3)
    np.testing.assert_array_equal(pyramid.merged2[0, :, 4, 0], [321, 321, 621, 621, 941])
    np.testing.assert_array_equal(pyramid.p3, pyramid.merged3)


def test_p6_is_every_second_cell_of_p5():
    c5 = level(np.arange(15.0).reshape(3, 5).tolist())
    pyramid = plain()(BackboneMaps(*(tf.zeros([1, 3 * 2**n, 5 * 2**n, 1]) for n in (3, 2, 1)), c5))
    np.testing.assert_array_equal(pyramid.p6[0, ..., 0], [[0, 2, 4], [10, 12, 14]])


def test_pyramid_is_linear():
    net = Fpn(FpnConfig(channels=4))
    once, twice = net(MAPS), net(BackboneMaps(*(2 * level for level in MAPS)))
    for one, two in zip(once, twice, strict=True):
        np.testing.assert_allclose(2 * one, two, rtol=1e-4, atol=1e-3)


def test_one_cell_a_map_is_a_normal_case():
    pyramid = Fpn(FpnConfig(channels=4))(BackboneMaps(*(tf.ones([1, 1, 1, 2]),) * 4))
    assert {tuple(level.shape) for level in pyramid} == {(1, 1, 1, 4)}


def test_rois_see_all_levels_but_the_coarsest():
    pyramid = plain()(MAPS)
    assert [level is wanted for level, wanted in zip(pyramid.rpn_levels, pyramid[4:], strict=True)] == [
        True
    ] * 5
    assert len(pyramid.roi_levels) == 4
    assert pyramid.roi_levels[-1] is pyramid.p5


def test_taps_are_those_of_the_stage(names_of):
    trace = Trace()
    plain()(MAPS, tap=trace)
    assert set(trace) == names_of("fpn")


def test_compiled_equals_eager(both_ways):
    both_ways(Fpn(FpnConfig(channels=4)), MAPS)
