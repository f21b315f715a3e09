"""Ground truth in a trace: the targets and losses of one image, from the tensors of the forward pass that was recorded.

The proposals are those of detection, so that ``roi_targets.proposal_index`` points into ``proposals.boxes``;
the heads run once more on the sampled ROIs, since training sees a sample and detection sees all.

Shapes: g ground-truth objects; y, x image px.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..config import Config
from ..data.reading.sample import Sample
from ..recording.trace import Trace
from ..stages.anchor_targets import Truth, target_anchors
from ..stages.fpn import Pyramid
from ..stages.losses import box_loss, class_loss, mask_loss, rpn_delta_loss, rpn_objectness_loss
from ..stages.molding import layout, mold_masks
from ..stages.roi_align import pool_regions
from ..stages.roi_sampling import Regions
from ..stages.roi_targets import target_rois
from .given_truth import truth_tensors

# what targets and losses are made of
READS = ("truth.*", "fpn.p?", "anchors.boxes", "rpn.logits", "rpn.deltas", "proposals.boxes", "molding.image")
SEED = (0, 0)  # sampling in a trace is always the same


def record_truth(model: Any, trace: Trace, sample: Sample) -> None:
    """Record ``truth.*``, ``anchor_targets.*``, ``roi_targets.*`` and ``losses.*`` of ``sample`` in ``trace``.

    trace: holds the tensors ``READS``. Raises: ValueError where the sample is not of the traced image.
    """
    size = sample.image.shape[:2]
    if "image.original" in trace and trace.shape("image.original")[:2] != size:
        raise ValueError(
            f"wanted the ground truth of an image of {trace.shape('image.original')[:2]}, received one of {size}"
        )
    for name, value in truth_tensors(sample, model.config).items():
        trace(name, value)
    record_losses(model, trace, model.config)


def record_losses(model: Any, trace: Trace, config: Config) -> None:
    """Record targets and losses from the ``truth.*`` and the network's tensors that ``trace`` holds."""
    boxes, class_ids, is_crowd = (
        tf.convert_to_tensor(trace[f"truth.{name}"]) for name in ("boxes", "class_ids", "is_crowd")
    )
    truth = Truth(
        boxes,
        class_ids,
        is_crowd,
        tf.constant(mold_masks(trace["truth.masks"], layout(trace.shape("truth.masks")[1:], config.molding))),
    )
    shape = tf.constant(trace.shape("molding.image")[:2])
    seed = tf.constant(SEED)
    anchors = tf.convert_to_tensor(trace["anchors.boxes"])
    anchor_targets = target_anchors(anchors, truth, config, seed, tap=trace)
    rpn_objectness_loss(anchor_targets, tf.convert_to_tensor(trace["rpn.logits"]), tap=trace)
    rpn_delta_loss(anchor_targets, tf.convert_to_tensor(trace["rpn.deltas"]), config.training, tap=trace)

    proposals = tf.convert_to_tensor(trace["proposals.boxes"])
    rois = target_rois(proposals, truth, shape, config, seed, tap=trace)
    levels = [tf.convert_to_tensor(trace[f"fpn.{name}"])[None] for name in Pyramid._fields[4:8]]
    positive = tf.where(rois.class_ids > 0)[:, 0]

    def pool(boxes: tf.Tensor, stage: str) -> tf.Tensor:
        regions = Regions(boxes, tf.zeros(tf.shape(boxes)[:1], tf.int32), shape, config.box_corner)
        return pool_regions(levels, regions, getattr(config, stage), stage).pooled

    head = model.box_head(pool(rois.boxes, "box_roi"))
    class_loss(rois, head.class_logits, tap=trace)
    box_loss(rois, head.deltas, config.training, tap=trace)
    masks = model.mask_head(
        pool(tf.gather(rois.boxes, positive), "mask_roi"), tf.gather(rois.class_ids, positive)
    )
    mask_loss(rois, masks.logits, tap=trace)
