"""RPN: the order of its outputs is that of the anchors."""

import numpy as np
import tensorflow as tf

from maskrcnn_core.config import tiny
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.anchors import make_anchors
from maskrcnn_core.stages.rpn import Rpn

CONFIG = tiny(width=1).replace(**{"rpn.channels": 1})  # one channel throughout


def pyramid(*levels: tf.Tensor) -> tuple[tf.Tensor, ...]:
    return tuple(level[None, ..., None] for level in levels)


def plain() -> Rpn:
    """Make an RPN whose logits are (0, x), (0, x + 1), (0, x + 2) for the three ratios of a cell of value x."""
    net = Rpn(CONFIG)
    net(pyramid(tf.zeros([1, 1])))
    centre = np.zeros((3, 3, 1, 1))
    centre[1, 1] = 1
    net.conv_shared.set_weights([centre, np.zeros(1)])
    net.class_raw.set_weights(
        [np.float32([0, 1, 0, 1, 0, 1]).reshape(1, 1, 1, 6), np.float32([0, 0, 0, 1, 0, 2])]
    )
    net.bbox_pred.set_weights([np.zeros((1, 1, 1, 12)), np.arange(12.0)])
    return net


def test_outputs_run_level_y_x_ratio():
    out = plain()(pyramid(tf.constant([[10.0, 20], [30, 40]]), tf.constant([[50.0]])))
    cells = [10, 20, 30, 40, 50]
    np.testing.assert_array_equal(out.logits[0, :, 1], [x + ratio for x in cells for ratio in range(3)])
    np.testing.assert_array_equal(out.deltas[0, :3], [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]])
    np.testing.assert_array_equal(out.deltas[0], np.tile(out.deltas[0, :3], (5, 1)))


def test_score_is_the_probability_of_an_object():
    out = plain()(pyramid(tf.constant([[0.0, 1.0]])))
    np.testing.assert_allclose(out.scores[0], 1 / (1 + np.exp(-np.float32([0, 1, 2, 1, 2, 3]))), rtol=1e-6)


def test_negative_features_are_cut_by_the_relu():
    out = plain()(pyramid(tf.constant([[-5.0]])))
    np.testing.assert_array_equal(out.logits[0, :, 1], [0, 1, 2])


def test_spacing_gives_an_output_to_each_anchor():
    config = CONFIG.replace(**{"anchors.spacing": 2})
    levels = pyramid(*(tf.zeros([-(-50 // stride), -(-70 // stride)]) for stride in config.anchors.strides))
    assert Rpn(config)(levels).scores.shape == (1, len(make_anchors((50, 70), config.anchors).boxes))


def test_images_of_a_batch_stay_apart():
    level = tf.reshape(tf.range(8.0), [2, 2, 2, 1])
    together, alone = plain()((level,)), plain()((level[1:],))
    np.testing.assert_array_equal(together.logits[1:], alone.logits)


def test_no_images_give_no_scores():
    assert plain()((tf.zeros([0, 2, 2, 1]),)).scores.shape[0] == 0


def test_taps_are_those_of_the_stage(names_of):
    trace = Trace()
    plain()(pyramid(tf.zeros([2, 2]), tf.zeros([1, 1])), tap=trace)
    assert set(trace) == names_of("rpn")


def test_compiled_equals_eager(both_ways):
    both_ways(plain(), pyramid(tf.constant([[1.0, 2], [3, 4]])))
