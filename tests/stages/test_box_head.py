"""Box head: the convolution that is a matrix product, and the order of its outputs."""

import keras
import numpy as np
import tensorflow as tf

from maskrcnn_core.config import classic, tiny
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.box_head import BoxHead, RegionDense

CONFIG = tiny(("background", "a", "b"), width=1)  # 16 channels, no norm
POOLED = tf.random.stateless_normal([5, 7, 7, 4], (0, 0))


def test_region_dense_is_a_convolution_as_large_as_the_region():
    dense, conv = RegionDense(6, "dense"), keras.layers.Conv2D(6, 7)
    wanted = conv(POOLED)[:, 0, 0]
    dense(POOLED)
    dense.set_weights(conv.get_weights())
    np.testing.assert_allclose(dense(POOLED), wanted, rtol=1e-4, atol=1e-4)


def test_outputs_match_the_hand_worked_case():
    head = BoxHead(CONFIG.replace(**{"box_head.channels": 1}))
    pooled = tf.constant([3.0, -8.0], shape=[2, 1, 1, 1])
    head(pooled)
    head.conv1.set_weights([np.ones((1, 1, 1, 1)), np.zeros(1)])
    head.conv2.set_weights([np.ones((1, 1)), np.ones(1)])  # relu(x) + 1: 4 and 1
    head.logits.set_weights([np.float32([[0, 1, 2]]), np.zeros(3)])
    head.bbox_fc.set_weights([np.ones((1, 12)), np.arange(12.0)])
    out = head(pooled)
    np.testing.assert_array_equal(out.class_logits, [[0, 4, 8], [0, 1, 2]])
    np.testing.assert_allclose(out.class_probs[1], np.exp([0, 1, 2]) / np.exp([0, 1, 2]).sum(), rtol=1e-6)
    # class by class, each dy, dx, log dh, log dw
    np.testing.assert_array_equal(out.deltas[1], [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])


def test_probabilities_sum_to_one():
    np.testing.assert_allclose(tf.reduce_sum(BoxHead(CONFIG)(POOLED).class_probs, axis=1), 1, rtol=1e-6)


def test_regions_do_not_see_each_other():
    head = BoxHead(CONFIG)
    for together, alone in zip(head(POOLED), head(POOLED[2:3]), strict=True):
        np.testing.assert_allclose(together[2:3], alone, rtol=1e-4, atol=1e-6)


def test_norm_keeps_its_stored_statistics():
    head = BoxHead(classic(architecture="small").replace(**{"box_head.channels": 8}))
    before = head(POOLED).class_logits
    np.testing.assert_array_equal(head(POOLED, training=True).class_logits, before)
    np.testing.assert_array_equal(head.norm1.moving_mean, np.zeros(8))


def test_no_regions_give_empty_outputs():
    out = BoxHead(CONFIG)(POOLED[:0])
    assert [tuple(tensor.shape) for tensor in out] == [(0, 3), (0, 3), (0, 3, 4)]


def test_taps_are_those_of_the_stage(names_of):
    trace = Trace()
    BoxHead(CONFIG)(POOLED, tap=trace)
    assert set(trace) == names_of("box_head")


def test_compiled_equals_eager(both_ways):
    head = BoxHead(CONFIG)
    both_ways(head, POOLED)
    both_ways(head, POOLED[:0])
