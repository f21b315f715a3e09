"""What of a model a file fills."""

import numpy as np
import pytest

from maskrcnn_core.config import classic, detectron2, tiny
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.weights.names import named_variables
from maskrcnn_inspect.analysis.weights.checks import check_file
from maskrcnn_inspect.analysis.weights.expected import expected_variables
from maskrcnn_inspect.analysis.weights.rules.file.load_audit import by_stage
from tests.model_fixtures import BASIC_BLOCKS, PRESETS

TINY = tiny(("background", "a", "b"), width=8)


@pytest.mark.parametrize(
    "config",
    [
        TINY,
        TINY.replace(
            **{"box_head.norm": True, "mask_head.norm": True, "mask_head.convolutions": 2, "fpn.channels": 24}
        ),
        classic(("background", "a"), "resnet50").replace(**{"box_head.channels": 32, "rpn.channels": 16}),
        pytest.param(classic(architecture="resnet101"), marks=pytest.mark.slow),
        pytest.param(classic(architecture="resnet152"), marks=pytest.mark.slow),
        detectron2(("background", "a"), "resnet34").replace(**{"box_head.channels": 32}),
        *PRESETS.values(),
        BASIC_BLOCKS,
        PRESETS["detectron2"].replace(**{"box_head.boxes": "shared", "mask_head.masks": "shared"}),
    ],
    ids=lambda config: f"{config.name}, {config.backbone.architecture}",
)
def test_expected_variables_are_those_of_the_model(config):
    model = {name: tuple(variable.shape) for name, variable in named_variables(MaskRCNN(config)).items()}
    assert expected_variables(config) == model


def audit_of(path):
    report = check_file(path)
    return report, [each for each in report.findings if each.rule == "load_audit"]


def test_a_whole_file_passes(healthy, own_file):
    report, findings = audit_of(own_file(healthy))
    assert findings == [] and report.audit.complete
    assert all(have == wanted > 0 for have, wanted in by_stage(report.audit).values())


def test_a_missing_layer_is_one_error_with_its_stage(healthy, own_file):
    partial = {name: array for name, array in healthy.items() if not name.startswith("fpn.p3.")}
    report, findings = audit_of(own_file(partial))
    assert [each.severity for each in findings] == ["error"]
    assert "fpn 14 of 16" in findings[0].detail
    assert report.audit.missing == ("fpn.p3.kernel", "fpn.p3.bias")
    assert findings[0].place == "whole file"


def test_an_imagenet_file_fills_the_backbone_alone(classic_weights, classic_file):
    backbone = {name: array for name, array in classic_weights.items() if name.startswith("backbone.")}
    report, findings = audit_of(classic_file(backbone))
    assert "resnet50" in findings[0].detail and "rpn 0 of 6" in findings[0].detail
    assert by_stage(report.audit)["backbone"] == (318, 318)


def test_another_architecture_fills_nothing(classic_file, healthy):
    renamed = {f"backbone.block{i}_conv.kernel": np.ones((3, 3, 8, i + 2)) for i in range(4)}
    _, findings = audit_of(classic_file(renamed))
    assert findings[0].value == 0.0 and "4 unknown, e.g. block0_conv.kernel" in findings[0].detail


def test_another_number_of_classes_is_a_shape_mismatch(healthy, own_file):
    arrays = dict(healthy)
    arrays["box_head.class_logits.kernel"] = (
        np.random.default_rng(0).standard_normal((128, 9)).astype(np.float32)
    )
    _, findings = audit_of(own_file(arrays))
    assert "box_head.class_logits.kernel is [128, 9], wanted [128, 4]" in findings[0].detail
