"""Folding: the norm in the kernel is the norm after it, and its gradients; fused and op by op are the same bits."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Backbone as BackboneConfig
from maskrcnn_core.runtime.compiling import as_written
from maskrcnn_core.stages.backbone import Bottleneck, every_cell
from maskrcnn_core.stages.building import build_conv
from maskrcnn_core.stages.folding import conv_with_norm

RNG = np.random.default_rng(3)


def normal(*shape: int) -> tf.Tensor:
    return tf.constant(RNG.normal(size=shape).astype(np.float32))


def layers(channels: int = 6, size: int = 3, **options) -> tuple:
    """Give a convolution and a norm whose weights are nothing special, built for three channels."""
    conv = keras.layers.Conv2D(channels, size, **options)
    norm = keras.layers.BatchNormalization(epsilon=1e-3)
    build_conv(conv, norm, 3)
    conv.bias.assign(normal(channels))
    statistics = [
        RNG.uniform(0.5, 2, channels),
        normal(channels),
        normal(channels),
        RNG.uniform(0.1, 3, channels),
    ]
    norm.set_weights([np.asarray(values, np.float32) for values in statistics])
    return conv, norm


def test_one_cell_by_hand():
    conv, norm = keras.layers.Conv2D(1, 1), keras.layers.BatchNormalization(epsilon=0.0)
    x = tf.constant([[[[3.0]]]])
    build_conv(conv, norm, 1)
    conv.set_weights([np.full((1, 1, 1, 1), 2.0), np.array([1.0])])  # 2 * 3 + 1 = 7
    norm.set_weights([np.array([v]) for v in (5.0, 0.25, 4.0, 9.0)])  # (7 - 4) / 3 * 5 + 0.25
    assert np.asarray(conv_with_norm(x, conv, norm)).item() == pytest.approx(5.25)


@pytest.mark.parametrize(
    "options",
    [
        {"padding": "same"},
        {"padding": "valid"},
        {"padding": "same", "strides": 2},
        {"padding": "valid", "strides": 2},
    ],
)
def test_folded_is_the_norm_after_the_convolution(options):
    conv, norm = layers(**options)
    x = normal(2, 9, 7, 3)
    np.testing.assert_allclose(
        conv_with_norm(x, conv, norm), norm(conv(x), training=False), rtol=1e-4, atol=1e-5
    )


def test_gradients_of_all_weights_are_those_of_the_norm_after_the_convolution():
    conv, norm = layers(padding="same")
    x, wanted = normal(2, 9, 7, 3), normal(2, 9, 7, 6)
    variables = [v.value for v in (*conv.trainable_variables, *norm.trainable_variables)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        folded = tf.reduce_sum(tf.square(conv_with_norm(x, conv, norm) - wanted))
        apart = tf.reduce_sum(tf.square(norm(conv(x), training=False) - wanted))
    for one, other in zip(
        tape.gradient(folded, [x, *variables]), tape.gradient(apart, [x, *variables]), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=1e-3)


def test_a_factor_of_nought_leaves_the_offset():
    conv, norm = layers(padding="same")
    norm.gamma.assign(np.zeros(6))
    assert np.ptp(np.asarray(conv_with_norm(normal(1, 5, 5, 3), conv, norm) - norm.beta)) == 0


def test_what_is_not_a_number_stays_visible():
    conv, norm = layers(padding="same")
    norm.moving_mean.assign([np.nan, *np.zeros(5)])
    found = np.isnan(conv_with_norm(normal(1, 5, 5, 3), conv, norm)).any(axis=(0, 1, 2))
    assert found.tolist() == [True] + [False] * 5


@pytest.mark.parametrize("side", [1, 7, 40])
@pytest.mark.parametrize("project", [True, False])
def test_a_block_that_is_compiled_and_fused_is_the_block_op_by_op_to_the_last_bit(side: int, project: bool):
    block = Bottleneck("3a", 16, 2 if project else 1, project, BackboneConfig(architecture="resnet50"))
    x = normal(1, side, side, 64)
    block(x)
    for weight in block.weights:
        weight.assign(np.abs(RNG.normal(size=weight.shape)) * 0.2 + 0.01)
    run = tf.function(block, autograph=False)
    with as_written():
        compiled = run(x)
    np.testing.assert_array_equal(compiled, block(x))


@pytest.mark.parametrize("shape", [(1, 16, 16, 8), (2, 15, 17, 3), (1, 1, 1, 3), (1, 2, 1, 4)])
def test_every_second_cell_is_that_of_the_slice_and_so_is_its_gradient(shape: tuple[int, ...]):
    x = normal(*shape)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        taken, sliced = every_cell(x, 2), x[:, ::2, ::2]
        cubes = [tf.reduce_sum(cells**3) for cells in (taken, sliced)]
    np.testing.assert_array_equal(taken, sliced)
    np.testing.assert_array_equal(*(tape.gradient(cube, x) for cube in cubes))


def test_a_cell_that_is_not_a_number_is_taken_as_it_is():
    assert np.isnan(every_cell(tf.constant([[[[np.nan], [1.0]], [[2.0], [3.0]]]]), 2)).all()
