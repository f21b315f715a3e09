"""What OpenVINO reads otherwise: ties go by place, a level may have no box, settings can be fed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.exporting.onnx_graph import onnx_graph
from maskrcnn_core.exporting.runner import OpenVino
from maskrcnn_core.stages.proposals import Nms, suppress_groups

COUNT = "proposals.count"
FLOATS, WHOLE = tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.int32)
BOXES = tf.TensorSpec([None, 4], tf.float32)


def in_openvino(function: Any, inputs: Any, defaults: Any, folder: Path) -> OpenVino:
    path = folder / "graph.onnx"
    path.write_bytes(onnx_graph(function, inputs, defaults).SerializeToString())
    return OpenVino(path)


@pytest.fixture(scope="module")
def best(tmp_path_factory: pytest.TempPathFactory) -> OpenVino:
    """Give the best of values, their places too; as many as a setting says, 5 by default."""

    def run(given: Any) -> Any:
        made = tf.math.top_k(given["values"], tf.minimum(given[COUNT], tf.size(given["values"])))
        return {"best": made.values, "places": made.indices}

    inputs = {"values": FLOATS, COUNT: WHOLE}
    return in_openvino(run, inputs, {COUNT: np.int32(5)}, tmp_path_factory.mktemp("best"))


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([1, 3, 3, 2, 3, 2, 2, 0], [1, 2, 4, 3, 5]),  # the border of the five goes through the twos
        ([7] * 9, [0, 1, 2, 3, 4]),
        ([0, 1, 2], [2, 1, 0]),  # fewer than five
        ([-np.inf, -np.inf, 1, -np.inf, -np.inf, -np.inf], [2, 0, 1, 3, 4]),
        ([np.inf, 1, np.inf, 1, 1, 1, 1], [0, 2, 1, 3, 4]),
        ([4], [0]),
    ],
)
def test_the_first_of_equal_values_is_the_best(values: list[float], places: list[int], best: OpenVino):
    given = np.array(values, np.float32)
    made = best.run(["best", "places"], {"values": given})
    assert made["places"].tolist() == places
    np.testing.assert_array_equal(made["best"], given[places])


@pytest.mark.parametrize("count", [1, 2, 17, 400, 1000])
def test_many_ties_are_ranked_as_tensorflow_ranks_them(count: int, best: OpenVino):
    values = np.random.default_rng(count).integers(0, 40, 1000).astype(np.float32)
    made = best.run(["places"], {"values": values, COUNT: np.int32(count)})
    np.testing.assert_array_equal(made["places"], tf.math.top_k(values, count).indices)


def test_a_setting_is_an_input_with_the_default_of_the_file(best: OpenVino):
    assert set(best.inputs) == {"values", COUNT}
    values = np.arange(9, dtype=np.float32)
    assert len(best.run(["places"], {"values": values})["places"]) == 5
    assert len(best.run(["places"], {"values": values, COUNT: np.int32(3)})["places"]) == 3


@pytest.mark.parametrize("boxes", [3, 0, 2])
def test_samples_of_no_box_are_averaged_too(boxes: int, tmp_path: Path):
    def run(given: Any) -> Any:
        kept = tf.boolean_mask(given["samples"], given["wanted"] > 0)
        return {"pooled": tf.nn.avg_pool2d(kept, 2, 2, "VALID")}

    inputs = {"samples": tf.TensorSpec([None, 4, 6, 3], tf.float32), "wanted": FLOATS}
    runner = in_openvino(run, inputs, {}, tmp_path)
    samples = np.random.default_rng(0).normal(size=(3, 4, 6, 3)).astype(np.float32)
    made = runner.run(["pooled"], {"samples": samples, "wanted": (np.arange(3) < boxes).astype(np.float32)})
    cells = samples[:boxes].reshape(boxes, 2, 2, 3, 2, 3).mean(axis=(2, 4))
    assert made["pooled"].shape == (boxes, 2, 3, 3)
    np.testing.assert_allclose(made["pooled"], cells, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 60])
def test_a_suppression_in_groups_is_that_of_tensorflow(count: int, tmp_path: Path):
    def run(given: Any) -> Any:
        nms = Nms(given[COUNT], 0.4)
        return {"kept": suppress_groups(given["boxes"], given["groups"], given["scores"], nms)}

    groups = tf.TensorSpec([None], tf.int32)
    inputs = {"boxes": BOXES, "groups": groups, "scores": FLOATS, COUNT: WHOLE}
    runner = in_openvino(run, inputs, {COUNT: np.int32(20)}, tmp_path)
    rng = np.random.default_rng(1)
    corner = rng.uniform(0, 50, (count, 2))
    feed = {
        "boxes": np.concatenate([corner, corner + rng.uniform(5, 30, (count, 2))], axis=1).astype(np.float32),
        "groups": rng.integers(1, 5, count).astype(np.int32),
        "scores": rng.integers(0, 8, count).astype(np.float32),  # ties
    }
    expected = run({**{name: tf.constant(value) for name, value in feed.items()}, COUNT: 20})["kept"]
    np.testing.assert_array_equal(runner.run(["kept"], feed)["kept"], expected)
