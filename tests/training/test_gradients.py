"""Steps in parts and in fewer bits: they do what a whole step in float32 does."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.config import Config, tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.input.pipeline import make_batches
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.runtime.precision import computing_in
from maskrcnn_core.training.loop.fit import Run, fit
from maskrcnn_core.training.loop.gradients import with_decay
from maskrcnn_core.training.loop.layers import Stage, trainable_variables
from maskrcnn_core.training.loop.optimizers import make_optimizer
from maskrcnn_core.training.loop.step import make_step, named_losses
from maskrcnn_core.weights.names import named_variables
from tests.training.steps import op_by_op

pytestmark = pytest.mark.slow
READER = Shapes(8, seed=1, size=64)
STEM = 16.0


@pytest.fixture(autouse=True, scope="module")
def deterministic():
    tf.config.experimental.enable_op_determinism()  # stays on: TensorFlow has no way back


def small_config(norm: bool = True, **training) -> Config:
    config = tiny(Shapes.class_names, size=64, width=4)
    settings = {
        "optimizer": "sgd",
        "learning_rate": 1e-3,
        "roi_samples": 12,
        "steps_per_epoch": 1,
        **training,
    }
    config = config.replace(**{"backbone.norm_trainable": norm})
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **settings))


def weights_of(model: MaskRCNN) -> dict[str, np.ndarray]:
    return {name: variable.numpy() for name, variable in named_variables(model).items()}


def one_step(norm: bool, **training) -> tuple[MaskRCNN, dict[str, float]]:
    """Train a seeded model for one step on the first images."""
    model = initial_model(norm, **training)
    optimizer = make_optimizer(model.config.training)
    optimizer.build(model.trainable_variables)
    batches = make_batches(READER, model.config, model.config.training.images_per_step, seed=0)
    chosen = trainable_variables(model, "all")
    step = make_step(model, optimizer, tf.distribute.get_strategy(), chosen, batches.element_spec)
    with op_by_op():
        losses, _ = step(next(iter(batches)), tf.constant(False))
    return model, named_losses(losses)


@pytest.fixture(scope="module")
def whole() -> tuple[MaskRCNN, dict[str, float]]:
    """Give a step without batch statistics, which depend on what is in memory at once."""
    return one_step(norm=False, batch_size=4, clip_norm=0.5)


def test_two_batches_of_two_make_the_step_of_one_batch_of_four(whole):
    model, losses = one_step(norm=False, batch_size=2, accumulate=2, clip_norm=0.5)
    assert losses == pytest.approx(whole[1], rel=1e-5)
    for name, value in weights_of(whole[0]).items():
        np.testing.assert_allclose(weights_of(model)[name], value, rtol=1e-4, atol=1e-6, err_msg=name)


def test_decay_pulls_weights_to_nought_by_their_share_and_leaves_batch_norm_alone():
    weight = keras.Variable([[3.0, -2.0, 0.0, 1.0]], name="kernel")
    gradient = tf.constant([[1.0, 1.0, 1.0, 1.0]])
    with tf.GradientTape() as tape:
        term = 0.5 * tf.reduce_sum(weight.value**2) / 4.0
    wanted = gradient + tape.gradient(term, weight.value)
    np.testing.assert_allclose(with_decay(gradient, weight, 0.5), wanted)  # 1 + 2 * 0.5 / 4 * w
    np.testing.assert_allclose(wanted, [[1.75, 0.5, 1.0, 1.25]])
    for name in ("gamma", "beta"):
        np.testing.assert_array_equal(
            with_decay(gradient, keras.Variable([[3.0] * 4], name=name), 0.5), gradient
        )


def test_a_step_decays_what_the_losses_leave_alone():
    still = {"learning_rate": 1.0, "momentum": 0.0, "clip_norm": 0.0, "loss_weights": (0.0,) * 5}
    model, _ = one_step(norm=False, batch_size=1, weight_decay=0.5, **still)
    before = weights_of(initial_model(norm=False))
    for name, value in weights_of(model).items():
        kept = (
            1.0
            if name.endswith(("gamma", "beta", "moving_mean", "moving_variance"))
            else 1.0 - 1.0 / value.size
        )
        np.testing.assert_allclose(value, kept * before[name], rtol=1e-5, atol=1e-7, err_msg=name)


def test_gradients_are_clipped_after_they_are_summed_up(whole):
    before = weights_of(initial_model())
    moved = [np.linalg.norm(value - before[name]) for name, value in weights_of(whole[0]).items()]
    # learning rate 0.001 x clip norm 0.5: at least one gradient met the limit, and none went beyond
    assert max(moved) == pytest.approx(5e-4, rel=1e-2)


def initial_model(norm: bool = True, **training) -> MaskRCNN:
    """Make the seeded model, with a stem that takes grey levels of hundreds to activations near one.

    Without it scores are 1 but for the last bit, whose rounding would then choose the proposals that are sampled.
    """
    keras.utils.set_random_seed(5)
    model = MaskRCNN(small_config(norm, **training))
    model.backbone.stem.conv.kernel.assign(model.backbone.stem.conv.kernel / STEM)
    return model


def test_a_step_in_bfloat16_has_the_losses_of_float32_and_leaves_float32_behind():
    _, wanted = one_step(norm=True, batch_size=4)
    model, losses = one_step(norm=True, batch_size=4, precision="bfloat16")
    for name in ("rpn_objectness", "rpn_delta", "class"):
        assert losses[name] == pytest.approx(wanted[name], rel=0.05)
    for name in (
        "box_delta",
        "mask",
    ):  # of a dozen proposals, and among nearly equal ones other bits choose others
        assert losses[name] == pytest.approx(wanted[name], rel=0.5)
    assert losses != wanted  # it did compute in fewer bits
    assert {variable.dtype for variable in model.variables} == {"float32"}
    model.set_weights(initial_model().get_weights())
    image = READER[0].image
    np.testing.assert_array_equal(model.detect(image).scores, initial_model().detect(image).scores)


def test_layers_are_as_before_even_where_tracing_fails():
    model = initial_model()
    with pytest.raises(RuntimeError), computing_in(model, "bfloat16"):
        assert model.rpn.conv_shared.compute_dtype == "bfloat16"
        raise RuntimeError
    assert model.rpn.conv_shared.compute_dtype == "float32"


def test_a_run_that_accumulates_goes_on_bit_by_bit(tmp_path):
    config = small_config(batch_size=1, accumulate=2)
    run = Run(tmp_path / "a", (Stage("all", 2),))
    keras.utils.set_random_seed(5)
    unbroken = MaskRCNN(config)
    fit(unbroken, READER, run)
    (run.output / "checkpoints" / "epoch_00002.h5").unlink()  # as if it had been killed in the second epoch
    resumed = MaskRCNN(config)
    fit(resumed, READER, run, resume=True)
    for name, value in weights_of(unbroken).items():
        np.testing.assert_array_equal(weights_of(resumed)[name], value, err_msg=name)
