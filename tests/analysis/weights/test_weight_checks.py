"""Checking files and arrays as a whole."""

import subprocess
import sys

import h5py
import numpy as np
import pytest

from maskrcnn_core.config import tiny
from maskrcnn_core.model import MaskRCNN
from maskrcnn_core.weights.loading import SHIPPED, located
from maskrcnn_core.weights.names import named_variables
from maskrcnn_inspect.analysis.weights.checks import check_arrays, check_file
from maskrcnn_inspect.analysis.weights.network import variable_of
from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds, changed

WITH_FAULTS = {"fpn.p2.kernel": np.nan, "rpn.conv_shared.kernel": 0.0}


@pytest.fixture
def faulty(healthy):
    arrays = {name: array.copy() for name, array in healthy.items()}
    arrays["fpn.p2.kernel"][0, 0, 0, 0] = np.nan
    arrays["rpn.conv_shared.kernel"][:] = 0
    return arrays


def found(report):
    return {(each.rule, each.place) for each in report.findings}


def test_healthy_weights_have_no_error_and_no_warning(healthy, own_file):
    for report in (check_arrays(healthy, spectra=True), check_file(own_file(healthy), spectra=True)):
        assert (report.count("error"), report.count("warning")) == (0, 0)


def test_layers_come_in_the_order_of_the_network(healthy, own_file):
    shuffled = dict(sorted(healthy.items()))
    layers = check_file(own_file(shuffled)).layers
    assert layers[:4] == (
        "backbone.conv1",
        "backbone.bn_conv1",
        "backbone.res2a_branch2a",
        "backbone.bn_res2a_branch2a",
    )
    stages = [layer.split(".")[0] for layer in layers]
    assert list(dict.fromkeys(stages)) == ["backbone", "fpn", "rpn", "box_head", "mask_head"]
    assert layers[-2:] == ("mask_head.mask_deconv", "mask_head.mask")


def test_errors_come_first_and_say_what_to_do(faulty):
    report = check_arrays(faulty)
    errors = report.findings[: report.count("error")]
    assert {(e.rule, e.place) for e in errors} == {
        ("non_finite", "fpn.p2.kernel"),
        ("all_zero", "rpn.conv_shared.kernel"),
    }
    assert all(each.why and each.advice and each.detail for each in report.findings)
    assert report.worst == "error"


def test_files_and_arrays_give_the_same_findings(faulty, own_file):
    assert found(check_file(own_file(faulty))) == found(check_arrays(faulty))


def test_classic_layers_are_found_under_their_own_names(classic_weights, classic_file):
    arrays = dict(classic_weights)
    arrays["box_head.class_conv2.kernel"] = np.zeros((1, 1, 16, 16), np.float32)  # a 1x1 convolution there
    report = check_file(classic_file(arrays))
    assert report.layout == "classic"
    assert found(report) - found(check_file(classic_file(classic_weights, "sound.h5"))) == {
        ("all_zero", "box_head.class_conv2.kernel")
    }


def test_a_layer_is_judged_by_its_own_arrays_alone(faulty):
    together = {(e.rule, e.place, e.detail) for e in check_arrays(faulty, spectra=True).findings}
    apart = set()
    for layer in {name.rpartition(".")[0] for name in faulty}:
        alone = {name: array for name, array in faulty.items() if name.rpartition(".")[0] == layer}
        apart |= {(e.rule, e.place, e.detail) for e in check_arrays(alone, spectra=True).findings}
    assert together == apart


def test_half_files_are_read_and_clipped_values_found(healthy, own_file):
    report = check_file(own_file(healthy, half=True))
    assert report.count("error") == 0
    path = own_file(healthy, "clipped.h5", half=True)
    with h5py.File(path, "r+") as file:
        file["weights/fpn.p3.kernel"][0, 0, 0, :3] = 65504.0
        del (
            file.attrs["crc32"],
            file["weights/fpn.p3.kernel"].attrs["crc32"],
        )  # as an earlier release wrote it
    assert ("half_precision", "fpn.p3.kernel") in found(check_file(path))


