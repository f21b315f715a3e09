"""ONNX graphs of TensorFlow functions: names, defaults, texts, and what has no counterpart."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maskrcnn_core.exporting.onnx_texts import read_texts
from maskrcnn_core.exporting.runner import OnnxRuntime


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Boxes chosen by NMS in a loop over groups, as the stages do it, with a threshold as an input."""
    import tensorflow as tf

    from maskrcnn_core.exporting.onnx_graph import onnx_graph
    from maskrcnn_core.stages.proposals import Nms, suppress_groups

    def choose(tensors: dict[str, Any]) -> dict[str, Any]:
        nms = Nms(10, tensors["proposals.nms_threshold"])
        kept = suppress_groups(
            tensors["proposals.clipped"], tensors["anchors.level"], tensors["rpn.scores"], nms
        )
        return {"proposals.nms_index": kept, "proposals.boxes": tf.gather(tensors["proposals.clipped"], kept)}

    inputs = {
        "proposals.clipped": tf.TensorSpec([None, 4]),
        "anchors.level": tf.TensorSpec([None], tf.int32),
        "rpn.scores": tf.TensorSpec([None]),
        "proposals.nms_threshold": tf.TensorSpec([]),
    }
    defaults = {"proposals.nms_threshold": np.float32(0.5)}
    model = onnx_graph(choose, inputs, defaults, {"licence": "Apache-2.0", "class_names": '["Ä"]'})
    path = tmp_path_factory.mktemp("graph") / "nms.onnx"
    path.write_bytes(model.SerializeToString())
    return path


BOXES = np.array([[0, 0, 10, 10], [0, 0, 10, 8], [0, 0, 10, 9], [50, 50, 60, 60]], np.float32)
FEED = {
    "proposals.clipped": BOXES,
    "anchors.level": np.array([2, 2, 3, 2], np.int32),
    "rpn.scores": np.array([0.5, 0.9, 0.3, 0.7], np.float32),
}


def test_inputs_and_outputs_carry_our_names(graph: Path):
    runner = OnnxRuntime(graph)
    assert set(runner.inputs) == {*FEED, "proposals.nms_threshold"}
    assert runner.outputs == ("proposals.nms_index", "proposals.boxes")


def test_the_graph_computes_what_the_function_does(graph: Path):
    made = OnnxRuntime(graph).run(["proposals.nms_index", "proposals.boxes"], FEED)
    assert made["proposals.nms_index"].tolist() == [
        1,
        3,
        2,
    ]  # 0 overlaps 1 with IoU 0.8; 2 is of another level
    np.testing.assert_array_equal(made["proposals.boxes"], BOXES[[1, 3, 2]])


def test_an_input_with_a_default_can_be_fed(graph: Path):
    looser = FEED | {"proposals.nms_threshold": np.float32(0.9)}
    assert OnnxRuntime(graph).run(["proposals.nms_index"], looser)["proposals.nms_index"].tolist() == [
        1,
        3,
        0,
        2,
    ]


def test_texts_are_read_without_a_library(graph: Path):
    assert read_texts(graph) == {"licence": "Apache-2.0", "class_names": '["Ä"]'}


def test_a_file_that_is_cut_short_or_none_is_refused(graph: Path, tmp_path: Path):
    whole, path = graph.read_bytes(), tmp_path / "cut.onnx"
    for content in (whole[: len(whole) // 2], b"\xff" * 40, b"GIF89a" * 50):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="wanted an ONNX file"):
            read_texts(path)


def test_an_op_that_onnx_lacks_is_named():
    import tensorflow as tf

    from maskrcnn_core.exporting.onnx_graph import onnx_graph

    with pytest.raises(ValueError, match="received the TensorFlow ops Betainc"):
        onnx_graph(
            lambda t: {"rpn.scores": tf.math.betainc(t["rpn.scores"], 1.0, 0.5)},
            {"rpn.scores": tf.TensorSpec([None])},
        )


def test_a_pass_of_the_converter_that_fails_is_left_out(monkeypatch: pytest.MonkeyPatch):
    import tensorflow as tf
    from tf2onnx.optimizer.identity_optimizer import IdentityOptimizer

    from maskrcnn_core.exporting.onnx_graph import CATCHING, onnx_graph

    def fail(*_: Any) -> None:
        raise RuntimeError("a pass that fails")

    def double(tensors: dict[str, Any]) -> dict[str, Any]:
        return {"twice": tensors["x"] * 2.0}

    whole = onnx_graph(double, {"x": tf.TensorSpec([None])})
    monkeypatch.setattr(IdentityOptimizer, "_optimize", fail)
    monkeypatch.delenv(CATCHING, raising=False)  # a user's word would stay
    left = onnx_graph(double, {"x": tf.TensorSpec([None])})
    assert [node.op_type for node in whole.graph.node] == ["Mul"]
    assert {node.op_type for node in left.graph.node} == {"Identity", "Mul"}
    assert CATCHING not in os.environ


def test_weights_are_not_copied_for_each_pass_of_the_converter():
    import gc

    import tensorflow as tf
    from tf2onnx.graph import Graph

    from maskrcnn_core.exporting.onnx_graph import onnx_graph
    from maskrcnn_core.runtime.memory import resident

    weights = tf.Variable(np.random.default_rng(0).normal(size=(4096, 4096)).astype(np.float32))  # 67 MB

    def dense(tensors: dict[str, Any]) -> dict[str, Any]:
        return {"y": tensors["x"] @ weights}

    whole = Graph.update_proto
    gc.collect()
    before = resident()
    model = onnx_graph(dense, {"x": tf.TensorSpec([None, 4096])})
    # each of 26 passes had one more
    assert resident() - before < 12 * weights.numpy().nbytes
    assert sum(len(each.raw_data) for each in model.graph.initializer) >= weights.numpy().nbytes
    assert Graph.update_proto is whole
