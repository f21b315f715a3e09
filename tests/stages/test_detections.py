"""Detections: each filter by hand, and the way back to the proposal."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config, tiny
from maskrcnn_core.geometry.boxes import iou
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.runtime.memory import peak
from maskrcnn_core.stages.box_head import BoxHeadOutput
from maskrcnn_core.stages.detections import DetectionOutput, select, suppress_by_class

CONFIG = tiny(("background", "a", "b")).replace(
    **{"detections.min_score": 0.5, "detections.nms_threshold": 0.5}
)
WINDOW = tf.constant([0.0, 0.0, 20.0, 15.0])  # the rest of a network input of 20x20 is padding

# 0 and 1 overlap with an IoU of 9/11; so do 2 and 3, of which 3 is of another class; 4 is background; 5 is unsure
PROPOSALS = np.float32(
    [[0, 0, 10, 10], [0, 1, 10, 11], [10, 0, 20, 10], [10, 1, 20, 11], [0, 0, 5, 5], [5, 5, 9, 9]]
)
PROBS = np.float32(
    [[0.3, 0.7, 0], [0.1, 0.9, 0], [0.2, 0.8, 0], [0.4, 0, 0.6], [0.6, 0.4, 0], [0.3, 0.3, 0.4]]
)


def run(probs: np.ndarray = PROBS, config: Config = CONFIG, **changed) -> DetectionOutput:
    boxes = tf.constant(changed.get("boxes", PROPOSALS)[: probs.shape[0]])
    deltas = tf.constant(changed.get("deltas", np.zeros((probs.shape[0], config.num_classes, 4), np.float32)))
    head = BoxHeadOutput(tf.convert_to_tensor(probs), tf.convert_to_tensor(probs), deltas)
    return select(boxes, head, WINDOW, config, tap=changed.get("tap", lambda _, value: value))


def test_detections_match_the_hand_worked_case():
    out = run()
    np.testing.assert_array_equal(out.candidate_class, [1, 1, 1, 2, 0, 2])
    np.testing.assert_array_equal(out.candidate_score, PROBS.max(axis=1))
    np.testing.assert_array_equal(out.proposal_index, [1, 2, 3])
    np.testing.assert_array_equal(out.class_ids, [1, 1, 2])
    np.testing.assert_array_equal(out.scores, np.float32([0.9, 0.8, 0.6]))
    np.testing.assert_array_equal(out.boxes, PROPOSALS[[1, 2, 3]])


def test_deltas_are_those_of_the_class_times_their_std():
    deltas = np.zeros((6, 3, 4), np.float32)
    deltas[1] = [[99] * 4, [1, -1, 0, 0], [99] * 4]  # of class 1: 0.1 of 10 px down and left
    np.testing.assert_allclose(run(deltas=deltas).decoded[1], [1, 0, 11, 10], atol=1e-5)


def test_boxes_are_cut_at_the_window():
    wide = np.float32([[5, 10, 30, 30]])
    out = run(PROBS[:1], boxes=wide)
    np.testing.assert_array_equal(out.decoded, wide)
    np.testing.assert_array_equal(out.boxes, [[5, 10, 20, 15]])


def test_classes_never_suppress_each_other():
    same = np.repeat(PROPOSALS[:1], 2, axis=0)
    out = run(np.float32([[0, 0.9, 0.1], [0, 0.2, 0.8]]), boxes=same)
    np.testing.assert_array_equal(out.class_ids, [1, 2])


def test_score_at_the_minimum_is_kept():
    assert len(run(np.float32([[0.5, 0.5, 0.0]])).boxes) == 0  # equal: the lower class, background
    np.testing.assert_array_equal(run(np.float32([[0.25, 0.5, 0.25]])).scores, [0.5])


def test_minimum_of_zero_drops_background_alone():
    out = run(config=CONFIG.replace(**{"detections.min_score": 0.0, "detections.nms_threshold": 1.0}))
    np.testing.assert_array_equal(out.proposal_index, [1, 2, 0, 3, 5])


@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_no_more_than_the_maximum_are_kept_best_first(count: int):
    out = run(config=CONFIG.replace(**{"detections.max_count": count}))
    np.testing.assert_array_equal(out.proposal_index, [1, 2, 3][:count])


def test_equal_scores_go_by_the_lower_proposal():
    apart = np.float32([[0, 5 * i, 4, 5 * i + 4] for i in range(3)])
    out = run(np.float32([[0, 1, 0]] * 3), boxes=apart)
    np.testing.assert_array_equal(out.proposal_index, [0, 1, 2])


def test_lineage_is_a_lookup():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(300, 3)).astype(np.float32)
    boxes = np.concatenate([corner := rng.uniform(0, 15, (300, 2)), corner + 4], axis=1).astype(np.float32)
    out = run(tf.nn.softmax(logits).numpy(), boxes=boxes)
    index = out.proposal_index.numpy()
    np.testing.assert_array_equal(out.boxes, out.clipped.numpy()[index])
    np.testing.assert_array_equal(out.class_ids, out.candidate_class.numpy()[index])
    np.testing.assert_array_equal(out.scores, out.candidate_score.numpy()[index])
    assert (np.diff(out.scores) <= 0).all()
    assert len(set(index)) == len(index)


@pytest.mark.parametrize("probs", [PROBS[:0], PROBS[4:5], np.full((6, 3), np.nan, np.float32)])
def test_nothing_found_is_a_normal_case(probs: np.ndarray):
    out = run(probs)
    assert out.boxes.shape == (0, 4)
    assert out.class_ids.shape == out.scores.shape == out.proposal_index.shape == (0,)
    assert out.candidate_class.shape == (len(probs),)


def test_a_thousand_classes_are_a_normal_case():
    probs = np.zeros((2, 1000), np.float32)
    probs[[0, 1], [999, 500]] = 1
    out = run(probs, CONFIG.replace(class_names=tuple(map(str, range(1000)))))
    np.testing.assert_array_equal(out.class_ids, [999, 500])


def test_taps_are_those_of_the_stage(names_of):
    trace = Trace()
    run(tap=trace)
    assert set(trace) == names_of("detections")
    integers = {name for name in trace if trace[name].dtype == np.int32}
    whole = ("candidate_proposal", "candidate_class", "candidate_index", "proposal_index", "class_ids")
    assert integers == {f"detections.{name}" for name in whole}


def test_compiled_equals_eager(both_ways):
    both_ways(run, tf.constant(PROBS))


def by_pairs(boxes: np.ndarray, class_ids: np.ndarray, scores: np.ndarray, config: Config) -> list[int]:
    """Give what greedy NMS keeps, pair by pair: the definition."""
    overlaps, kept = iou(boxes, boxes, config.box_corner), list[int]()
    for row in np.lexsort((np.arange(len(scores)), -scores)):
        same = [k for k in kept if class_ids[k] == class_ids[row]]
        if not any(overlaps[row, k] > config.detections.nms_threshold for k in same):
            kept.append(int(row))
    return kept[: config.detections.max_count]


@pytest.mark.parametrize(
    ("count", "classes", "limit"), [(0, 3, 10), (1, 3, 10), (60, 1, 400), (200, 7, 20), (150, 1200, 100)]
)
def test_suppression_class_by_class_keeps_what_the_definition_keeps(count: int, classes: int, limit: int):
    rng = np.random.default_rng(count)
    corner = rng.uniform(0, 90, (count, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(5, 40, (count, 2))], axis=1).astype(np.float32)
    class_ids = rng.integers(1, classes + 1, count).astype(np.int32)
    scores = (rng.integers(0, 20, count) / 20).astype(np.float32)  # many ties
    config = CONFIG.replace(**{"detections.max_count": limit, "detections.nms_threshold": 0.3})
    kept = suppress_by_class(*map(tf.constant, (boxes, class_ids, scores)), config)
    assert np.asarray(kept).tolist() == by_pairs(boxes, class_ids, scores, config)
    if count == 200:
        assert len(kept) == limit


def test_suppression_of_many_candidates_makes_no_table_of_pairs():
    """Fifty thousand candidates: a table of their pairs would take 10 GB, and four of them were in use at once."""
    count = 50_000
    side = np.arange(count, dtype=np.float32) * 10
    boxes = np.stack([side, side, side + 5, side + 5], axis=1)
    ids = (np.arange(count) % 3 + 1).astype(np.int32)
    before = peak()
    kept = suppress_by_class(
        tf.constant(boxes),
        tf.constant(ids),
        tf.linspace(1.0, 0.0, count),
        CONFIG.replace(**{"detections.max_count": 9}),
    )
    assert np.asarray(kept).tolist() == list(range(9))
    assert peak() - before < 1e9
