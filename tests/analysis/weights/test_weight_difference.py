"""Two sets of weights held against each other."""

import math

import numpy as np
import pytest

from maskrcnn_inspect.analysis.weights.difference import compare_arrays, compare_files, difference


def test_worked_by_hand():
    found = difference("w", np.array([3.0, 4.0]), np.array([4.0, 3.0]))
    assert found.relative == pytest.approx(2**0.5 / 5)
    assert found.cosine == pytest.approx(24 / 25)
    assert (found.largest, found.norm_before, found.norm_after, found.frozen) == (1.0, 5.0, 5.0, False)


def test_equal_arrays_are_frozen_even_with_nan():
    found = difference("w", np.array([1.0, np.nan]), np.array([1.0, np.nan]))
    assert found.frozen and found.largest == 0.0


@pytest.mark.parametrize(
    ("before", "after", "relative"),
    [([0.0, 0.0], [0.0, 0.0], 0.0), ([0.0, 0.0], [1.0, 0.0], math.inf), ([1.0, 0.0], [0.0, 0.0], 1.0)],
)
def test_zero_tensors_have_a_change_too(before, after, relative):
    assert difference("w", np.array(before), np.array(after)).relative == relative


def test_frozen_layers_are_those_without_any_change(healthy):
    after = healthy | {"fpn.p2.bias": healthy["fpn.p2.bias"] + 1}
    found = compare_arrays(healthy, after)
    assert set(found.layers) - set(found.frozen_layers) == {"fpn.p2"}
    assert [each.name for each in found.variables if not each.frozen] == ["fpn.p2.bias"]


def test_what_only_one_has_is_named(healthy):
    before = {n: a for n, a in healthy.items() if n != "fpn.p2.bias"}
    after = {n: a for n, a in healthy.items() if n != "fpn.p3.bias"} | {"rpn.class_raw.bias": np.zeros(99)}
    found = compare_arrays(before, after)
    assert (found.only_before, found.only_after, found.reshaped) == (
        ("fpn.p3.bias",),
        ("fpn.p2.bias",),
        ("rpn.class_raw.bias",),
    )


def test_layouts_do_not_matter(classic_weights, classic_file, own_file):
    found = compare_files(classic_file(classic_weights), own_file(classic_weights))
    assert found.frozen_layers == found.layers
    assert not found.reshaped and not found.only_before and not found.only_after
