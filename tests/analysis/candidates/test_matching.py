import numpy as np

from maskrcnn_core.evaluation.metrics.matching import match_objects
from maskrcnn_core.evaluation.metrics.objects import objects_of_masks
from maskrcnn_inspect.analysis.candidates.matching import match_masks
from tests.analysis.constructed import Candidate, Truth, make

T = (10, 10, 30, 30)


def test_the_match_is_the_evaluations():
    boxes = [(2, 3, 40, 20), (30, 5, 60, 50), (10, 10, 30, 60)]
    trace = make(
        [Candidate(box, 0.9 - i / 10) for i, box in enumerate(boxes)],
        [Truth(T), Truth(boxes[1]), Truth(boxes[2])],
    )
    detections = objects_of_masks(
        trace["pasting.masks"], trace["detections.class_ids"], scores=trace["detections.scores"]
    )
    truths = objects_of_masks(trace["truth.masks"], trace["truth.class_ids"])
    expected, received = match_objects(detections, truths), match_masks(trace)
    np.testing.assert_array_equal(received.iou, expected.iou)
    np.testing.assert_array_equal(received.of_truth, expected.of_truth)


def test_masks_of_any_layout_in_memory_match():
    trace = make([Candidate(T, 0.9)], [Truth(T)])
    trace.update({"truth.masks": np.asfortranarray(trace["truth.masks"])})
    assert match_masks(trace).of_truth.tolist() == [0]


def test_neither_truths_nor_detections_are_normal_cases():
    assert match_masks(make([Candidate(T, 0.9)], [])).of_detection.tolist() == [-1]
    assert match_masks(make([Candidate(T, 0.9, 0)], [Truth(T)])).of_truth.tolist() == [-1]
