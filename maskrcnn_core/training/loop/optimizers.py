"""Optimizers: Keras' own, whose graph is made sooner.

What is the same for all weights Keras works out anew for each of them, which is a fifth of the whole step's graph, and
training begins once that is made. Law: the weights are those of Keras' optimizers to the last bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import tensorflow as tf

from ...config import Training


class _OfStep(NamedTuple):
    """What all weights of a step share: () float32 each, in the letters of Kingma and Ba 2015, algorithm 1."""

    alpha: tf.Tensor  # with the correction of both biases
    beta_1_rest: tf.Tensor  # 1 - beta_1
    beta_2_rest: tf.Tensor
    epsilon: tf.Tensor


class AdamW(keras.optimizers.AdamW):
    """AdamW (Loshchilov and Hutter 2019) for float32 weights."""

    _of_step: _OfStep

    def apply(self, grads: list[tf.Tensor], trainable_variables: Any = None) -> None:
        """Update ``trainable_variables`` by their gradients."""
        step = tf.cast(self.iterations + 1, tf.float32)
        beta_1_power, beta_2_power = tf.pow(self.beta_1, step), tf.pow(self.beta_2, step)
        alpha = self.learning_rate * tf.sqrt(1 - beta_2_power) / (1 - beta_1_power)
        rests = (tf.constant(value) for value in (1 - self.beta_1, 1 - self.beta_2, self.epsilon))
        self._of_step = _OfStep(alpha, *rests)
        super().apply(grads, trainable_variables)

    def update_step(self, gradient: tf.Tensor, variable: Any, learning_rate: Any) -> None:
        """Update one weight and its two moments."""
        alpha, beta_1_rest, beta_2_rest, epsilon = self._of_step
        place = self._get_variable_index(variable)
        mean, square = self._momentums[place].value, self._velocities[place].value
        mean.assign_add((gradient - mean) * beta_1_rest)
        square.assign_add((tf.square(gradient) - square) * beta_2_rest)
        variable.assign_sub(mean * alpha / (tf.sqrt(square) + epsilon))


def make_optimizer(settings: Training) -> keras.optimizers.Optimizer:
    """Return the optimizer; its learning rate is set before every step."""
    if settings.optimizer == "sgd":
        return keras.optimizers.SGD(settings.learning_rate, momentum=settings.momentum)
    if settings.optimizer == "adamw":
        optimizer = AdamW(settings.learning_rate, weight_decay=settings.weight_decay)
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        return optimizer
    raise ValueError(f"wanted training.optimizer sgd or adamw, received {settings.optimizer!r}")


def clipped(gradients: list[tf.Tensor], most: float) -> list[tf.Tensor]:
    """Return each gradient with an L2 norm of ``most`` at most.

    Law: ``tf.clip_by_norm`` gives the same; it takes twice the operations, for a derivative that nobody asks for.
    """
    limit = tf.constant(most)
    return [g * limit / tf.maximum(tf.sqrt(tf.reduce_sum(g * g)), limit) for g in gradients]
