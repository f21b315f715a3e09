"""XLA and bfloat16 compute the same model: what a GPU may be given is held against float32 on this machine."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import tiny
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.runtime.precision import as_float32, computing_in
from maskrcnn_core.stages.anchors import make_anchors

IMAGE = tf.random.stateless_normal([1, 64, 64, 3], seed=[1, 2]) * 50.0


@pytest.fixture(scope="module")
def model() -> MaskRCNN:
    keras.utils.set_random_seed(1)
    return MaskRCNN(tiny(("background", "a", "b"), size=64, width=4))


def dense(model: MaskRCNN) -> tuple:
    """Give what has weights and no choices: the RPN's logits and deltas of an image."""
    rpn = model.rpn(model.fpn(model.backbone(IMAGE)).rpn_levels)
    return as_float32(rpn)


def largest_difference(one: tuple, other: tuple) -> float:
    """Give the largest difference of any tensor in shares of its largest value."""
    pairs = ((np.asarray(a), np.asarray(b)) for a, b in zip(one, other, strict=True))
    return max(float(np.abs(a - b).max() / np.abs(a).max()) for a, b in pairs)


def test_xla_computes_the_dense_layers_alike(model: MaskRCNN):
    compiled = tf.function(lambda: dense(model), jit_compile=True, autograph=False)
    assert largest_difference(dense(model), compiled()) < 1e-4


def test_xla_computes_the_heads_alike(model: MaskRCNN):
    box_regions = tf.random.stateless_normal([5, 7, 7, model.config.fpn.channels], seed=[3, 4])
    mask_regions = tf.random.stateless_normal([5, 14, 14, model.config.fpn.channels], seed=[5, 6])
    class_ids = tf.constant([1, 2, 1, 2, 1])

    def heads() -> tuple:
        return (*model.box_head(box_regions), *model.mask_head(mask_regions, class_ids))

    compiled = tf.function(heads, jit_compile=True, autograph=False)
    assert largest_difference(heads(), compiled()) < 1e-4


def test_bfloat16_computes_the_dense_layers_nearly_alike_and_leaves_the_model_as_it_was(model: MaskRCNN):
    wanted = dense(model)
    with computing_in(model, "bfloat16"):
        rough = dense(model)
    for name in ("logits", "deltas"):
        one, other = (np.asarray(getattr(output, name), np.float64) for output in (wanted, rough))
        apart = np.sqrt(np.square(one - other).mean() / np.square(one).mean())
        assert 1e-4 < apart < 0.05  # 8 bits of mantissa are 0.4 %, through a dozen layers
    assert largest_difference(wanted, dense(model)) == 0.0
    assert {weight.dtype for weight in model.weights} == {"float32"}


def test_nothing_is_bound_to_one_kind_of_device(model: MaskRCNN):
    """No layer and no stage names a device: where TensorFlow puts a tensor is TensorFlow's and the caller's."""
    anchors = make_anchors((64, 64), model.config.anchors)
    run = tf.function(lambda image: model.forward(image, anchors), autograph=False)
    graph = run.get_concrete_function(IMAGE).graph
    assert {operation.device for operation in graph.get_operations()} == {""}
