"""One step: the losses of a batch, their gradients, and the update of the weights, on any ``tf.distribute`` strategy.

Losses are means over pictures, so every replica sums those of its own pictures and divides by the number of pictures of all
replicas; gradients are summed over replicas before they are clipped. One device and several give the same update.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from ..config import Training
from ..data.batch import Batch
from ..model import MaskRCNN
from .losses import LOSSES
from .objective import losses_of_batch


def make_optimizer(settings: Training) -> keras.optimizers.Optimizer:
    """Return the optimizer; its learning rate is set before every step."""
    if settings.optimizer == "sgd":
        return keras.optimizers.SGD(settings.learning_rate, momentum=settings.momentum)
    if settings.optimizer == "adamw":
        optimizer = keras.optimizers.AdamW(settings.learning_rate, weight_decay=settings.weight_decay)
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        return optimizer
    raise ValueError(f"wanted training.optimizer sgd or adamw, received {settings.optimizer!r}")


def make_step(
    model: MaskRCNN,
    optimizer: keras.optimizers.Optimizer,
    strategy: tf.distribute.Strategy,
    pictures: int,
    variables: list[keras.Variable],
    spec: Any,
) -> Callable[[Any], tf.Tensor]:
    """Compile a training step over ``pictures`` pictures on all replicas: batch -> losses (5,), mean over pictures.

    variables: those that train. spec: the ``element_spec`` of the batches, by which the step is compiled once whatever
    number of truths a batch is padded to. An update that is not finite is not applied.
    """
    settings = model.config.training

    def replica_step(batch: Batch) -> tf.Tensor:
        with tf.GradientTape() as tape:
            losses = tf.reduce_sum(losses_of_batch(model, batch), axis=0) / pictures
            objective = tf.tensordot(losses, tf.constant(settings.loss_weights), 1)
            if settings.optimizer == "sgd":
                objective += weight_penalty(variables, settings.weight_decay) / strategy.num_replicas_in_sync
        gradients = tape.gradient(objective, [v.value for v in variables])
        context = tf.distribute.get_replica_context()
        gradients = context.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
        finite = tf.math.is_finite(tf.add_n([tf.reduce_sum(g) for g in gradients]))
        gradients = [tf.where(finite, g, tf.zeros_like(g)) for g in gradients]
        if settings.clip_norm:
            gradients = [tf.clip_by_norm(g, settings.clip_norm) for g in gradients]
        # the optimizer sums over replicas once more
        optimizer.apply([g / strategy.num_replicas_in_sync for g in gradients], variables)
        return losses

    @tf.function(input_signature=[spec], autograph=False)
    def step(batch: Batch) -> tf.Tensor:
        return strategy.reduce(
            tf.distribute.ReduceOp.SUM, strategy.run(replica_step, args=(batch,)), axis=None
        )

    return step


def weight_penalty(variables: list[keras.Variable], decay: float) -> tf.Tensor:
    """Return the classic L2 term: decay * sum(w²) / size, over all weights but those of batch norm."""
    weights = [v for v in variables if v.name not in ("gamma", "beta")]
    return tf.add_n([decay * tf.reduce_sum(v.value**2) / float(v.shape.num_elements()) for v in weights])


def named_losses(losses: tf.Tensor) -> dict[str, float]:
    """Return the five losses (5,) and their total by name."""
    values = [float(v) for v in losses]
    return dict(zip(LOSSES, values, strict=True)) | {"total": sum(values)}
