"""The objective: from a batch of molded pictures with truths to the five losses.

Everything dense (backbone, FPN, RPN, heads) runs once for the whole batch; what is ragged (proposals, targets)
runs a picture at a time, with the very functions that detection uses.

Shapes: b pictures; g truths, padded with class 0; r sampled ROIs; y, x molded px.
"""

from __future__ import annotations

import tensorflow as tf

from ...config import Config
from ...data.input.batch import Batch
from ...model import MaskRCNN
from ...stages.anchor_targets import AnchorTargets, Truth, target_anchors
from ...stages.anchors import Anchors, make_anchors
from ...stages.losses import box_loss, class_loss, mask_loss, rpn_delta_loss, rpn_objectness_loss
from ...stages.proposals import propose
from ...stages.roi_align import pool_regions
from ...stages.roi_sampling import Regions
from ...stages.roi_targets import RoiTargets, target_rois
from ...stages.rpn import RpnOutput
from .precision import as_float32


def losses_of_batch(model: MaskRCNN, batch: Batch, training: bool = True) -> tf.Tensor:
    """Return the losses (b, 5) of each picture, in the order of ``LOSSES``.

    1. features and RPN outputs of the whole batch
    2. a picture at a time: anchor targets, proposals (no gradient flows through them), ROI targets
    3. heads on the ROIs of the whole batch, the mask head on positive ones alone
    """
    config, shape = model.config, tf.shape(batch.images)[1:3]
    pyramid = model.fpn(model.backbone(batch.images, training=training))
    rpn = as_float32(model.rpn(pyramid.rpn_levels))
    levels = [tf.cast(level, tf.float32) for level in pyramid.roi_levels]  # crop_and_resize knows no bfloat16
    anchors = make_anchors(tuple(batch.images.shape[1:3]), config.anchors)

    outputs = [RpnOutput(*(tensor[i] for tensor in rpn)) for i in range(batch.images.shape[0])]
    targets = [targets_of_picture(batch, i, output, anchors, config) for i, output in enumerate(outputs)]
    rois = [roi for _, roi in targets]
    sizes = tf.stack([tf.shape(roi.boxes)[0] for roi in rois])
    picture = tf.repeat(tf.range(len(rois)), sizes)
    boxes = tf.concat([roi.boxes for roi in rois], axis=0)
    class_ids = tf.concat([roi.class_ids for roi in rois], axis=0)
    positive = tf.where(class_ids > 0)[:, 0]

    regions = Regions(boxes, picture, shape, config.box_corner)
    head = as_float32(model.box_head(pool_regions(levels, regions, config.box_roi, "box_roi").pooled))
    regions = Regions(tf.gather(boxes, positive), tf.gather(picture, positive), shape, config.box_corner)
    pooled = pool_regions(levels, regions, config.mask_roi, "mask_roi").pooled
    masks = as_float32(model.mask_head(pooled, tf.gather(class_ids, positive))).logits

    of_picture = [tf.split(tensor, sizes, num=len(rois)) for tensor in (head.class_logits, head.deltas)]
    num_positive = tf.stack([tf.math.count_nonzero(roi.class_ids, dtype=tf.int32) for roi in rois])
    mask_logits = tf.split(masks, num_positive, num=len(rois))
    return tf.stack(
        [
            tf.stack(
                [
                    rpn_objectness_loss(anchor_targets, output.logits).scalar,
                    rpn_delta_loss(anchor_targets, output.deltas).scalar,
                    class_loss(roi, logits).scalar,
                    box_loss(roi, deltas).scalar,
                    mask_loss(roi, mask).scalar,
                ]
            )
            for (anchor_targets, roi), output, logits, deltas, mask in zip(
                targets, outputs, *of_picture, mask_logits, strict=True
            )
        ]
    )


def targets_of_picture(
    batch: Batch, index: int, rpn: RpnOutput, anchors: Anchors, config: Config
) -> tuple[AnchorTargets, RoiTargets]:
    """Return the targets of picture ``index`` of the batch; its proposals come from ``rpn`` without gradient."""
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
    proposals = propose(fixed, anchors, shape, config, config.proposals.training_count).boxes
    return anchor_targets, target_rois(proposals, truth, shape, config, seed)
