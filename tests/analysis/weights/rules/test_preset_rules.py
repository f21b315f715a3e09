"""Weight rules over the presets of all four implementations: silence on sound weights, and faults found in the layers
that only one of them has.
"""

from pathlib import Path

import h5py
import numpy as np
import pytest

from benchmarks.weight_faults import healthy_weights
from maskrcnn_core.config import Config
from maskrcnn_core.config.files import to_dict
from maskrcnn_core.weights.formats.native import write_weights
from maskrcnn_inspect.analysis.weights.checks import by_layer, check_arrays, check_file
from tests.model_fixtures import PRESETS

WIDER = {
    "fpn.channels": 32,
    "rpn.channels": 32,
    "mask_head.channels": 32,
    "box_head.convolution_channels": 32,
}
# preset, layer, variable, the value that spoils it, the rule that says so
FAULTS = [
    ("torchvision_v2", "fpn.bn_c4p4", "gamma", 0.0, "all_zero"),
    ("torchvision_v2", "fpn.bn_p2", "moving_variance", 1e9, "norm_variance"),
    ("torchvision_v2", "box_head.box_bn3", "moving_variance", np.nan, "non_finite"),
    ("torchvision_v2", "box_head.box_conv2", "kernel", 0.0, "all_zero"),
    ("torchvision_v2", "rpn.conv_shared2", "kernel", 1e-9, "all_zero"),
    ("torchvision_v2", "mask_head.mask_bn4", "gamma", 0.0, "all_zero"),
    ("torchvision_v1", "rpn.class_raw", "kernel", np.inf, "non_finite"),
    ("detectron2", "mask_head.mask", "kernel", 0.0, "all_zero"),
    ("mmdetection", "box_head.bbox_fc", "kernel", np.nan, "non_finite"),
]


def sound(name: str) -> tuple[Config, dict[str, np.ndarray]]:
    config = PRESETS[name].replace(**WIDER)
    return config, healthy_weights(config)


@pytest.mark.parametrize("name", PRESETS)
def test_sound_weights_of_every_preset_raise_no_alarm(name: str, tmp_path: Path):
    config, arrays = sound(name)
    with h5py.File(tmp_path / "own.h5", "w") as file:
        write_weights(file, arrays, to_dict(config), {"seed": 0}, False)
    report = check_file(tmp_path / "own.h5", spectra=True)
    assert [str(one) for one in report.findings if one.severity != "info"] == []
    assert report.audit is not None and report.audit.complete


@pytest.mark.parametrize(("name", "layer", "variable", "value", "rule"), FAULTS)
def test_a_fault_in_a_layer_of_a_preset_is_found_there(
    name: str, layer: str, variable: str, value: float, rule: str
):
    _, arrays = sound(name)
    arrays[f"{layer}.{variable}"][:] = value
    alarms = {(one.layer, one.rule) for one in check_arrays(arrays).findings if one.severity != "info"}
    assert (layer, rule) in alarms
    assert {where for where, _ in alarms} == {layer}


def test_layers_are_told_in_the_order_in_which_data_meets_them():
    layers = list(by_layer(sound("torchvision_v2")[1]))
    wanted = [
        "fpn.c5p5",
        "fpn.bn_c5p5",
        "fpn.c2p2",
        "fpn.p5",
        "rpn.conv_shared",
        "rpn.conv_shared2",
        "rpn.class_raw",
    ]
    wanted += [
        "box_head.box_conv1",
        "box_head.box_bn1",
        "box_head.box_conv4",
        "box_head.class_conv1",
        "box_head.bbox_fc",
    ]
    places = [layers.index(layer) for layer in wanted]
    assert places == sorted(places)
