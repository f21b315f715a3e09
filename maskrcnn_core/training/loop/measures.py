"""Measures of a step: how large gradients, updates and weights are, stage by stage, for those who watch.

Measuring costs a copy of all weights, so a step does it only when asked (``measure``); its update is the same bit by
bit. Gradients are those of the whole global batch, before they are clipped. The losses of each image are there in any
case, and are given in every step.

Shapes: b images of the step; 5 losses in the order of ``LOSSES``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from ...weights.names import STAGES, named_variables

Tensors = list[tf.Tensor]


class OfImages(NamedTuple):
    """The images of one step; of several workers those of this one."""

    places: tf.Tensor  # (b,) int32, in the stream of samples
    losses: tf.Tensor  # (b, 5)


class Measures(NamedTuple):
    """What is measured in one step; but for ``images``, zeros and empty tensors where it was not asked for."""

    gradient_norms: dict[
        str, tf.Tensor
    ]  # by stage: L2 norm over all its weights that train; 0 where none does
    update_norms: dict[str, tf.Tensor]  # the same of new weights - old weights
    weight_norms: dict[str, tf.Tensor]  # the same of old weights
    gradients: dict[str, tf.Tensor]  # by flat name, of the variables that train
    images: OfImages


class Watcher(keras.callbacks.Callback):
    """A callback that is shown the images of every step, and the measures of the steps it asks for."""

    def on_images(self, images: OfImages) -> None:
        """Look at the images of a step and their losses, before ``on_measures``."""

    def wants_measures(self, batch: int) -> bool:
        """Return whether step ``batch`` of the epoch is to be measured."""
        raise NotImplementedError

    def on_measures(self, batch: int, measures: Measures) -> None:
        """Look at the measures of a step, before ``on_train_batch_end``."""
        raise NotImplementedError


def names_of(model: Any, variables: list[keras.Variable]) -> list[str]:
    """Return the flat name of each variable."""
    names = {id(variable): name for name, variable in named_variables(model).items()}
    return [names[id(variable)] for variable in variables]


def if_asked(measure: tf.Tensor, tensors: Callable[[], Tensors], count: int) -> Tensors:
    """Return copies of the ``count`` tensors that ``tensors`` gives if ``measure`` () bool, else empty ones."""
    return tf.cond(
        measure,
        lambda: [tf.identity(tensor) for tensor in tensors()],
        lambda: [tf.zeros([0])] * count,
    )


def measured(
    measure: tf.Tensor,
    gradients: Tensors,
    before: Tensors,
    variables: list[keras.Variable],
    names: list[str],
    images: OfImages,
) -> Measures:
    """Return the measures of a step after its update.

    before: the weights as they were, by ``if_asked``. names: of the variables, by ``names_of``.
    """

    def norms() -> list[tf.Tensor]:
        changes = [variable.value - old for variable, old in zip(variables, before, strict=True)]
        return [norms_by_stage(tensors, names) for tensors in (gradients, changes, before)]

    nothing = tf.zeros([len(STAGES)])
    of_gradients, of_updates, of_weights = (
        dict(zip(STAGES, tf.unstack(values), strict=True))
        for values in tf.cond(measure, norms, lambda: [nothing] * 3)
    )
    kept = if_asked(measure, lambda: gradients, len(gradients))
    return Measures(of_gradients, of_updates, of_weights, dict(zip(names, kept, strict=True)), images)


def norms_by_stage(tensors: Tensors, names: list[str]) -> tf.Tensor:
    """Return (stage,) the L2 norm of all values of each stage's tensors, in the order of ``STAGES``."""
    places = [STAGES.index(name.partition(".")[0]) for name in names]
    squares = tf.stack([tf.reduce_sum(tf.square(tensor)) for tensor in tensors])
    return tf.sqrt(tf.math.unsorted_segment_sum(squares, tf.constant(places), len(STAGES)))
