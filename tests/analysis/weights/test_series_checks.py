"""Series of checkpoints, steps and gradients as a whole."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.weights.rules.faults import moved
from maskrcnn_inspect.analysis.weights.series_checks import (
    check_gradients,
    check_series,
    check_series_files,
    check_step,
)


@pytest.fixture
def saves(healthy):
    rng = np.random.default_rng(0)
    second = moved(healthy, 0.01, rng)
    return [healthy, second, moved(second, 0.01, rng)]


def test_healthy_training_has_no_findings(saves):
    assert check_series(saves) == []
    assert check_step(saves[0], saves[1]) == []


def test_frozen_layers_are_named_unless_said(saves, healthy):
    stuck = [save | {n: a for n, a in healthy.items() if n.startswith("backbone.")} for save in saves]
    found = check_series(stuck)
    assert {each.rule for each in found} == {"never_trained"}
    assert {each.layer.split(".")[0] for each in found} == {"backbone"}
    assert check_series(stuck, frozen=["backbone.*"]) == []


def test_files_give_the_same_as_arrays(saves, healthy, own_file):
    saves = [save | {"fpn.p2.kernel": healthy["fpn.p2.kernel"]} for save in saves]
    paths = [own_file(save, f"{number}.h5") for number, save in enumerate(saves)]
    assert check_series_files(paths) == check_series(saves)
    assert [(each.rule, each.layer) for each in check_series_files(paths)] == [("never_trained", "fpn.p2")]


def test_one_save_is_no_series(healthy):
    assert check_series([healthy]) == []


def test_layers_of_another_shape_are_passed_over(saves):
    other = [
        save | ({"rpn.class_raw.kernel": np.ones((1, 1, 4, 4))} if i else {}) for i, save in enumerate(saves)
    ]
    assert check_series(other) == []


def test_only_kernels_gradients_are_judged():
    gradients = {"fpn.p2.kernel": np.zeros((3, 3, 2, 2)), "fpn.p2.bias": np.zeros(2)}
    assert [each.place for each in check_gradients(gradients)] == ["fpn.p2.kernel"]
