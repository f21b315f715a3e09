"""Mask head: twice the size, and of each detection its own class."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import classic, tiny
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.mask_head import MaskHead, mask_probs

CONFIG = tiny(("background", "a", "b"), width=1)
POOLED = tf.random.stateless_normal([3, 14, 14, 4], (0, 0))
CLASS_IDS = tf.constant([2, 1, 2])


def test_probabilities_are_those_of_the_own_class():
    logits = np.zeros((2, 1, 1, 3), np.float32)
    logits[:, 0, 0] = [[10, 0, 1], [20, -1, 30]]
    probs = mask_probs(tf.constant(logits), tf.constant([2, 1]))
    np.testing.assert_allclose(probs[:, 0, 0], 1 / (1 + np.exp([-1, 1])), rtol=1e-6)


def test_every_cell_becomes_two_by_two():
    head = MaskHead(CONFIG.replace(**{"mask_head.channels": 1, "mask_head.convolutions": 0}))
    pooled = tf.constant([[1.0, 2.0], [3.0, -4.0]])[None, ..., None]
    head(pooled, tf.constant([1]))
    head.deconv.set_weights([np.float32([[1, 10], [100, 1000]]).reshape(2, 2, 1, 1), np.zeros(1)])
    head.mask.set_weights([np.float32([[0, 1, -1]]).reshape(1, 1, 1, 3), np.zeros(3)])
    logits = head(pooled, tf.constant([1])).logits
    wanted = [[1, 10, 2, 20], [100, 1000, 200, 2000], [3, 30, 0, 0], [300, 3000, 0, 0]]
    np.testing.assert_array_equal(logits[0, ..., 1], wanted)
    np.testing.assert_array_equal(logits[0, ..., 2], -np.float32(wanted))


@pytest.mark.parametrize("size", [1, 7, 14])
def test_mask_is_twice_the_size_of_the_region(size: int):
    out = MaskHead(CONFIG)(POOLED[:, :size, :size], CLASS_IDS)
    assert out.logits.shape == (3, 2 * size, 2 * size, 3)
    assert out.probs.shape == (3, 2 * size, 2 * size)
    assert 0 <= np.min(out.probs) <= np.max(out.probs) <= 1


def test_detections_do_not_see_each_other():
    head = MaskHead(CONFIG)
    alone = head(POOLED[1:2], CLASS_IDS[1:2]).probs
    np.testing.assert_allclose(head(POOLED, CLASS_IDS).probs[1:2], alone, rtol=1e-4)


def test_norm_keeps_its_stored_statistics_but_where_it_is_told_to_learn_the_batch():
    head = MaskHead(classic(architecture="small").replace(**{"mask_head.channels": 8}))
    ids = tf.constant([1, 1, 1])
    before = head(POOLED, ids).logits
    np.testing.assert_array_equal(head(POOLED, ids).logits, before)
    np.testing.assert_array_equal(head.norms[0].moving_mean, np.zeros(8))
    assert np.abs(head(POOLED, ids, training=True).logits - before).max() > 0.01
    assert np.abs(np.asarray(head.norms[0].moving_mean)).min() > 0


def test_no_detections_give_no_masks():
    out = MaskHead(CONFIG)(POOLED[:0], CLASS_IDS[:0])
    assert out.logits.shape == (0, 28, 28, 3)
    assert out.probs.shape == (0, 28, 28)


def test_taps_are_those_of_the_stage(names_of):
    trace = Trace()
    MaskHead(CONFIG)(POOLED, CLASS_IDS, tap=trace)
    assert set(trace) == names_of("mask_head")


def test_compiled_equals_eager(both_ways):
    head = MaskHead(CONFIG)
    both_ways(head, POOLED, CLASS_IDS)
    both_ways(head, POOLED[:0], CLASS_IDS[:0])
