"""A batch: what the pipeline hands to a step of training.

Shapes: b pictures; g truths, padded with class 0; y, x molded px, or cells of a mini mask.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf


class Batch(NamedTuple):
    """Molded pictures with their truths."""

    images: tf.Tensor  # (b, y, x, channel) float32, mean subtracted
    boxes: tf.Tensor  # (b, g, yxyx) float32, molded px
    class_ids: tf.Tensor  # (b, g) int32; 0 = no truth, padding
    is_crowd: tf.Tensor  # (b, g) bool
    masks: tf.Tensor  # (b, g, y, x) bool, molded size or mini masks
    seeds: tf.Tensor  # (b, 2) int32: seed and place in the stream, what sampling depends on
