"""Gradients: from the pictures of one replica to its share of the losses and of every weight's gradient.

Losses are means over all pictures of a step, so each replica divides the sum over its own by that number, and what all
replicas give adds up to the whole. Where memory is too small for a step's pictures (``training.accumulate``), they go
through the network a few at a time, and their gradients are summed up before anything is clipped.
Law: without batch statistics, n batches of b pictures give the gradients of one batch of n * b.

Shapes: b pictures of this replica; a passes.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from ...data.input.batch import Batch
from ...model import MaskRCNN
from ...stages.losses import LOSSES
from .objective import losses_of_batch

Tensors = list[tf.Tensor]


def gradients_of(
    model: MaskRCNN, batch: Batch, variables: list[keras.Variable], replicas: int
) -> tuple[tf.Tensor, Tensors]:
    """Return this replica's share of the losses (5,) and the gradients of ``variables``.

    batch: (b, …), b a multiple of ``training.accumulate``.
    """
    passes = model.config.training.accumulate
    if passes == 1:
        return _gradients_of_pass(model, batch, variables, replicas)
    parts = Batch(*(tf.stack(tf.split(tensor, passes)) for tensor in batch))  # (a, b / a, …)
    if replicas > 1 and model.config.backbone.norm_trainable:
        return _unrolled(model, parts, variables, replicas)

    def add(index: tf.Tensor, losses: tf.Tensor, gradients: Tensors) -> tuple[tf.Tensor, tf.Tensor, Tensors]:
        more = _gradients_of_pass(model, Batch(*(tensor[index] for tensor in parts)), variables, replicas)
        return index + 1, losses + more[0], [g + m for g, m in zip(gradients, more[1], strict=True)]

    nothing = (tf.constant(0), tf.zeros([len(LOSSES)]), [tf.zeros(v.shape) for v in variables])
    # one after another: side by side they would fill the memory that this saves
    _, losses, gradients = tf.while_loop(lambda i, *_: i < passes, add, nothing, parallel_iterations=1)
    return losses, gradients


def _unrolled(
    model: MaskRCNN, parts: Batch, variables: list[keras.Variable], replicas: int
) -> tuple[tf.Tensor, Tensors]:
    """Return the same without a loop in the graph, where replicas cannot meet to share batch statistics."""
    losses, gradients = _gradients_of_pass(model, Batch(*(t[0] for t in parts)), variables, replicas)
    for index in range(1, parts.images.shape[0]):
        with tf.control_dependencies([losses, *gradients]):  # one after another, as above
            part = Batch(*(tf.identity(tensor[index]) for tensor in parts))
        more = _gradients_of_pass(model, part, variables, replicas)
        losses, gradients = losses + more[0], [g + m for g, m in zip(gradients, more[1], strict=True)]
    return losses, gradients


def _gradients_of_pass(
    model: MaskRCNN, batch: Batch, variables: list[keras.Variable], replicas: int
) -> tuple[tf.Tensor, Tensors]:
    """Return what the pictures of one pass add to losses and gradients."""
    settings = model.config.training
    with tf.GradientTape() as tape:
        losses = tf.reduce_sum(losses_of_batch(model, batch), axis=0) / settings.pictures_per_step
        objective = tf.tensordot(losses, tf.constant(settings.loss_weights), 1)
    gradients = tape.gradient(objective, [v.value for v in variables])
    if settings.optimizer == "sgd":
        decay = settings.weight_decay / (replicas * settings.accumulate)
        gradients = [with_decay(g, v, decay) for g, v in zip(gradients, variables, strict=True)]
    return losses, gradients


def with_decay(gradient: tf.Tensor, variable: keras.Variable, decay: float) -> tf.Tensor:
    """Add the gradient of the classic L2 term, decay * sum(w²) / size; batch norm's weights have none.

    The gradient is known, and the tape would make it of all weights before the first layer and hold it to the end.
    """
    if variable.name in ("gamma", "beta"):
        return gradient
    with tf.control_dependencies([gradient]):
        return gradient + variable.value * (2 * decay / variable.shape.num_elements())
