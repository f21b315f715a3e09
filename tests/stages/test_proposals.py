"""Proposals: top scores, refinement, NMS, and the way back to the anchor."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config, tiny
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.anchors import Anchors
from maskrcnn_core.stages.proposals import ProposalOutput, propose, suppress
from maskrcnn_core.stages.rpn import RpnOutput

# 0 and 1 overlap with an IoU of 8/12; 2 reaches over the border of a network input of 20x20; 3 is far from all
BOXES = np.float32([[0, 0, 10, 10], [0, 2, 10, 12], [10, 15, 20, 25], [14, 0, 20, 6]])
SCORES = np.float32([0.6, 0.9, 0.5, 0.7])
CONFIG = tiny().replace(**{"proposals.top_k": 3, "proposals.nms_threshold": 0.6})


def run(scores: np.ndarray = SCORES, config: Config = CONFIG, **changed) -> ProposalOutput:
    boxes = changed.get("boxes", BOXES)[: scores.shape[0]]
    deltas = changed.get("deltas", np.zeros_like(boxes))
    rpn = RpnOutput(tf.zeros([len(boxes), 2]), tf.convert_to_tensor(scores), tf.constant(deltas))
    anchors = Anchors(boxes, np.zeros(len(boxes), np.int32), np.ones(len(boxes), np.float32))
    shape = tf.constant([20, 20])
    return propose(
        rpn, anchors, shape, config, changed.get("count", 10), tap=changed.get("tap", lambda _, value: value)
    )


def test_proposals_match_the_hand_worked_case():
    out = run()
    np.testing.assert_array_equal(out.top_k_index, [1, 3, 0])  # 2 is not among the three best
    np.testing.assert_array_equal(out.top_k_scores, SCORES[[1, 3, 0]])
    np.testing.assert_array_equal(out.nms_index, [0, 1])  # the third best lies under the best
    np.testing.assert_array_equal(out.boxes, BOXES[[1, 3]])
    np.testing.assert_array_equal(out.anchor_index, [1, 3])


def test_deltas_are_multiplied_by_their_std():
    deltas = np.zeros((4, 4), np.float32)
    deltas[1] = [1, -1, 0, np.log(2) / 0.2]  # 0.1 of 10 px down and left, twice as wide
    np.testing.assert_allclose(run(deltas=deltas).decoded[0], [1, -4, 11, 16], atol=1e-4)


def test_boxes_are_cut_at_the_molded_image():
    out = run(np.float32([0.1, 0.2, 0.9, 0.3]))
    np.testing.assert_array_equal(out.decoded[0], [10, 15, 20, 25])
    np.testing.assert_array_equal(out.clipped[0], [10, 15, 20, 20])


def test_lineage_is_a_lookup():
    rng = np.random.default_rng(0)
    boxes = np.concatenate([corner := rng.uniform(0, 15, (200, 2)), corner + 5], axis=1).astype(np.float32)
    scores = rng.random(200).astype(np.float32)
    out = run(scores, CONFIG.replace(**{"proposals.top_k": 150}), boxes=boxes, count=30)
    top, kept = out.top_k_index.numpy(), out.nms_index.numpy()
    np.testing.assert_array_equal(out.anchor_index, top[kept])
    np.testing.assert_array_equal(out.boxes, out.clipped.numpy()[kept])
    np.testing.assert_array_equal(out.scores, scores[out.anchor_index])
    assert len(top) == 150
    assert len(kept) <= 30
    assert (np.diff(out.scores) <= 0).all()


def test_equal_scores_go_by_the_lower_index():
    apart = np.float32([[0, 5 * i, 4, 5 * i + 4] for i in range(4)])
    out = run(np.full(4, 0.5, np.float32), boxes=apart)
    np.testing.assert_array_equal(out.anchor_index, [0, 1, 2])


@pytest.mark.parametrize("count", [0, 1, 3, 50])
def test_no_more_than_count_are_kept(count: int):
    assert len(run(config=CONFIG.replace(**{"proposals.nms_threshold": 1.0}), count=count).boxes) == min(
        count, 3
    )


def test_threshold_one_keeps_the_first_by_score():
    np.testing.assert_array_equal(suppress(BOXES, SCORES, 2, 1.0), [1, 3])


def test_overlap_equal_to_the_threshold_stays():
    half = np.float32([[0, 0, 4, 4], [0, 0, 4, 2]])  # IoU 1/2, exact in float32
    np.testing.assert_array_equal(suppress(half, np.float32([0.9, 0.8]), 10, 0.5), [0, 1])
    np.testing.assert_array_equal(suppress(half, np.float32([0.9, 0.8]), 10, 0.49), [0])


def test_box_without_area_overlaps_nothing():
    line = np.float32([[0, 0, 0, 9], [0, 0, 0, 9]])
    np.testing.assert_array_equal(suppress(line, np.float32([0.9, 0.8]), 10, 0.1), [0, 1])


def test_corner_decides_how_much_boxes_overlap():
    boxes = np.float32(
        [[0, 0, 5, 5], [0, 2, 5, 7]]
    )  # 5x5 sharing 5x3: 15/35; with corner 4x4 sharing 4x2: 8/24
    assert len(suppress(boxes, np.float32([0.9, 0.8]), 10, 0.4)) == 1
    assert len(suppress(boxes, np.float32([0.9, 0.8]), 10, 0.4, corner=1.0)) == 2


@pytest.mark.parametrize("scores", [np.zeros(0, np.float32), np.full(4, np.nan, np.float32)])
def test_nothing_scored_gives_no_proposals(scores: np.ndarray):
    out = run(scores)
    assert out.boxes.shape == (0, 4)
    assert out.anchor_index.shape == (0,)


def test_taps_are_those_of_the_stage(names_of):
    trace = Trace()
    run(tap=trace)
    assert set(trace) == names_of("proposals")


def test_compiled_equals_eager(both_ways):
    both_ways(run, tf.constant(SCORES))
