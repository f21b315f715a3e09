"""Compile once: images of other sizes, and blocks as written, cost no second compilation."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.eager import context  # what a compiled function is kept under

from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.input.batch import Batch
from maskrcnn_core.data.input.pipeline import make_batches
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.runtime.compiling import as_written, set_graph_options
from maskrcnn_core.training.loop.optimizers import make_optimizer
from maskrcnn_core.training.loop.step import make_step
from tests.training.steps import op_by_op

LESS = {"proposals.top_k": 60, "proposals.count": 10, "detections.max_count": 5, "detections.min_score": 0.0}
SIZES = ((64, 64), (130, 70), (33, 65), (1, 1), (7, 200), (64, 64))


@pytest.fixture
def passes(monkeypatch) -> list[tuple]:
    """Give a list that grows by one, with what is kept, whenever the network is gone through to be compiled."""
    found: list[tuple] = []
    whole = MaskRCNN.forward

    def counted(model, image, *arguments, **options):
        found.append((model.config.molding.mode, tf.inside_function()))
        return whole(model, image, *arguments, **options)

    monkeypatch.setattr(MaskRCNN, "forward", counted)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["square", "pad64", "none"])
def test_images_of_any_size_are_compiled_for_once(mode, passes):
    settings = LESS | {"molding.mode": mode, "molding.min_dim": 64 if mode == "square" else 0}
    model = MaskRCNN(tiny(size=64, width=2).replace(**settings))
    passes.clear()
    for size in SIZES:
        model.detect(np.zeros((*size, 3), np.uint8))
    assert passes == [(mode, True)]
    for size in SIZES:
        model.trace(np.zeros((*size, 3), np.uint8), keep="detections.*")
    assert passes == [(mode, True)] * 2  # another choice of tensors is another graph


@pytest.mark.slow
def test_sliders_of_the_choices_compile_nothing_new(passes):
    model = MaskRCNN(tiny(size=64, width=2).replace(**LESS))
    passes.clear()
    image = np.zeros((64, 64, 3), np.uint8)
    for score in (0.0, 0.3, 0.9):
        model.config = model.config.replace(**{"detections.min_score": score, "detections.max_count": 4})
        model.detect(image)
    assert len(passes) == 1


@pytest.mark.parametrize("size", [(64, 64), (65, 64), (1, 128), (129, 200), (640, 479)])
def test_pad64_has_few_sizes(size):
    from maskrcnn_core.stages.molding import layout

    config = tiny().molding.__class__(mode="pad64", min_dim=0)
    wanted = tuple(-(-side // 64) * 64 for side in size)
    assert layout(size, config).shape == wanted


def test_a_block_as_written_leaves_compiled_functions_as_they_are():
    def kept_under() -> bytes:
        return context.context().function_call_options.config_proto_serialized

    set_graph_options()  # as making a model does, whichever test comes first
    before = kept_under()
    with as_written():
        assert kept_under() != before
    assert kept_under() == before


def stepping() -> tuple[MaskRCNN, list[Batch], Callable[..., Any]]:
    """Give a seeded model, batches of different numbers of truths, and the step that trains it."""
    config = tiny(Shapes.class_names, size=64, width=2).replace(
        **{"training.batch_size": 1, "training.optimizer": "sgd", "training.roi_samples": 8, **LESS}
    )
    keras.utils.set_random_seed(5)
    model = MaskRCNN(config)
    stem = model.backbone.stem.conv.kernel
    stem.assign(
        stem / 16
    )  # else scores are 1 but for the last bit, whose rounding would choose what is sampled
    stream = make_batches(Shapes(12, seed=1, size=64), config, 1, 0)
    optimizer = make_optimizer(config.training)
    optimizer.build(model.trainable_variables)
    variables = model.trainable_variables
    step = make_step(model, optimizer, tf.distribute.get_strategy(), variables, stream.element_spec)
    return model, list(stream.take(6)), step


@pytest.mark.slow
def test_a_step_is_compiled_once_however_many_truths_a_batch_has_and_does_what_it_does_op_by_op():
    model, batches, step = stepping()
    other, _, plain = stepping()
    assert len({batch.class_ids.shape[1] for batch in batches}) > 1
    with op_by_op():
        wanted, _ = plain(batches[0], tf.constant(False))
    losses, _ = step(batches[0], tf.constant(False))
    np.testing.assert_allclose(losses, wanted, rtol=1e-4)
    for one, two in zip(model.variables, other.variables, strict=True):
        np.testing.assert_allclose(one.numpy(), two.numpy(), rtol=1e-3, atol=1e-6, err_msg=one.path)
    for batch in batches[1:]:
        step(batch, tf.constant(False))
    assert step.experimental_get_tracing_count() == 1
