import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.evaluation.metrics.stage_recall import (
    READS,
    STEPS,
    TRUTH,
    StageRecall,
    best_overlaps,
    covered_by,
)
from maskrcnn_core.recording.tensors import TENSORS
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.molding import layout, mold_boxes

CONFIG = tiny(("background", "a", "b"), size=64)
NONE = np.zeros((0, 4), np.float32)
FAR = [[50, 50, 60, 60]]


def traced(true, boxes, classes=None, true_classes=None, crowd=None, config=CONFIG) -> Trace:
    """Make a trace whose every step has the same ``boxes`` unless a dict names those of each step."""
    trace = Trace("*", config=config)
    by_step = boxes if isinstance(boxes, dict) else dict.fromkeys(STEPS, boxes)
    for step, (name, class_name) in STEPS.items():
        rows = np.float32(by_step.get(step, FAR)).reshape(-1, 4)
        trace._tensors[name] = rows
        if class_name:
            trace._tensors[class_name] = np.array((classes or [1] * len(rows))[: len(rows)], np.int32)
    trace._tensors["truth.boxes"] = np.float32(true).reshape(-1, 4)
    count = len(trace["truth.boxes"])
    trace._tensors["truth.class_ids"] = np.array(true_classes or [1] * count, np.int32)
    trace._tensors["truth.is_crowd"] = np.array(crowd or [False] * count, bool)
    return trace


def shares(*traces):
    recall = StageRecall()
    for trace in traces:
        recall.add(trace)
    return recall.shares()


def test_two_truths_under_one_box_are_both_covered():
    # the classic recall gave a box to one ground-truth object only: 0.5
    true = [[0, 0, 10, 9], [0, 0, 10, 10]]
    assert set(shares(traced(true, [[0, 0, 10, 10]]))[0.7].values()) == {1.0}


def test_every_box_of_a_step_counts():
    # the classic recall after NMS looked at the first 50 proposals, that before at all anchors
    boxes = [*FAR * 70, [0, 0, 10, 10]]
    assert set(shares(traced([[0, 0, 10, 10]], boxes))[0.5].values()) == {1.0}


def test_a_truth_counts_once_however_many_boxes_cover_it():
    recall = shares(traced([[0, 0, 10, 10], [30, 30, 40, 40]], [[0, 0, 10, 10]] * 9))
    assert set(recall[0.5].values()) == {0.5}


@pytest.mark.parametrize(("last", "kept"), list(enumerate(STEPS)))
def test_the_stage_that_loses_a_truth_shows(last, kept):
    steps = list(STEPS)[: last + 1]
    recall = shares(traced([[0, 0, 10, 10]], {step: [[0, 0, 10, 10]] for step in steps}))
    assert [step for step, share in recall[0.5].items() if share] == steps
    assert recall[0.5][kept] == 1


def test_thresholds_are_of_overlap():
    recall = shares(traced([[0, 0, 10, 10]], [[0, 0, 10, 6]]))
    assert set(recall[0.5].values()) == {1.0}
    assert set(recall[0.7].values()) == {0.0}


def test_from_classification_on_the_class_has_to_be_the_truths():
    recall = shares(traced([[0, 0, 10, 10]], [[0, 0, 10, 10]], classes=[2]))[0.5]
    assert recall == {"anchors": 1, "top_k": 1, "nms": 1, "classification": 0, "end": 0}
    recall = shares(traced([[0, 0, 10, 10]], [[0, 0, 10, 10]] * 2, classes=[2, 1]))[0.5]
    assert set(recall.values()) == {1.0}


def test_crowds_do_not_count():
    trace = traced([[0, 0, 10, 10], [20, 20, 30, 30]], [[0, 0, 10, 10]], crowd=[False, True])
    assert set(shares(trace)[0.5].values()) == {1.0}


def test_no_truth_is_nothing_to_measure_and_no_boxes_cover_nothing():
    assert set(shares(traced([], FAR))[0.5].values()) == {-1.0}
    assert set(shares()[0.7].values()) == {-1.0}
    assert set(shares(traced([[0, 0, 10, 10]], []))[0.5].values()) == {0.0}
    with_truth = traced([[0, 0, 10, 10]], [[0, 0, 10, 10]])
    assert set(shares(with_truth, traced([], FAR))[0.5].values()) == {1.0}


def test_the_box_corner_of_the_configuration_counts():
    trace = traced([[0, 0, 11, 11]], [[0, 0, 11, 6]], config=CONFIG.replace(box_corner=1.0))
    assert best_overlaps(trace)["end"].tolist() == [0.5]  # 10 x 5 of 10 x 10


def test_the_truth_of_a_sample_is_molded_as_the_image_is():
    masks = np.zeros((2, 40, 60), bool)
    masks[0, 5:20, 10:40], masks[1, :3, :3] = True, True
    sample = Sample(
        np.zeros((40, 60, 3), np.uint8), np.array([2, 1], np.int32), masks, np.array([False, True])
    )
    molded = mold_boxes(sample.boxes, layout((40, 60), CONFIG.molding))
    trace = traced(molded, [molded[0]], classes=[2], true_classes=[2, 1], crowd=[False, True])
    ours = best_overlaps(trace, sample)
    for step, overlap in best_overlaps(trace).items():
        np.testing.assert_array_equal(ours[step], overlap)
        assert overlap.tolist() == [1.0]


def test_many_truths_are_compared_in_parts(monkeypatch):
    rng = np.random.default_rng(0)
    corner = rng.integers(0, 30, (40, 2))
    boxes = np.float32(np.concatenate([corner, corner + rng.integers(5, 20, (40, 2))], axis=1))
    classes = rng.integers(1, 3, 40)
    arguments = boxes[:25], boxes[25:], 0.0, classes[:25], classes[25:]
    whole = covered_by(*arguments)
    monkeypatch.setattr("maskrcnn_core.evaluation.metrics.stage_recall.AT_ONCE", 60)
    np.testing.assert_array_equal(covered_by(*arguments), whole)


def test_what_is_read_are_tensors_of_a_trace():
    assert set(READS) | set(TRUTH) <= set(TENSORS)


def test_a_trace_without_configuration_is_refused():
    with pytest.raises(ValueError, match="with its configuration"):
        best_overlaps(Trace("*"))


def test_stages_are_counted_where_a_detection_counts_and_where_an_anchor_is_positive():
    assert StageRecall().thresholds == (0.5, 0.7)
