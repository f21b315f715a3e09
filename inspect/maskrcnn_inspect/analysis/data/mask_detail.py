"""Mask detail: how much of a mask survives being stored small.

Inputs: a sample. Outputs: for each object the IoU of its mask with what comes back from a small grid: from a mini mask
(``training.mini_mask``, a memory saver of the classic code) and from the grid of the mask head, which is the best that
any prediction can reach. Why: users see coarse masks and train longer; no training gets past these figures.

Shapes: g objects, crowds included; y, x network-input px; cells of a small grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.stages.molding import layout, mold_boxes, mold_masks
from maskrcnn_core.stages.pasting import paste_mask

from .statistics import uncropped


@dataclass(frozen=True)
class MaskDetail:
    """Masks before, while and after being small.

    masks: (g, y, x) bool, preprocessed. boxes: (g, yxyx) int32, network-input px. small: (g, cells y, cells x) 0 or 1.
    back: (g, y, x) bool. iou: (g,) of masks and back; 1 where both are empty.
    """

    masks: np.ndarray
    boxes: np.ndarray
    small: np.ndarray
    back: np.ndarray
    iou: np.ndarray


def mini_mask_detail(sample: Sample, config: Config, shape: tuple[int, int]) -> MaskDetail:
    """Return what mini masks of ``shape`` (y, x) cells keep of the preprocessed masks of ``sample``."""
    from maskrcnn_core.data.input.molding import mini_masks  # needs TensorFlow
    from maskrcnn_core.data.input.packed_masks import boxes_of

    masks = _molded(sample, config)
    boxes = np.asarray(boxes_of(masks), np.float32)
    small = mini_masks(masks, boxes, shape) if len(masks) else np.zeros((0, *shape))
    return _detail(masks, boxes, np.asarray(small, np.float32), config)


def head_mask_detail(sample: Sample, config: Config) -> MaskDetail:
    """Return what the mask head's grid keeps: the very targets of training, for a proposal that fits exactly.

    ``mask_roi.size`` doubled is the side of that grid, 28 in the paper.
    """
    import tensorflow as tf  # slow to import, so only where it is needed

    from maskrcnn_core.stages.anchor_targets import Truth
    from maskrcnn_core.stages.roi_targets import target_masks

    masks = _molded(sample, config)
    place = layout(sample.image.shape[:2], uncropped(config).molding)
    exact = mold_boxes(sample.boxes, place)
    truth = Truth(exact, tf.constant(sample.class_ids), tf.constant(sample.is_crowd), tf.constant(masks))
    whole = config.replace(**{"training.mini_mask": None})
    rows = tf.range(len(masks))
    small = target_masks(tf.constant(exact), rows, truth, tf.constant(masks.shape[1:]), whole)
    return _detail(masks, np.rint(exact), np.asarray(small), config)


def _detail(masks: np.ndarray, boxes: np.ndarray, small: np.ndarray, config: Config) -> MaskDetail:
    """Bring ``small`` (g, cells y, cells x) back by the function that brings detections back."""
    back = np.zeros_like(masks)
    placed = boxes.astype(np.int32)
    for target, grid, box in zip(back, small, placed, strict=True):
        paste_mask(target, grid, box, config.pasting.threshold)
    shared = np.count_nonzero(masks & back, axis=(1, 2))
    union = np.count_nonzero(masks | back, axis=(1, 2))
    return MaskDetail(masks, placed, small, back, np.where(union > 0, shared / np.maximum(union, 1), 1.0))


def _molded(sample: Sample, config: Config) -> np.ndarray:
    return mold_masks(sample.masks, layout(sample.image.shape[:2], uncropped(config).molding))
