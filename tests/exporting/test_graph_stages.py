"""Preprocessing, anchors and pasting inside a graph equal the stages that run here."""

import numpy as np
import pytest

from maskrcnn_core.config import Config, Molding, classic, detectron2, mmdetection, torchvision_v1
from maskrcnn_core.stages.anchors import make_anchors
from maskrcnn_core.stages.molding import mold
from maskrcnn_core.stages.pasting import paste

CONFIGS = {c.name: c for c in (classic(), torchvision_v1(), detectron2(), mmdetection())}
CONFIGS["pad64"] = classic().replace(**{"molding.mode": "pad64", "molding.min_dim": 0})
CONFIGS["none"] = classic().replace(**{"molding.mode": "none"})
SIZES = ((37, 53), (64, 64), (101, 40), (128, 96), (200, 333))


def smaller(config: Config) -> Config:
    """Sides of at most 96 px, so that images are enlarged and reduced, and one of them halved."""
    return config.replace(**{"molding.min_dim": config.molding.min_dim and 64, "molding.max_dim": 96})


def noise(size: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(size).integers(3, 256, (*size, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", CONFIGS)
def test_preprocessing_in_a_graph_is_that_of_the_stage(name: str):
    import tensorflow as tf

    from maskrcnn_core.exporting.graph_molding import mold_in_graph
    from maskrcnn_core.runtime.compiling import as_written

    config: Molding = smaller(CONFIGS[name]).molding
    graph = tf.function(
        lambda image: mold_in_graph(image, config),
        [tf.TensorSpec([None, None, 3], tf.uint8)],
        autograph=False,
    )
    for size in SIZES:
        with as_written():
            expected, received = mold(noise(size), config), graph(tf.constant(noise(size)))
        last = 1e-5 if config.resizer == "torch" else 0  # of real numbers, whose products a compiler may join
        for field, one, other in zip(expected._fields, expected, received, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=last, err_msg=f"{field} of {size}")


@pytest.mark.parametrize("name", CONFIGS)
def test_anchors_in_a_graph_are_those_of_the_stage(name: str):
    import tensorflow as tf

    from maskrcnn_core.exporting.graph_molding import anchors_in_graph

    config = CONFIGS[name].anchors
    graph = tf.function(
        lambda shape: anchors_in_graph(shape, config), [tf.TensorSpec([2], tf.int32)], autograph=False
    )
    for shape in ((64, 128), (96, 32), (800, 1056)):
        for one, other in zip(make_anchors(shape, config), graph(tf.constant(shape)), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["classic", "torchvision_v1", "detectron2"])
def test_pasting_in_a_graph_is_that_of_the_stage(name: str):
    import tensorflow as tf

    from maskrcnn_core.exporting.graph_pasting import paste_in_graph

    config, rng, size = CONFIGS[name], np.random.default_rng(5), (61, 83)
    corners = rng.uniform(0, 90, (12, 2, 2)).astype(np.float32)
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    boxes[3, 2:] = boxes[3, :2]  # without area
    probs, window = rng.random((12, 28, 28), np.float32), np.array([3, 0, 99, 96], np.float32)
    expected = paste(boxes, probs, window, size, config)
    received = tf.function(lambda *t: paste_in_graph(*t, tf.constant(size), config), autograph=False)(
        boxes, probs, window
    )
    np.testing.assert_array_equal(expected.boxes, received.boxes)
    np.testing.assert_array_equal(expected.masks, received.masks)
