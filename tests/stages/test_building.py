"""Making a model: its weights are there before anything runs, and are drawn only where they stay."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import tiny, torchvision_v2
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.stages.building import build, weights_given
from maskrcnn_core.weights.names import named_variables


def kernels(model: MaskRCNN) -> dict[str, np.ndarray]:
    return {name: np.asarray(v) for name, v in named_variables(model).items() if name.endswith("kernel")}


@pytest.mark.slow
@pytest.mark.parametrize("preset", [tiny, torchvision_v2])
def test_running_a_model_makes_no_further_weights(preset):
    with weights_given({}):
        model = MaskRCNN(preset().replace(**{"molding.min_dim": 64, "molding.max_dim": 64}))
    before = list(named_variables(model))
    model.detect(np.zeros((64, 64, 3), np.uint8))
    assert list(named_variables(model)) == before


def test_making_a_model_runs_no_convolution(monkeypatch):
    def refused(*_args, **_settings):
        raise AssertionError("a convolution ran")

    monkeypatch.setattr(tf.nn, "conv2d", refused)
    MaskRCNN(tiny())


def test_kernels_are_drawn_unless_a_file_takes_their_place():
    assert all(kernel.std() > 0 for kernel in kernels(MaskRCNN(tiny())).values())
    with weights_given({}):
        zeros = kernels(MaskRCNN(tiny()))
    assert not any(kernel.any() for kernel in zeros.values())
    assert all(kernel.std() > 0 for kernel in kernels(MaskRCNN(tiny())).values())


def test_weights_that_are_given_are_held_and_others_stay_behind():
    layer, other = keras.layers.Dense(2, name="a"), keras.layers.Dense(2, name="b")
    norm = keras.layers.BatchNormalization(name="n")
    array, row = np.arange(6, dtype=np.float32).reshape(3, 2), np.array([7, 8], np.float32)
    means = row.copy()
    arrays = {
        "a.kernel": array,
        "a.bias": row,
        "b.kernel": array.T,
        "c.kernel": array,
        "n.moving_mean": means,
    }
    with weights_given(arrays):
        build(layer, 3, ())
        build(other, 3, ())
        build(norm, 2, ())
    np.testing.assert_array_equal(layer.kernel, array)
    np.testing.assert_array_equal(layer.bias, row)
    assert not np.asarray(other.kernel).any()  # of another shape
    np.testing.assert_array_equal(norm.moving_mean, row)
    np.testing.assert_array_equal(norm.moving_variance, [1, 1])  # as the layer says
    assert list(arrays) == ["b.kernel", "c.kernel"]


def test_to_change_one_variable_changes_no_other_that_was_given_the_same_memory():
    memory = np.zeros(64 * 64 * 4 + 64, np.uint8)
    start = -memory.ctypes.data % 64  # where TensorFlow takes it as it is
    array = memory[start : start + 64 * 64 * 4].view(np.float32).reshape(64, 64)
    layers = [keras.layers.Dense(64, name=name) for name in "ab"]
    with weights_given({"a.kernel": array, "b.kernel": array.view()}):
        for layer in layers:
            build(layer, 64, ())
    for _ in range(2):
        layers[0].kernel.value.assign_add(tf.ones((64, 64)))
    np.testing.assert_array_equal(layers[0].kernel, np.full((64, 64), 2.0))
    assert not np.asarray(layers[1].kernel).any() and not memory.any()


def test_a_variable_that_took_an_array_changes_in_place():
    layer = keras.layers.Dense(64, name="a")
    with weights_given({"a.kernel": np.ones((64, 64), np.float32)}):
        build(layer, 64, ())
    before = tf.identity(layer.kernel.value)
    for _ in range(3):
        layer.kernel.value.assign_add(tf.ones((64, 64)))
    np.testing.assert_array_equal(before, np.ones((64, 64)))
    np.testing.assert_array_equal(layer.kernel, np.full((64, 64), 4.0))


def test_a_layer_that_has_weights_keeps_them():
    layer = keras.layers.Dense(2)
    build(layer, 3, ())
    kernel = layer.kernel
    build(layer, 3, ())
    assert layer.kernel is kernel
