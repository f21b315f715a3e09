"""One step: the losses of a batch, their gradients, and the update of the weights, on any ``tf.distribute`` strategy.

Losses are means over images, so every replica sums those of its own images and divides by the number of
images of all replicas; gradients are summed over replicas before they are clipped. One device and several
give the same update.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from ...data.input.batch import Batch
from ...model import MaskRCNN
from ...runtime.precision import computing_in
from ...stages.losses import LOSSES
from .gradients import gradients_of
from .measures import Measures, OfImages, if_asked, measured, names_of
from .optimizers import clipped


def make_step(
    model: MaskRCNN,
    optimizer: keras.optimizers.Optimizer,
    strategy: tf.distribute.Strategy,
    variables: list[keras.Variable],
    spec: Any,
) -> Callable[[Any, tf.Tensor], tuple[tf.Tensor, Measures]]:
    """Compile a training step: one update of the weights from the images of all replicas.

    It takes a batch and whether to measure, () bool, and returns the losses (5,), mean over images, and the measures.
    variables: those that train. spec: the ``element_spec`` of the batches, by which the step is compiled once whatever
    number of ground-truth objects a batch is padded to. An update that is not finite is not applied.
    """
    settings, names = model.config.training, names_of(model, variables)

    def replica_step(batch: Batch, measure: tf.Tensor) -> tuple[tf.Tensor, Measures]:
        replicas = strategy.num_replicas_in_sync
        losses, gradients, of_images = gradients_of(model, batch, variables, replicas)
        context = tf.distribute.get_replica_context()
        summed = gradients = context.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
        finite = tf.math.is_finite(tf.add_n([tf.reduce_sum(g) for g in gradients]))
        nothing = tf.constant(0.0)
        gradients = [tf.where(finite, g, nothing) for g in gradients]
        if settings.clip_norm:
            gradients = clipped(gradients, settings.clip_norm)
        before = if_asked(measure, lambda: [v.value for v in variables], len(variables))
        # the optimizer sums over replicas once more
        optimizer.apply(gradients if replicas == 1 else [g / replicas for g in gradients], variables)
        images = OfImages(batch.seeds[:, 1], of_images)
        return losses, measured(measure, summed, before, variables, names, images)

    @tf.function(input_signature=[spec, tf.TensorSpec([], tf.bool)], autograph=False)
    def step(batch: Batch, measure: tf.Tensor) -> tuple[tf.Tensor, Measures]:
        with computing_in(model, settings.precision):
            losses, measures = strategy.run(replica_step, args=(batch, measure))
        return strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None), of_all(measures)

    def of_all(measures: Measures) -> Measures:
        """Return the images of all replicas; all other measures are alike on each."""
        local = strategy.experimental_local_results
        images = OfImages(*(tf.concat(local(tensor), axis=0) for tensor in measures.images))
        first = tf.nest.map_structure(lambda value: local(value)[0], measures)
        return first._replace(images=images)

    return step


def named_losses(losses: tf.Tensor) -> dict[str, float]:
    """Return the five losses (5,) and their total by name."""
    values = [float(v) for v in losses]
    return dict(zip(LOSSES, values, strict=True)) | {"total": sum(values)}
