"""Who learns from what, on a handful of anchors worked by hand."""

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.training.matches import USES, anchor_uses, truth_matches, use_counts

NONE = np.zeros((0, 4), np.float32)


def constructed(**tensors) -> Trace:
    """Give a ground-truth object of 10 x 10 px, a crowd, and anchors whose IoU with them can be said by eye."""
    values = {
        "truth.boxes": np.array([[0, 0, 10, 10], [50, 50, 90, 90]], np.float32),
        "truth.class_ids": np.array([1, 1], np.int32),
        "truth.is_crowd": np.array([False, True]),
        "anchors.level": np.array([2, 2, 3, 2, 2, 3, 2], np.int32),
        "anchors.boxes": np.array(
            [
                [0, 0, 10, 10],  # IoU 1: positive
                [0, 0, 10, 8],  # 0.8: would do, was not drawn
                [0, 0, 10, 5],  # 0.5: neither
                [30, 0, 40, 10],  # 0: background, drawn
                [30, 20, 40, 30],  # 0: background, not drawn
                [60, 60, 70, 70],  # within the crowd
                [0, 0, 8, 10],  # 0.8, drawn
            ],
            np.float32,
        ),
        "anchor_targets.iou": np.array([1.0, 0.8, 0.5, 0, 0, 0, 0.8], np.float32),
        "anchor_targets.labels": np.array([1, 0, 0, -1, 0, 0, 1], np.int32),
        "anchor_targets.gt_index": np.zeros(7, np.int32),
        "roi_targets.boxes": np.zeros((3, 4), np.float32),
        "roi_targets.gt_index": np.array([0, 0, -1], np.int32),
    }
    trace = Trace(config=tiny(("background", "square")))
    trace.update({**values, **{name.replace("__", "."): value for name, value in tensors.items()}})
    return trace


def test_hand_worked_uses():
    uses = [USES[use] for use in anchor_uses(constructed())]
    assert uses == [
        "positive", "spare positive", "neutral", "negative", "spare negative", "on a crowd", "positive",
    ]  # fmt: skip


def test_every_anchor_has_one_use():
    assert sum(use_counts(anchor_uses(constructed())).values()) == 7


def test_hand_worked_truths():
    square, crowd = truth_matches(constructed())
    assert (square.name, square.sides, square.best_iou, square.level) == ("square", (10.0, 10.0), 1.0, 2)
    assert (square.anchors, square.rois, square.reached) == (2, 2, True)
    assert crowd.is_crowd and crowd.reached  # it is ignored
    assert (crowd.anchors, crowd.rois) == (0, 0)


def test_a_truth_that_no_anchor_reaches_is_said():
    long = np.array([[0, 0, 100, 4], [50, 50, 90, 90]], np.float32)
    trace = constructed(truth__boxes=long)
    (thin, _) = truth_matches(trace)
    assert thin.best_iou == pytest.approx(40 / 410)  # with the narrowest anchor: 40 px² shared
    assert not thin.reached


def test_the_best_anchor_of_a_truth_is_a_spare_positive_whatever_its_iou():
    trace = constructed(
        truth__boxes=np.array([[0, 0, 40, 10], [50, 50, 90, 90]], np.float32),
        anchor_targets__iou=np.array([0.25, 0.2, 0.125, 0.25, 0, 0, 0.2], np.float32),
        anchor_targets__labels=np.array([1, 0, 0, 0, -1, 0, 0], np.int32),
    )
    assert USES[anchor_uses(trace)[3]] == "spare positive"  # as good as the first, 0.25
    assert USES[anchor_uses(trace)[1]] == "spare negative"


def test_no_truths_and_no_positives():
    empty = {
        "truth__boxes": NONE,
        "truth__class_ids": np.zeros(0, np.int32),
        "truth__is_crowd": np.zeros(0, bool),
        "anchor_targets__iou": np.zeros(7, np.float32),
        "anchor_targets__labels": np.array([-1, -1, 0, 0, 0, 0, 0], np.int32),
        "anchor_targets__gt_index": np.full(7, -1, np.int32),
        "roi_targets__gt_index": np.full(3, -1, np.int32),
    }
    trace = constructed(**empty)
    assert truth_matches(trace) == []
    assert use_counts(anchor_uses(trace))["negative"] == 2
    assert use_counts(anchor_uses(trace))["spare negative"] == 5


def test_a_trace_without_truth_is_refused_in_words():
    with pytest.raises(
        ValueError, match=r"without truth.boxes; record it with model.trace\(image, truth=sample\)"
    ):
        anchor_uses(Trace(config=tiny()))
