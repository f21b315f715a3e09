"""Rules on activations."""

import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.model import MaskRCNN
from maskrcnn_inspect.analysis.weights.rules.faults import healthy_activations
from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds
from maskrcnn_inspect.analysis.weights.rules.trace.dead_relu import dead_relu
from maskrcnn_inspect.analysis.weights.rules.trace.saturated_sigmoid import saturated_sigmoid
from maskrcnn_inspect.analysis.weights.trace_checks import check_trace

LIMITS = Thresholds()


def test_healthy_activations_have_no_findings():
    assert check_trace(healthy_activations(np.random.default_rng(0))) == []


def test_dead_relu_counts_units_not_cells():
    maps = np.zeros((10, 10, 4))
    maps[:5, :, :3] = 1.0  # three units of four are active in half of the cells
    assert dead_relu(maps, LIMITS) is None
    maps[..., 1:] = 0.0
    assert dead_relu(maps, LIMITS).value == 0.75


@pytest.mark.parametrize(("logit", "saturated"), [(-24.0, True), (-22.0, False), (16.0, False), (18.0, True)])
def test_sigmoid_saturates_where_float32_has_no_gradient_left(logit, saturated):
    assert (saturated_sigmoid(np.full((3, 4), logit), LIMITS) is not None) == saturated


def test_softmax_of_two_saturates_by_the_difference():
    trace = {"rpn.logits": np.array([[100.0, 101.0], [-50.0, -50.5]])}
    assert check_trace(trace) == []
    trace = {"rpn.logits": np.array([[0.0, 101.0], [-50.0, 50.5]])}
    assert [each.rule for each in check_trace(trace)] == ["saturated_sigmoid"]


def test_findings_name_the_tensor_and_come_worst_first():
    broken = np.full((4, 4, 2), np.nan)
    found = check_trace({"backbone.c2": np.zeros((4, 4, 2)), "fpn.p2": broken})
    assert [(each.rule, each.layer) for each in found] == [
        ("non_finite_activation", "fpn.p2"),
        ("dead_relu", "backbone.c2"),
        ("activation_range", "backbone.c2"),
    ]


def test_empty_tensors_and_indices_are_passed_over():
    trace = {"mask_head.logits": np.zeros((0, 28, 28, 3)), "proposals.nms_index": np.zeros(5, int)}
    assert check_trace(trace) == []


def test_a_real_trace_has_no_errors_and_a_broken_one_names_where_it_starts():
    model = MaskRCNN(tiny(("background", "a"), size=64, width=8))
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    assert not [each for each in check_trace(model.trace(image)) if each.severity == "error"]
    broken = model.trace(image, edits={"backbone.c4": lambda values: values * np.nan})
    found = [each.layer for each in check_trace(broken) if each.severity == "error"]
    assert found[0] == "backbone.c4" and "fpn.p4" in found and "backbone.c3" not in found
