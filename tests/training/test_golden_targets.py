"""Targets against the classic implementation's numbers, row by row."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config, classic
from maskrcnn_core.geometry.boxes import iou
from maskrcnn_core.stages.anchor_targets import AnchorTargets, Truth, target_anchors
from maskrcnn_core.stages.roi_targets import RoiTargets, target_rois

SHAPE = (256, 256)


@pytest.fixture(scope="module")
def golden(utils):
    return utils


def config_with(**training) -> Config:
    config = classic(("background", "a", "b", "c"))
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **training))


def truth_of(golden, crowd: bool = False, mini: bool = False) -> Truth:
    masks = np.unpackbits(golden["det_targets/gt_masks_packed"], axis=1)[:, : 256 * 256].reshape(-1, *SHAPE)
    if mini:
        masks = np.moveaxis(golden["det_targets/gt_mini_masks"], -1, 0)
    ids = golden["rpn_targets/crowd/gt_class_ids"] if crowd else golden["rpn_targets/plain/gt_class_ids"]
    return Truth(
        tf.constant(golden["rpn_targets/gt_boxes"].astype(np.float32)),
        tf.constant(np.abs(ids)),
        tf.constant(ids < 0),
        tf.constant(masks.astype(bool)),
    )


def anchor_targets(golden, crowd: bool, samples: int) -> AnchorTargets:
    anchors = tf.constant(golden["anchors/all_256"].astype(np.float32))
    return target_anchors(
        anchors, truth_of(golden, crowd), config_with(rpn_samples=samples), tf.constant([1, 2])
    )


def tied_for_best(golden, crowd: bool) -> np.ndarray:
    """Say which anchors (A,) share the highest IoU with a ground-truth object, none of them reaching 0.7."""
    truth = truth_of(golden, crowd)
    boxes = truth.boxes.numpy()[~truth.is_crowd.numpy()].astype(np.float64)
    overlaps = iou(golden["anchors/all_256"], boxes)
    best = overlaps.max(axis=0)
    tied = (abs(overlaps - best) < 1e-9) & (best < 0.7)
    return (tied & (tied.sum(axis=0) > 1)).any(axis=1)


@pytest.mark.parametrize("case", ["plain", "crowd"])
def test_every_anchor_gets_the_classic_label_when_none_is_left_out(golden, case):
    targets = anchor_targets(golden, case == "crowd", samples=100_000)
    decided = ~tied_for_best(golden, case == "crowd")
    assert decided.mean() > 0.998
    np.testing.assert_array_equal(
        targets.labels.numpy()[decided], golden[f"rpn_targets/{case}/match_nosubsample"][decided]
    )
    assert (
        targets.labels.numpy()[~decided] == 1
    ).all()  # of equal anchors the classic code keeps some by rounding


@pytest.mark.parametrize("case", ["plain", "crowd"])
def test_sampled_labels_are_a_subset_in_the_classic_numbers(golden, case):
    everything = anchor_targets(golden, case == "crowd", samples=100_000).labels.numpy()
    labels = anchor_targets(golden, case == "crowd", samples=256).labels.numpy()
    assert (labels[labels != 0] == everything[labels != 0]).all()
    assert (labels != 0).sum() == (golden[f"rpn_targets/{case}/match"] != 0).sum() == 256
    assert (labels == 1).sum() == (everything == 1).sum() < 128  # all positives are kept while they are few


@pytest.mark.parametrize("case", ["plain", "crowd"])
def test_deltas_of_positive_anchors_equal_the_classic_ones(golden, case):
    targets = anchor_targets(golden, case == "crowd", samples=256)
    positive = np.flatnonzero(golden[f"rpn_targets/{case}/match"] == 1)
    wanted = golden[f"rpn_targets/{case}/bbox"][: len(positive)]
    np.testing.assert_array_equal(targets.labels.numpy()[positive], 1)
    np.testing.assert_allclose(targets.deltas.numpy()[positive], wanted, rtol=1e-4, atol=1e-5)


def roi_targets(golden, case: str, **training) -> tuple[RoiTargets, np.ndarray]:
    mini = case != "full"
    config = config_with(mini_mask=(56, 56) if mini else None, **training)
    proposals = golden["det_targets/proposals_norm"][:300] * 255 + np.array([0, 0, 1, 1], np.float32)
    truth = truth_of(golden, case.endswith("crowd"), mini)
    targets = target_rois(tf.constant(proposals), truth, tf.constant(SHAPE), config, tf.constant([3, 4]))
    return targets, golden["det_targets/proposals_norm"][:300]


@pytest.mark.parametrize("case", ["mini", "full", "mini_crowd", "mini_all"])
def test_rois_get_the_classic_class_deltas_and_mask(golden, case):
    targets, proposals = roi_targets(golden, case, roi_samples=3000)
    ours = {tuple(np.round(proposals[p], 6)): row for row, p in enumerate(targets.proposal_index.numpy())}
    rows = [
        (i, ours[tuple(np.round(roi, 6))])
        for i, roi in enumerate(golden[f"det_targets/{case}/rois"])
        if roi.any()
    ]
    assert len(rows) > 150
    theirs, mine = map(list, zip(*rows, strict=True))
    np.testing.assert_array_equal(
        targets.class_ids.numpy()[mine], golden[f"det_targets/{case}/class_ids"][theirs]
    )
    wanted = golden[f"det_targets/{case}/deltas"][theirs]
    np.testing.assert_allclose(targets.deltas.numpy()[mine], wanted, rtol=1e-4, atol=1e-4)
    wrong = (targets.masks.numpy()[mine] != golden[f"det_targets/{case}/masks"][theirs]).mean()
    # full masks are equal; a mini mask ends at its box, where rounding decides whether a sample is still inside
    assert wrong <= (0 if case == "full" else 3e-4), f"{wrong:.2e} of the mask pixels differ"


@pytest.mark.parametrize("case", ["mini", "full", "mini_crowd"])
def test_as_many_positive_and_negative_rois_as_the_classic_code_draws(golden, case):
    targets, _ = roi_targets(golden, case)
    class_ids, rois = golden[f"det_targets/{case}/class_ids"], golden[f"det_targets/{case}/rois"]
    num_positive = (class_ids > 0).sum()
    num_negative = rois.any(axis=1).sum() - num_positive
    assert (targets.class_ids.numpy() > 0).sum() == num_positive
    assert (targets.class_ids.numpy() == 0).sum() == num_negative
