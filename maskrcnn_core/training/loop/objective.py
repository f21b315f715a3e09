"""The objective: from a batch of network inputs with ground-truth objects to the five losses.

Everything dense (backbone, FPN, RPN, heads) runs once for the whole batch; what is ragged (proposals, targets)
runs an image at a time, with the very functions that detection uses.

Shapes: b images; g ground-truth objects, padded with class 0; r sampled ROIs; y, x network-input px.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from ...config import Config
from ...data.input.batch import Batch
from ...model import MaskRCNN
from ...runtime.precision import as_float32
from ...stages.anchor_targets import AnchorTargets, Truth, target_anchors
from ...stages.anchors import Anchors, make_anchors
from ...stages.losses import Loss, box_loss, class_loss, mask_loss, rpn_delta_loss, rpn_objectness_loss
from ...stages.proposals import propose
from ...stages.roi_align import pool_regions
from ...stages.roi_sampling import Regions
from ...stages.roi_targets import RoiTargets, target_rois
from ...stages.rpn import RpnOutput


class Objective(NamedTuple):
    """What one image is asked for, and how far from it the network is."""

    anchors: AnchorTargets
    rois: RoiTargets
    roi_level: tf.Tensor  # (r,) int32, the pyramid level that each ROI is pooled from
    losses: tuple[Loss, ...]  # in the order of ``LOSSES``


def losses_of_batch(model: MaskRCNN, batch: Batch, training: bool = True) -> tf.Tensor:
    """Return the losses (b, 5) of each image, in the order of ``LOSSES``."""
    return tf.stack([scalars(one) for one in objectives_of_batch(model, batch, training)])


def scalars(objective: Objective) -> tf.Tensor:
    """Return the five losses (5,) of one image."""
    return tf.stack([loss.scalar for loss in objective.losses])


def objectives_of_batch(model: MaskRCNN, batch: Batch, training: bool = True) -> list[Objective]:
    """Return targets and losses of each image.

    1. features and RPN outputs of the whole batch
    2. an image at a time: anchor targets, proposals (no gradient flows through them), ROI targets
    3. heads on the ROIs of the whole batch, the mask head on positive ones alone
    """
    config, shape = model.config, tf.shape(batch.images)[1:3]
    of_batch = training and config.training.head_norms == "batch"
    pyramid = model.fpn(model.backbone(batch.images, training=training), training=of_batch)
    rpn = as_float32(model.rpn(pyramid.rpn_levels))
    levels = [tf.cast(level, tf.float32) for level in pyramid.roi_levels]  # crop_and_resize knows no bfloat16
    anchors = make_anchors(tuple(batch.images.shape[1:3]), config.anchors)

    outputs = [RpnOutput(*(tensor[i] for tensor in rpn)) for i in range(batch.images.shape[0])]
    targets = [targets_of_image(batch, i, output, anchors, config) for i, output in enumerate(outputs)]
    rois = [roi for _, roi in targets]
    sizes = tf.stack([tf.shape(roi.boxes)[0] for roi in rois])
    image = tf.repeat(tf.range(len(rois)), sizes)
    boxes = tf.concat([roi.boxes for roi in rois], axis=0)
    class_ids = tf.concat([roi.class_ids for roi in rois], axis=0)
    positive = tf.where(class_ids > 0)[:, 0]

    regions = Regions(boxes, image, shape, config.box_corner)
    level, pooled = pool_regions(levels, regions, config.box_roi, "box_roi")
    head = as_float32(model.box_head(pooled, training=of_batch))
    regions = Regions(tf.gather(boxes, positive), tf.gather(image, positive), shape, config.box_corner)
    pooled = pool_regions(levels, regions, config.mask_roi, "mask_roi").pooled
    masks = as_float32(model.mask_head(pooled, tf.gather(class_ids, positive), training=of_batch)).logits

    of_image = [tf.split(tensor, sizes, num=len(rois)) for tensor in (level, head.class_logits, head.deltas)]
    num_positive = tf.stack([tf.math.count_nonzero(roi.class_ids, dtype=tf.int32) for roi in rois])
    mask_logits = tf.split(masks, num_positive, num=len(rois))
    return [
        Objective(
            anchor_targets,
            roi,
            roi_level,
            (
                rpn_objectness_loss(anchor_targets, output.logits),
                rpn_delta_loss(anchor_targets, output.deltas, config.training),
                class_loss(roi, logits),
                box_loss(roi, deltas, config.training),
                mask_loss(roi, mask),
            ),
        )
        for (anchor_targets, roi), output, roi_level, logits, deltas, mask in zip(
            targets, outputs, *of_image, mask_logits, strict=True
        )
    ]


def targets_of_image(
    batch: Batch, index: int, rpn: RpnOutput, anchors: Anchors, config: Config
) -> tuple[AnchorTargets, RoiTargets]:
    """Return the targets of image ``index`` of the batch; its proposals come from ``rpn`` without gradient."""
    real = batch.class_ids[index] != 0
    truth = Truth(
        tf.boolean_mask(batch.boxes[index], real),
        tf.boolean_mask(batch.class_ids[index], real),
        tf.boolean_mask(batch.is_crowd[index], real),
        tf.boolean_mask(batch.masks[index], real),
    )
    seed, shape = batch.seeds[index], tf.shape(batch.images)[1:3]
    anchor_targets = target_anchors(tf.constant(anchors.boxes), truth, config, seed)
    fixed = RpnOutput(*(tf.stop_gradient(tensor) for tensor in rpn))
    count, window = config.proposals.training_count, batch.windows[index]
    proposals = propose(fixed, anchors, shape, config, count, window).boxes
    return anchor_targets, target_rois(proposals, truth, shape, config, seed)
