"""Counted operations, by hand on small layers: what the benchmarks call the floor rests on these numbers."""

import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from operations import MatrixPeak, Operation, bare, perform, recorded, total

IMAGE = tf.ones([2, 8, 6, 3])


def test_a_convolution_is_counted_as_by_hand():
    with recorded() as found:
        tf.nn.conv2d(IMAGE, tf.ones([3, 3, 3, 5]), strides=2, padding="SAME")
    # 2 images of 4 x 3 cells and 5 channels; each sums 3 x 3 x 3 products
    assert found[0].output == (2, 4, 3, 5)
    assert total(found) == 2 * (2 * 4 * 3 * 5) * 27 == 6480


def test_a_matrix_product_is_counted_as_by_hand():
    a, b = tf.ones([4, 7]), tf.ones([7, 5])
    with recorded() as found:
        tf.matmul(a, b)
        tf.matmul(a, a, transpose_a=True)
        tf.matmul(b, b, transpose_b=True)
        tf.linalg.matmul(tf.ones([3, 4, 7]), tf.ones([3, 7, 5]))
    assert [one.count for one in found] == [2 * 4 * 7 * 5, 2 * 7 * 4 * 7, 2 * 7 * 5 * 7, 3 * 2 * 4 * 7 * 5]


def test_a_transposed_convolution_costs_what_its_inverse_does():
    layer = keras.layers.Conv2DTranspose(4, 2, strides=2)
    layer(IMAGE)
    with recorded() as found:
        layer(IMAGE)
    # each of 2 x 8 x 6 cells of 3 channels is spread over 2 x 2 cells of 4 channels
    assert total(found) == 2 * (2 * 8 * 6 * 3) * (2 * 2 * 4)


def test_gradients_cost_as_much_as_the_convolution_each():
    kernel = tf.Variable(tf.ones([3, 3, 3, 5]))
    with recorded() as found:
        with tf.GradientTape() as tape:
            tape.watch(IMAGE)
            loss = tf.reduce_sum(tf.nn.conv2d(IMAGE, kernel, strides=2, padding="VALID"))
        tape.gradient(loss, [IMAGE, kernel])
    counts = {one.kind: one.count for one in found}
    assert set(counts) == {"Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"}
    assert set(counts.values()) == {2 * (2 * 3 * 2 * 5) * 27}


def test_other_operations_are_not_counted_and_outside_the_block_nothing_is():
    with recorded() as found:
        tf.nn.max_pool2d(IMAGE, 2, 2, "SAME") + 1.0
    tf.matmul(tf.ones([2, 2]), tf.ones([2, 2]))
    assert found == []
    assert total(found) == 0


def test_the_bare_function_does_the_same_operations():
    kernel = tf.Variable(tf.ones([3, 3, 3, 5]))
    with recorded() as found, tf.GradientTape() as tape:
        tape.watch(IMAGE)
        features = tf.nn.conv2d(IMAGE, kernel, strides=1, padding="SAME")
        loss = tf.reduce_sum(tf.matmul(tf.reshape(features, [2, -1]), tf.ones([8 * 6 * 5, 4])))
        tape.gradient(loss, [IMAGE, kernel])
    assert np.isfinite(bare(found)())
    with recorded() as again:
        for one in found:
            result = perform(one, [tf.zeros(shape) for shape in one.inputs])
            assert tuple(result.shape) == one.output
    assert [(one.kind, one.count) for one in again] == [(one.kind, one.count) for one in found]


def test_a_whole_pass_is_listed():
    """The classic model's first layer on 64 px: 7 x 7 x 3 products for 32 x 32 x 64 numbers."""
    from maskrcnn_core.config import tiny
    from maskrcnn_core.model import MaskRCNN

    model = MaskRCNN(tiny(("background", "object"), size=64, width=2))
    with recorded() as found:
        model.trace(np.zeros((64, 64, 3), np.uint8), edits={"image.original": lambda pixels: pixels})
    assert found[0].count == 2 * (32 * 32 * 2) * (3 * 3 * 3)
    assert {one.kind for one in found} == {"Conv2D", "Conv2DBackpropInput", "MatMul"}


def test_the_product_that_tells_the_peak_keeps_its_best():
    peak = MatrixPeak(16)
    assert peak.count == Operation("MatMul", ((16, 16), (16, 16)), (16, 16)).count
    peak()
    first = peak.best
    peak()
    assert 0 < peak.best <= first
    assert peak.speed == peak.count / peak.best / 1e9
