"""ROIAlign in ONNX reads the same points as TensorFlow's operator, and no other."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maskrcnn_core.config import RoiAlign
from maskrcnn_core.exporting.runner import OnnxRuntime

KINDS = {
    "corners": RoiAlign(size=3),
    "cells": RoiAlign(size=3, sampling="cells"),
    "adaptive": RoiAlign(size=3, sampling="cells", samples=0, aligned=True),
    "adaptive, unaligned": RoiAlign(size=3, sampling="cells", samples=0, aligned=False),
}


def boxes() -> np.ndarray:
    """Boxes inside, over each border, wholly outside, without area, far away; the map has 12 x 20 cells of 4 px."""
    rng = np.random.default_rng(0)
    first = rng.uniform(-10, 40, (40, 2)).astype(np.float32)
    found = np.concatenate([first, first + rng.uniform(0, 40, (40, 2)).astype(np.float32)], axis=1)
    found[:4] = [[0, 0, 48, 80], [100, 100, 120, 130], [5, 5, 5, 5], [1e38, 1e38, 3e38, 3e38]]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_regions_are_pooled_as_in_tensorflow(kind: str, tmp_path: Path):
    import tensorflow as tf

    from maskrcnn_core.exporting.onnx_graph import onnx_graph
    from maskrcnn_core.stages.roi_align import roi_align
    from maskrcnn_core.stages.roi_sampling import Regions

    def pool(tensors: dict[str, Any]) -> dict[str, Any]:
        count = tf.shape(tensors["proposals.boxes"])[:1]
        regions = Regions(
            tensors["proposals.boxes"], tf.zeros(count, tf.int32), tf.constant([48.0, 80.0]), 1.0
        )
        return {"box_roi.pooled": roi_align(tensors["fpn.p2"][None], regions, KINDS[kind], 4.0)}

    inputs = {"fpn.p2": tf.TensorSpec([None, None, 5]), "proposals.boxes": tf.TensorSpec([None, 4])}
    path = tmp_path / "roi.onnx"
    path.write_bytes(onnx_graph(pool, inputs).SerializeToString())
    runner, rng = OnnxRuntime(path), np.random.default_rng(1)
    given = boxes()
    if kind.startswith(
        "adaptive"
    ):  # without the box of 1e38 px, whose points a bin are held elsewhere: see below
        given = np.concatenate([np.delete(given, 3, 0), np.float32([[30, 30, 20, 25], [9, 9, 9, 30]])])
    for chosen in (given, given[:0]):
        feed = {"fpn.p2": rng.normal(size=(12, 20, 5)).astype(np.float32), "proposals.boxes": chosen}
        expected = pool({name: tf.constant(value) for name, value in feed.items()})["box_roi.pooled"].numpy()
        received = runner.run(["box_roi.pooled"], feed)["box_roi.pooled"]
        assert received.shape == expected.shape
        np.testing.assert_allclose(received, expected, atol=2e-5)
    far = runner.run(["box_roi.pooled"], feed | {"proposals.boxes": boxes()[3:4]})["box_roi.pooled"]
    assert np.isfinite(far).all()
