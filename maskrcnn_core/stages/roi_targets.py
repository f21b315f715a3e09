"""ROI targets: what the heads should have said about each sampled proposal.

Inputs: the proposals and ground-truth objects of one image. Outputs: a sample of proposals, positive first, with the
class, deltas and mask they should have got (Fast R-CNN, section 2.3; Mask R-CNN, section 3.1; conventions of the
classic code).

Shapes: n proposals; g ground-truth objects; r sampled ROIs; yxyx network-input px; dydxdhdw raw deltas; y, x cells of a
mask.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import tensorflow as tf

from ..config import Config
from ..geometry import boxes as box_algebra
from ..recording.trace import Tap, passthrough
from .anchor_targets import Truth, sample
from .roi_align import roi_align
from .roi_sampling import Regions


class RoiTargets(NamedTuple):
    """Fields are the tensors ``roi_targets.*``."""

    boxes: tf.Tensor  # (r, yxyx)
    class_ids: tf.Tensor  # (r,) int32
    deltas: tf.Tensor  # (r, dydxdhdw)
    masks: tf.Tensor  # (r, y, x) 0 or 1
    gt_index: tf.Tensor  # (r,) int32 -> g
    proposal_index: tf.Tensor  # (r,) int32 -> n


def target_rois(
    proposals: tf.Tensor,
    truth: Truth,
    shape: tf.Tensor,
    config: Config,
    seed: tf.Tensor,
    tap: Tap = passthrough,
) -> RoiTargets:
    """Sample ``proposals`` (n, yxyx) of a network input of ``shape`` (y, x) and match them with the ground-truth
    objects.

    1. positive: IoU >= 0.5 with a ground-truth object; negative: below, and no crowd underneath
    2. draw ``roi_samples * roi_positive_share`` positives at most, and negatives in proportion (classic); where
       there is no positive, negatives alone, so that an image without objects teaches what background is
    3. class, deltas and mask of the object of highest IoU; negatives get class 0 and zeros
    """
    settings, corner = config.training, config.box_corner
    candidates, origin = _candidates(proposals, truth, settings.add_truth_to_proposals)
    overlaps = box_algebra.iou(candidates, truth.boxes, corner)
    crowd = tf.where(truth.is_crowd, 1.0, 0.0)
    wanted = tf.pad(overlaps * (1.0 - crowd) - crowd, [[0, 0], [0, 1]])  # one dummy ground truth of IoU 0
    highest = tf.reduce_max(wanted, axis=1)
    on_crowd = tf.reduce_max(overlaps * crowd, axis=1) >= settings.crowd_iou
    positive, negative = _sampled(highest >= settings.roi_positive_iou, ~on_crowd, config, seed)

    index = tf.concat([positive, negative], axis=0)
    gt_index = tf.argmax(tf.gather(wanted, positive), axis=1, output_type=tf.int32)
    boxes = tf.stop_gradient(tf.gather(candidates, index))
    deltas = box_algebra.encode(tf.gather(candidates, positive), tf.gather(truth.boxes, gt_index), corner)
    deltas /= tf.constant(config.box_head.delta_std)
    masks = target_masks(tf.gather(candidates, positive), gt_index, truth, shape, config)
    empty = tf.size(negative)
    return RoiTargets(
        tap("roi_targets.boxes", boxes),
        tap("roi_targets.class_ids", tf.pad(tf.gather(truth.class_ids, gt_index), [[0, empty]])),
        tap("roi_targets.deltas", tf.pad(deltas, [[0, empty], [0, 0]])),
        tap("roi_targets.masks", tf.pad(masks, [[0, empty], [0, 0], [0, 0]])),
        tap("roi_targets.gt_index", tf.pad(gt_index, [[0, empty]], constant_values=-1)),
        tap("roi_targets.proposal_index", tf.gather(origin, index)),
    )


def target_masks(
    boxes: tf.Tensor, gt_index: tf.Tensor, truth: Truth, shape: tf.Tensor, config: Config
) -> tf.Tensor:
    """Return the masks (r, y, x) from 0 to 1 that the mask head should give for ``boxes`` (r, yxyx) of the objects
    ``gt_index``.

    An object's mask is pooled like a feature map, by the sampling of ``mask_roi`` or as many samples as
    ``mask_target_samples`` says, and made whole as ``mask_targets`` says: rounded half to even, or 1 from one half on.
    """
    # at least one image to sample from, even where there is no ground truth
    masks = tf.pad(tf.cast(truth.masks, tf.float32), [[0, 1], [0, 0], [0, 0]])[..., None]
    corner = config.box_corner
    if config.training.mini_mask is not None:  # a mini mask is an image of its object's box alone
        frame = tf.gather(truth.boxes, gt_index)
        height, width = box_algebra.sides(frame, corner)
        side = tf.stack([height, width, height, width], axis=1)
        mini = tf.cast(tf.shape(truth.masks)[1:3], tf.float32)
        relative = (box_algebra.shift_corner(boxes, corner) - tf.tile(frame[:, :2], [1, 2])) / side
        boxes = relative * tf.tile(mini - corner, [2]) + tf.constant([0.0, 0.0, corner, corner])
        shape = tf.shape(truth.masks)[1:3]
    settings = config.training
    pooling = dataclasses.replace(config.mask_roi, size=2 * config.mask_roi.size)
    if settings.mask_target_samples >= 0:
        pooling = dataclasses.replace(pooling, samples=settings.mask_target_samples)
    shares = roi_align(masks, Regions(boxes, gt_index, shape, corner), pooling)[..., 0]
    if settings.mask_targets == "half":
        return tf.cast(shares >= 0.5, tf.float32)
    return tf.round(shares) if settings.mask_targets == "whole" else shares


def _candidates(proposals: tf.Tensor, truth: Truth, add_truth: bool) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the boxes to sample from (n, yxyx) and the proposal each is; -1 where it is a ground-truth object."""
    origin = tf.range(tf.shape(proposals)[0])
    if not add_truth:
        return proposals, origin
    own = tf.boolean_mask(truth.boxes, ~truth.is_crowd)
    return tf.concat([proposals, own], axis=0), tf.pad(origin, [[0, tf.shape(own)[0]]], constant_values=-1)


def _sampled(
    positive: tf.Tensor, clear: tf.Tensor, config: Config, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the indices of the sampled positives and negatives; ``clear`` (n,) has no crowd underneath."""
    settings = config.training
    most = int(settings.roi_samples * settings.roi_positive_share)
    chosen = sample(positive, most, most, seed + 2)
    count = tf.size(chosen)
    in_proportion = (
        tf.cast((1.0 / settings.roi_positive_share) * tf.cast(count, tf.float32), tf.int32) - count
    )
    wanted = in_proportion if not settings.fill_with_negatives else settings.roi_samples - count
    wanted = tf.where(count > 0, wanted, settings.roi_samples - most)
    return chosen, sample(~positive & clear, wanted, settings.roi_samples, seed + 3)
