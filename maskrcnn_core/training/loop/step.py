"""One step: the losses of a batch, their gradients, and the update of the weights, on any ``tf.distribute`` strategy.

Losses are means over pictures, so every replica sums those of its own pictures and divides by the number of
pictures of all replicas; gradients are summed over replicas before they are clipped. One device and several
give the same update.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from ...config import Training
from ...data.input.batch import Batch
from ...model import MaskRCNN
from ...stages.losses import LOSSES
from .gradients import gradients_of
from .measures import Measures, if_asked, measured, names_of
from .precision import computing_in


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
    variables: list[keras.Variable],
    spec: Any,
) -> Callable[[Any, tf.Tensor], tuple[tf.Tensor, Measures]]:
    """Compile a training step: one update of the weights from the pictures of all replicas.

    It takes a batch and whether to measure, () bool, and returns the losses (5,), mean over pictures, and the measures.
    variables: those that train. spec: the ``element_spec`` of the batches, by which the step is compiled once whatever
    number of truths a batch is padded to. An update that is not finite is not applied.
    """
    settings, names = model.config.training, names_of(model, variables)

    def replica_step(batch: Batch, measure: tf.Tensor) -> tuple[tf.Tensor, Measures]:
        losses, gradients = gradients_of(model, batch, variables, strategy.num_replicas_in_sync)
        context = tf.distribute.get_replica_context()
        summed = gradients = context.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
        finite = tf.math.is_finite(tf.add_n([tf.reduce_sum(g) for g in gradients]))
        gradients = [tf.where(finite, g, tf.zeros_like(g)) for g in gradients]
        if settings.clip_norm:
            gradients = [tf.clip_by_norm(g, settings.clip_norm) for g in gradients]
        before = if_asked(measure, lambda: [v.value for v in variables], len(variables))
        # the optimizer sums over replicas once more
        optimizer.apply([g / strategy.num_replicas_in_sync for g in gradients], variables)
        return losses, measured(measure, summed, before, variables, names)

    @tf.function(input_signature=[spec, tf.TensorSpec([], tf.bool)], autograph=False)
    def step(batch: Batch, measure: tf.Tensor) -> tuple[tf.Tensor, Measures]:
        with computing_in(model, settings.precision):
            losses, measures = strategy.run(replica_step, args=(batch, measure))
        first = tf.nest.map_structure(lambda value: strategy.experimental_local_results(value)[0], measures)
        return strategy.reduce(
            tf.distribute.ReduceOp.SUM, losses, axis=None
        ), first  # measures are alike on all

    return step


def named_losses(losses: tf.Tensor) -> dict[str, float]:
    """Return the five losses (5,) and their total by name."""
    values = [float(v) for v in losses]
    return dict(zip(LOSSES, values, strict=True)) | {"total": sum(values)}
