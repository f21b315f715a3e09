"""Gradients: from the images of one replica to its share of the losses and of every weight's gradient.

Losses are means over all images of a step, so each replica divides the sum over its own by that number, and what all
replicas give adds up to the whole. Where memory is too small for a step's images (``training.accumulate``), they go
through the network a few at a time, and their gradients are summed up before anything is clipped.
Law: without batch statistics, n batches of b images give the gradients of one batch of n * b.

Shapes: b images of this replica; a passes; 5 losses in the order of ``LOSSES``.
"""

from __future__ import annotations

from typing import NamedTuple

import keras
import tensorflow as tf

from ...data.input.batch import Batch
from ...model import MaskRCNN
from ...stages.losses import LOSSES
from .objective import losses_of_batch

Tensors = list[tf.Tensor]


class Gradients(NamedTuple):
    """What the images of one replica give."""

    losses: tf.Tensor  # (5,) their share of the mean over all images of the step
    gradients: Tensors  # one a variable
    of_images: tf.Tensor  # (b, 5) the losses of each image


def gradients_of(model: MaskRCNN, batch: Batch, variables: list[keras.Variable], replicas: int) -> Gradients:
    """Return what ``batch`` gives: this replica's share of the losses, and the gradients of ``variables``.

    batch: (b, …), b a multiple of ``training.accumulate``.
    """
    passes = model.config.training.accumulate
    if passes == 1:
        return _gradients_of_pass(model, batch, variables, replicas)
    parts = Batch(*(tf.stack(tf.split(tensor, passes)) for tensor in batch))  # (a, b / a, …)
    if replicas > 1 and model.config.backbone.norm_trainable:
        return _unrolled(model, parts, variables, replicas)

    def add(index: tf.Tensor, done: Gradients) -> tuple[tf.Tensor, Gradients]:
        more = _gradients_of_pass(model, Batch(*(tensor[index] for tensor in parts)), variables, replicas)
        of_images = tf.tensor_scatter_nd_update(done.of_images, [[index]], more.of_images[None])
        return index + 1, _sum(done, more)._replace(of_images=of_images)

    of_images = tf.zeros([passes, parts.images.shape[1], len(LOSSES)])
    nothing = Gradients(tf.zeros([len(LOSSES)]), [tf.zeros(v.shape) for v in variables], of_images)
    # one after another: side by side they would fill the memory that this saves
    _, done = tf.while_loop(lambda i, _: i < passes, add, (tf.constant(0), nothing), parallel_iterations=1)
    return done._replace(of_images=tf.reshape(done.of_images, [-1, len(LOSSES)]))


def _sum(one: Gradients, other: Gradients) -> Gradients:
    """Return both together, with the images of ``one`` alone."""
    gradients = [g + m for g, m in zip(one.gradients, other.gradients, strict=True)]
    return Gradients(one.losses + other.losses, gradients, one.of_images)


def _unrolled(model: MaskRCNN, parts: Batch, variables: list[keras.Variable], replicas: int) -> Gradients:
    """Return the same without a loop in the graph, where replicas cannot meet to share batch statistics."""
    done = _gradients_of_pass(model, Batch(*(t[0] for t in parts)), variables, replicas)
    of_images = [done.of_images]
    for index in range(1, parts.images.shape[0]):
        with tf.control_dependencies([done.losses, *done.gradients]):  # one after another, as above
            part = Batch(*(tf.identity(tensor[index]) for tensor in parts))
        more = _gradients_of_pass(model, part, variables, replicas)
        of_images.append(more.of_images)
        done = _sum(done, more)
    return done._replace(of_images=tf.concat(of_images, axis=0))


def _gradients_of_pass(
    model: MaskRCNN, batch: Batch, variables: list[keras.Variable], replicas: int
) -> Gradients:
    """Return what the images of one pass add to losses and gradients."""
    settings = model.config.training
    with tf.GradientTape() as tape:
        of_images = losses_of_batch(model, batch)
        losses = tf.reduce_sum(of_images, axis=0) / settings.images_per_step
        objective = tf.tensordot(losses, tf.constant(settings.loss_weights), 1)
    gradients = tape.gradient(objective, [v.value for v in variables])
    if settings.optimizer == "sgd":
        decay = settings.weight_decay / (replicas * settings.accumulate)
        gradients = [with_decay(g, v, decay) for g, v in zip(gradients, variables, strict=True)]
    return Gradients(losses, gradients, of_images)


def with_decay(gradient: tf.Tensor, variable: keras.Variable, decay: float) -> tf.Tensor:
    """Add the gradient of the classic L2 term, decay * sum(w²) / size; batch norm's weights have none.

    The gradient is known, and the tape would make it of all weights before the first layer and hold it to the end.
    """
    if variable.name in ("gamma", "beta"):
        return gradient
    with tf.control_dependencies([gradient]):
        return gradient + variable.value * (2 * decay / variable.shape.num_elements())
