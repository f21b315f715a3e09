"""The network cut at its stages is the network: parts that run one after the other make TensorFlow's tensors."""

import numpy as np
import pytest

from maskrcnn_core.exporting.network import runtime_numbers
from maskrcnn_core.exporting.parts import PARTS, export_parts, run_chain
from maskrcnn_core.recording.tensors import TENSORS
from tests.model_fixtures import thin_adaptive

onnxruntime = pytest.importorskip("onnxruntime")

CLOSE = 2e-4  # of values; boxes of one anchor differ by less than a hundredth of a px


@pytest.fixture(scope="module")
def trace(shapes_model):
    from maskrcnn_core.data.formats.shapes import Shapes

    return shapes_model.trace(Shapes(count=10, seed=20_000)[3].image)


@pytest.fixture(scope="module")
def run(shapes_model):
    """Give what runs a part by its exported graph."""
    return runner(export_parts(shapes_model))


def runner(graphs):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    sessions = {
        name: onnxruntime.InferenceSession(graph.SerializeToString(), options)
        for name, graph in graphs.items()
    }

    def run_one(part, given):
        made = sessions[part.name].run(list(part.makes), {n: np.asarray(v) for n, v in given.items()})
        return dict(zip(part.makes, made, strict=True))

    return run_one


def given_of(trace, config):
    before = {name: trace[name] for name in trace if name.startswith(("molding.", "anchors."))}
    return before | runtime_numbers(config)


def test_every_tensor_of_the_network_is_made_by_one_part_from_those_before_it():
    made = [name for part in PARTS for name in part.makes]
    assert len(set(made)) == len(made)
    known = {name for name in TENSORS if name.startswith(("molding.", "anchors."))}
    for part in PARTS:
        assert set(part.reads) <= known, part.name
        known |= set(part.makes)


def test_parts_one_after_the_other_make_the_tensors_of_the_trace(shapes_model, trace, run):
    made = run_chain(run, given_of(trace, shapes_model.config))
    swapped = (
        "proposals.top_k_index",
        "proposals.decoded",
        "proposals.clipped",
    )  # near-equal scores change places
    for name in (name for part in PARTS for name in part.makes if name not in swapped):
        np.testing.assert_allclose(made[name], trace[name], rtol=1e-4, atol=CLOSE, err_msg=name)
    assert set(made["proposals.top_k_index"]) == set(trace["proposals.top_k_index"])


def test_a_setting_moves_in_the_graph_as_in_a_replay(shapes_model, trace, run):
    settings = {"proposals.count": 50, "detections.min_score": 0.9, "detections.max_count": 2}
    made = run_chain(run, given_of(trace, shapes_model.config.replace(**settings)))
    replayed = shapes_model.replay(trace, **settings)
    for name in ("proposals.boxes", "detections.boxes", "detections.class_ids", "mask_head.probs"):
        np.testing.assert_allclose(made[name], replayed[name], rtol=1e-4, atol=CLOSE, err_msg=name)


def test_an_image_without_a_detection_goes_through(shapes_model, trace, run):
    made = run_chain(run, given_of(trace, shapes_model.config.replace(**{"detections.min_score": 1.0})))
    assert made["detections.boxes"].shape == (0, 4) and made["mask_head.probs"].shape == (0, 28, 28)


def test_parts_of_a_model_whose_roi_align_adapts_leave_the_number_of_points_to_onnx(photo):
    model = thin_adaptive("detectron2")
    graphs = export_parts(model)
    nodes = [node for name in ("heads", "masks") for node in graphs[name].graph.node]
    ratios = [
        attribute.i
        for node in nodes
        if node.op_type == "RoiAlign"
        for attribute in node.attribute
        if attribute.name == "sampling_ratio"
    ]
    assert ratios == [0] * 8  # of four levels, for two heads
    trace = model.trace(photo)
    made = run_chain(runner(graphs), given_of(trace, model.config))
    for name in ("box_roi.level", "box_roi.pooled", "detections.boxes", "mask_roi.pooled", "mask_head.probs"):
        np.testing.assert_allclose(made[name], trace[name], rtol=1e-4, atol=CLOSE, err_msg=name)
