"""Ignored regions in training: neither to be found nor an example of nothing, by hand-worked boxes."""

import numpy as np
import tensorflow as tf

from maskrcnn_core.config import tiny
from maskrcnn_core.stages.anchor_targets import Truth, target_anchors
from maskrcnn_core.stages.roi_targets import target_rois

BOXES = [
    [0, 0, 16, 16],
    [40, 40, 56, 56],
    [44, 44, 60, 60],
    [70, 0, 86, 16],
]  # object, region, on it, neither


def truth() -> Truth:
    boxes, masks = np.array(BOXES[:2], np.float32), np.zeros((2, 96, 96), bool)
    for mask, (y1, x1, y2, x2) in zip(masks, BOXES[:2], strict=True):
        mask[y1:y2, x1:x2] = True
    return Truth(*map(tf.constant, (boxes, np.array([1, -1], np.int32), np.array([False, True]), masks)))


def test_anchors_on_an_ignored_region_are_neither_object_nor_background():
    targets = target_anchors(tf.constant(BOXES, tf.float32), truth(), tiny(), tf.constant([0, 0]))
    assert targets.labels.numpy().tolist() == [1, 0, 0, -1]


def test_proposals_on_an_ignored_region_are_no_examples():
    rois = target_rois(
        tf.constant(BOXES, tf.float32), truth(), tf.constant([96, 96]), tiny(), tf.constant([0, 0])
    )
    assert sorted(rois.proposal_index.numpy().tolist()) in ([-1, 0, 3], [0, 3])
    assert set(rois.class_ids.numpy().tolist()) == {0, 1}