def test_variables_are_measured_whole_and_nan_is_not_missed(healthy):
    """Classic defects 1 and 2: a slice of each kernel was shown, and NaN and half-dead layers raised no alert."""
    for index in ((0, 0, 0, 0), (2, 2, -1, -1), (1, 1, 3, 5)):
        arrays = {"fpn.p2.kernel": healthy["fpn.p2.kernel"].copy()}
        arrays["fpn.p2.kernel"][index] = np.nan
        assert found(check_arrays(arrays)) == {("non_finite", "fpn.p2.kernel")}
    arrays = {"fpn.p2.kernel": healthy["fpn.p2.kernel"].copy()}
    arrays["fpn.p2.kernel"][..., ::2] = 0
    assert [(e.rule, e.severity) for e in check_arrays(arrays).findings] == [("dead_filters", "error")]


def test_the_alert_follows_the_scale_of_the_layer(healthy):
    """Classic defect 2: its threshold was 1000 whatever the scale."""
    arrays = {"fpn.p2.kernel": healthy["fpn.p2.kernel"].copy()}
    arrays["fpn.p2.kernel"][1, 1, 0, 0] = 300.0
    assert ("exploding", "fpn.p2.kernel") in found(check_arrays(arrays))


def test_thresholds_reach_the_rules(healthy):
    limits = changed(Thresholds(), {"kurtosis": 0.0, "outlier_ratio": 1.0})
    kernels = {layer for layer, _ in (n.rsplit(".", 1) for n in healthy if variable_of(n) == "kernel")}
    assert {e.layer for e in check_arrays(healthy, limits).findings if e.rule == "outliers"} == kernels


def test_odd_arrays_are_judged_without_an_error():
    odd = {
        "x.empty.kernel": np.zeros((0, 3), np.float32),
        "x.scalar.kernel": np.float32(3.0),
        "x.one.kernel": np.ones((1, 1), np.float32),
        "x.nan.kernel": np.full((4, 4), np.nan, np.float32),
        "x.nan.gamma": np.full(4, np.nan, np.float32),
        "x.half.kernel": np.full((300, 4), 6e4, np.float16),
        "x.whole.counter": np.array([3, 4]),
        "box_head.class_logits.kernel": np.ones((3, 5), np.float32),
        "box_head.class_logits.bias": np.ones(7, np.float32),
        "lonely": np.ones(3, np.float32),
    }
    assert ("non_finite", "x.nan.kernel") in found(check_arrays(odd, spectra=True))
    assert ("all_zero", "x.half.kernel") in found(check_arrays(odd))


def test_progress_reaches_the_end(healthy, own_file):
    steps = []
    check_file(own_file(healthy), progress=lambda layer, done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1] == sum(array.size for array in healthy.values())
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_checking_needs_no_tensorflow(healthy, own_file):
    program = (
        "import sys; from maskrcnn_inspect.analysis.weights.checks import check_file; "
        f"check_file({str(own_file(healthy))!r}, spectra=True); "
        "assert not {'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


# --- healthy models: no error, few warnings -----------------------------------------------------------------


def test_a_fresh_model_is_sound_but_for_norms_that_saw_nothing():
    model = MaskRCNN(tiny(("background", "a", "b"), width=16))
    arrays = {name: np.asarray(variable) for name, variable in named_variables(model).items()}
    report = check_arrays(arrays, spectra=True)
    assert report.count("error") == 0
    assert {each.rule for each in report.findings if each.severity == "warning"} == {"norm_untouched"}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_weights_are_sound(name):
    with located(name) as path:
        report = check_file(path, spectra=True)
    assert report.count("error") == 0
    assert report.count("warning") <= 3


@pytest.mark.slow
def test_golden_classic_weights_are_sound(goldens, tmp_path):
    recipe = goldens / "make_matterport_weights.py"
    manifest = goldens / "matterport_r50_256" / "weights_manifest.json"
    subprocess.run([sys.executable, str(recipe), str(manifest), str(tmp_path / "classic.h5")], check=True)
    report = check_file(tmp_path / "classic.h5", spectra=True)
    assert (report.count("error"), report.count("warning")) == (0, 0)
    assert report.audit.complete and len(report.layers) == 133
