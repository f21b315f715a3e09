"""The five losses: against the classic implementation, by hand, and at the edges."""

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.stages.anchor_targets import AnchorTargets
from maskrcnn_core.stages.losses import (
    box_loss,
    class_loss,
    mask_loss,
    rpn_delta_loss,
    rpn_objectness_loss,
    smooth_l1,
)
from maskrcnn_core.stages.roi_targets import RoiTargets


@pytest.fixture(scope="module")
def golden(utils):
    return {name[5:]: array for name, array in utils.items() if name.startswith("loss/")}


def anchors(labels, deltas=None) -> AnchorTargets:
    labels = tf.constant(labels, tf.int32)
    deltas = tf.zeros([len(labels), 4]) if deltas is None else tf.constant(deltas, tf.float32)
    return AnchorTargets(labels, deltas, tf.zeros_like(labels), tf.zeros(labels.shape))


def rois(class_ids, deltas=None, masks=None) -> RoiTargets:
    ids, count = tf.constant(class_ids, tf.int32), len(class_ids)
    deltas = tf.zeros([count, 4]) if deltas is None else tf.constant(deltas, tf.float32)
    masks = tf.zeros([count, 2, 2]) if masks is None else tf.constant(masks, tf.float32)
    return RoiTargets(tf.zeros([count, 4]), ids, deltas, masks, ids, ids)


def golden_rois(golden) -> tuple[RoiTargets, np.ndarray]:
    """Give the golden's targets with positive ROIs first, as ours stand, and that order."""
    order = np.argsort(golden["target_class_ids"][0] == 0, kind="stable")
    return rois(*(golden[f"target_{name}"][0][order] for name in ("class_ids", "bbox", "mask"))), order


def golden_anchors(golden) -> AnchorTargets:
    match = golden["rpn_match"][0, :, 0]
    deltas = np.zeros((len(match), 4), np.float32)
    positive = np.flatnonzero(match == 1)
    deltas[positive] = golden["rpn_bbox_target"][0, : len(positive)]
    return anchors(match, deltas)


def test_rpn_losses_equal_the_classic_ones(golden):
    targets = golden_anchors(golden)
    loss = rpn_objectness_loss(targets, tf.constant(golden["rpn_class_logits"][0]))
    np.testing.assert_allclose(loss.scalar, golden["out_rpn_class"], rtol=1e-5)
    loss = rpn_delta_loss(targets, tf.constant(golden["rpn_bbox_pred"][0]))
    np.testing.assert_allclose(loss.scalar, golden["out_rpn_bbox"], rtol=1e-5)


def test_class_loss_equals_the_classic_one_for_all_and_for_some_active_classes(golden):
    targets, order = golden_rois(golden)
    logits = tf.constant(golden["pred_class_logits"][0][order])
    np.testing.assert_allclose(class_loss(targets, logits).scalar, golden["out_class_active_all"], rtol=1e-5)
    active = tf.constant(golden["active_class_ids"][0] > 0)
    np.testing.assert_allclose(
        class_loss(targets, logits, active).scalar, golden["out_class_active_partial"], rtol=1e-5
    )


def test_box_loss_equals_the_classic_one(golden):
    targets, order = golden_rois(golden)
    loss = box_loss(targets, tf.constant(golden["pred_bbox"][0][order]))
    np.testing.assert_allclose(loss.scalar, golden["out_bbox"], rtol=1e-5)


def test_mask_loss_equals_the_classic_one_on_probabilities_clipped_as_keras_clips_them(golden):
    targets, order = golden_rois(golden)
    num_positive = int((targets.class_ids.numpy() > 0).sum())
    probs = np.clip(golden["pred_mask"][0][order][:num_positive].astype(np.float64), 1e-7, 1 - 1e-7)
    logits = np.log(probs / (1 - probs)).astype(np.float32)
    # exact 0 and 1 sit at the clip, where float32 leaves 1 - 1e-7 only one significant digit
    np.testing.assert_allclose(mask_loss(targets, tf.constant(logits)).scalar, golden["out_mask"], rtol=1e-3)


