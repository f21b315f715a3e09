"""Optimizers give what Keras' and TensorFlow's own give, to the last bit."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Training
from maskrcnn_core.training.loop.optimizers import clipped, make_optimizer

SHAPES = {"kernel": (3, 3, 4, 5), "bias": (7,), "gamma": (5,)}
STEPS = 4


def weights_after(optimizer: keras.optimizers.Optimizer, compiled: bool) -> list[np.ndarray]:
    """Train seeded weights for some steps, at another learning rate each, and return them with the moments."""
    rng = np.random.default_rng(0)
    values = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in SHAPES.items()}
    variables = [keras.Variable(value, name=name) for name, value in values.items()]
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    optimizer.build(variables)

    def apply(*gradients: tf.Tensor) -> None:
        optimizer.apply(list(gradients), variables)

    step = tf.function(apply, autograph=False) if compiled else apply
    for number in range(STEPS):
        optimizer.learning_rate.assign(1e-3 * (number + 1))
        step(*(tf.constant(rng.standard_normal(v.shape), tf.float32) for v in variables))
    return [variable.numpy() for variable in (*variables, *optimizer.variables)]


@pytest.mark.parametrize("compiled", [False, True])
def test_adamw_gives_the_weights_of_keras(compiled: bool):
    settings = Training(optimizer="adamw", learning_rate=1e-3, weight_decay=0.05)
    ours = weights_after(make_optimizer(settings), compiled)
    theirs = weights_after(keras.optimizers.AdamW(1e-3, weight_decay=0.05), compiled)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("factor", [0.0, 1e-30, 1e-3, 1.0, 1e3, np.inf, np.nan])
def test_gradients_are_clipped_as_tensorflow_clips_them(factor: float):
    gradient = tf.constant(np.random.default_rng(1).standard_normal((4, 9)) * factor, tf.float32)
    np.testing.assert_array_equal(clipped([gradient], 0.5)[0], tf.clip_by_norm(gradient, 0.5))
