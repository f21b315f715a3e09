"""A batch: what the pipeline hands to a step of training.

Shapes: b images; g ground-truth objects, padded with class 0; y, x network-input px, or cells of a mini mask.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf


class Batch(NamedTuple):
    """Network inputs with their ground-truth objects."""

    images: tf.Tensor  # (b, y, x, channel) float32, mean subtracted
    boxes: tf.Tensor  # (b, g, yxyx) float32, network-input px
    class_ids: tf.Tensor  # (b, g) int32; 0 = no ground truth, padding
    is_crowd: tf.Tensor  # (b, g) bool
    masks: tf.Tensor  # (b, g, y, x) bool, preprocessed size or mini masks
    windows: tf.Tensor  # (b, yxyx) float32, the part of each network input that is image
    seeds: tf.Tensor  # (b, 2) int32: seed and place in the stream, what sampling depends on