def test_smooth_l1_equals_the_classic_one(golden):
    np.testing.assert_allclose(
        smooth_l1(tf.constant(golden["smooth_l1_x"])), golden["smooth_l1_y"], atol=1e-6
    )


def test_objectness_loss_of_two_anchors_by_hand():
    # logits (0, 0) cost ln 2 whatever the label; (0, ln 3) gives p(object) = 3/4; neutral anchors cost nothing
    logits = tf.constant([[0.0, 0.0], [0.0, np.log(3.0)], [9.0, -9.0]])
    loss = rpn_objectness_loss(anchors([-1, 1, 0]), logits)
    np.testing.assert_allclose(loss.scalar, (np.log(2) + np.log(4 / 3)) / 2, rtol=1e-6)
    np.testing.assert_allclose(loss.parts, [np.log(2) / 2, np.log(4 / 3) / 2, 0.0], rtol=1e-6)


def test_box_loss_reads_the_target_class_by_hand():
    # ROI 0 is of class 2 with errors 0.5, 2, 0, 0 -> 0.125 + 1.5; ROI 1 is background and costs nothing
    deltas = np.zeros((2, 3, 4), np.float32)
    deltas[0, 2] = 0.5, -2.0, 0.0, 0.0
    deltas[0, 1] = 100.0
    loss = box_loss(rois([2, 0]), tf.constant(deltas))
    np.testing.assert_allclose(loss.scalar, 1.625 / 4, rtol=1e-6)


def test_mask_loss_of_one_undecided_mask_is_ln_2():
    loss = mask_loss(rois([1, 0], masks=np.ones((2, 2, 2))), tf.zeros([1, 2, 2, 2]))
    np.testing.assert_allclose(loss.scalar, np.log(2), rtol=1e-6)
    assert loss.parts.shape == (2, 2, 2)


def test_parts_add_up_to_the_scalar():
    rng = np.random.default_rng(0)
    targets = rois([2, 1, 0, 0], rng.normal(size=(4, 4)), rng.integers(0, 2, (4, 6, 6)))
    anchor = anchors([1, -1, 0, 1], rng.normal(size=(4, 4)))
    draw = lambda *shape: tf.constant(rng.normal(size=shape).astype(np.float32))  # noqa: E731
    for loss in (
        rpn_objectness_loss(anchor, draw(4, 2)),
        rpn_delta_loss(anchor, draw(4, 4)),
        class_loss(targets, draw(4, 3)),
        box_loss(targets, draw(4, 3, 4)),
        mask_loss(targets, draw(2, 6, 6, 3)),
    ):
        np.testing.assert_allclose(tf.reduce_sum(loss.parts), loss.scalar, rtol=1e-5)


def test_losses_without_samples_are_zero_and_so_are_their_gradients():
    logits, deltas = tf.Variable(tf.ones([3, 2])), tf.Variable(tf.ones([3, 4]))
    with tf.GradientTape() as tape:
        total = (
            rpn_objectness_loss(anchors([0, 0, 0]), logits).scalar
            + rpn_delta_loss(anchors([0, -1, 0]), deltas).scalar
        )
        total += (
            class_loss(rois([]), tf.zeros([0, 3])).scalar
            + mask_loss(rois([0]), tf.zeros([0, 2, 2, 3])).scalar
        )
        total += box_loss(rois([0, 0]), tf.zeros([2, 3, 4])).scalar
    assert float(total) == 0.0
    assert all(np.all(g.numpy() == 0) for g in tape.gradient(total, [logits, deltas]))


def test_class_loss_is_zero_not_nan_where_no_class_is_active(golden):
    targets, order = golden_rois(golden)
    inactive = tf.zeros([4], tf.bool)
    assert (
        float(class_loss(targets, tf.constant(golden["pred_class_logits"][0][order]), inactive).scalar) == 0.0
    )
