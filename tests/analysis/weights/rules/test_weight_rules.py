"""Each rule on arrays small enough to check by eye."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.weights.moments import moments_of
from maskrcnn_inspect.analysis.weights.rules.filters import as_filters, filter_norms
from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds, changed
from maskrcnn_inspect.analysis.weights.rules.weights.all_zero import all_zero
from maskrcnn_inspect.analysis.weights.rules.weights.dead_filters import dead_filters
from maskrcnn_inspect.analysis.weights.rules.weights.duplicate_filters import alike, duplicate_filters
from maskrcnn_inspect.analysis.weights.rules.weights.exploding import exploding
from maskrcnn_inspect.analysis.weights.rules.weights.half_precision import half_saturated, half_subnormal
from maskrcnn_inspect.analysis.weights.rules.weights.initial_spread import initial_spread
from maskrcnn_inspect.analysis.weights.rules.weights.non_finite import non_finite
from maskrcnn_inspect.analysis.weights.rules.weights.outliers import outliers
from maskrcnn_inspect.analysis.weights.rules.weights.symmetric_filters import symmetric_filters

LIMITS = Thresholds()


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def dead(kernel: np.ndarray, initial: float = 1.0, limits: Thresholds = LIMITS):
    return dead_filters(filter_norms(kernel), initial * len(kernel) ** 0.5, limits)


def test_filters_of_a_convolution_are_its_last_axis_and_of_a_transposed_one_its_third():
    kernel = np.arange(2 * 2 * 3 * 4).reshape(2, 2, 3, 4)
    np.testing.assert_array_equal(as_filters(kernel)[:, 1], kernel[..., 1].ravel())
    np.testing.assert_array_equal(as_filters(kernel, 2)[:, 1], kernel[:, :, 1].ravel())


def test_non_finite_counts_and_names_the_first():
    values = np.zeros((2, 3), np.float32)
    assert non_finite(values, LIMITS) is None
    values[0, 2], values[1, 1] = np.nan, np.inf
    verdict = non_finite(values, LIMITS)
    assert (verdict.severity, verdict.value) == ("error", 2.0)
    assert verdict.detail == "2 of 6 values are not finite; first NaN at index [0, 2]"


@pytest.mark.parametrize("value", [0.0, 0.3, -1e-12, 1e30])
def test_constant_is_an_error_at_any_value(value):
    assert all_zero(moments_of(np.full((3, 3), value, np.float32)), LIMITS).severity == "error"


@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e20])
def test_constant_does_not_depend_on_scale(scale):
    assert all_zero(moments_of(scale * normal(3, 3)), LIMITS) is None


def test_exploding_is_relative_to_the_layer():
    magnitudes = np.abs(normal(1000)) * 0.01
    assert exploding(magnitudes, 0.01, LIMITS) is None
    magnitudes[7] = 9.0  # over 1000 times the median, 0.0067
    assert exploding(magnitudes, 0.01, LIMITS).severity == "error"
    assert exploding(magnitudes * 0.001, 0.01, LIMITS) is None  # 0.009 is not large for weights


def test_a_mostly_dead_layer_does_not_explode():
    magnitudes = np.abs(normal(1000)) * 0.01
    magnitudes[:900] *= 1e-8
    assert exploding(magnitudes, 0.01, LIMITS) is None


def test_half_precision_ends_at_65504():
    assert half_saturated(np.array([65503.0]), LIMITS) is None
    assert half_saturated(np.array([65504.0]), LIMITS).severity == "error"
    with np.errstate(over="ignore"):
        assert np.isinf(np.float16(65520.0)) and np.isfinite(np.float16(65504.0))


def test_half_precision_counts_subnormals_but_no_zeros():
    magnitudes = np.array([0.0] * 50 + [1e-5] + [0.1] * 49)
    assert half_subnormal(magnitudes, LIMITS).value == pytest.approx(1 / 50)
    assert half_subnormal(np.array([0.0, 0.1]), LIMITS) is None


@pytest.mark.parametrize(("count", "severity"), [(1, "info"), (5, "warning"), (50, "error"), (99, "error")])
@pytest.mark.parametrize("factor", [0.0, 1e-5])
def test_dead_filters_by_share(count, severity, factor):
    kernel = normal(16, 100)
    kernel[:, :count] *= factor
    verdict = dead(kernel)
    assert (verdict.severity, verdict.value) == (severity, count / 100)


def test_an_exploded_filter_does_not_make_the_others_dead():
    kernel = normal(16, 8)
    kernel[:, 0] *= 1e6
    assert dead(kernel) is None


@pytest.mark.parametrize("factor", [1e-6, 1.0])
def test_dead_filters_do_not_depend_on_scale(factor):
    kernel = factor * normal(16, 20)
    assert dead(kernel) is None
    kernel[:, 3] = 0
    assert dead(kernel).value == 1 / 20


def test_initial_spread_accepts_each_usual_initialiser():
    moments = moments_of(0.001 * normal(1000))
    assert initial_spread(moments, (0.05, 0.001), LIMITS) is None
    verdict = initial_spread(moments, (0.05,), LIMITS)
    assert verdict.severity == "warning" and verdict.value == pytest.approx(0.02, rel=0.05)


def test_symmetric_needs_all_filters_equal():
    kernel = np.repeat(normal(9, 1), 4, axis=1)
    assert symmetric_filters(kernel, LIMITS).severity == "error"
    kernel[0, 3] += 1
    assert symmetric_filters(kernel, LIMITS) is None
    assert symmetric_filters(kernel[:, :1], LIMITS) is None


def duplicates(kernel: np.ndarray):
    return duplicate_filters(kernel, filter_norms(kernel), LIMITS)


def test_duplicates_count_pairs_and_twins():
    kernel = normal(64, 20)
    assert duplicates(kernel) is None
    kernel[:, 1] = 3 * kernel[:, 0]  # 1 of 190 pairs, 2 of 20 filters
    assert duplicates(kernel) is None
    kernel[:, 10:] = kernel[:, :10]
    assert duplicates(kernel).severity == "warning"
    kernel = normal(64, 200)
    kernel[:, 100:130] = kernel[:, :30]  # 30 of 19,900 pairs: too few; 60 of 200 filters: too many
    assert (duplicates(kernel).value, duplicates(kernel).threshold) == (0.3, LIMITS.duplicate_filters)


@pytest.mark.parametrize("fan_in", [64, 2000])
def test_like_directions_are_those_of_the_full_product(fan_in):
    kernel = normal(fan_in, 60)
    kernel[:, 5], kernel[:, 6] = kernel[:, 4], kernel[:, 4] + 0.13 * kernel[:, 7]
    kernel[: fan_in // 2, 8] = kernel[: fan_in // 2, 9]
    kernel[::8, 10] = kernel[::8, 11]  # like in the rows looked at first, and only there
    directions = kernel / np.linalg.norm(kernel, axis=0)
    expected = directions.T @ directions > 0.99
    np.fill_diagonal(expected, False)
    assert expected.sum() == 6
    np.testing.assert_array_equal(alike(directions, 0.99), expected)


def test_opposite_filters_are_no_duplicates():
    kernel = normal(64, 10)
    assert duplicates(np.concatenate([kernel, -kernel], axis=1)) is None


def test_filters_of_few_inputs_are_not_called_duplicates():
    assert duplicates(np.abs(normal(2, 50))) is None


def test_outliers_by_kurtosis_or_distance():
    assert outliers(moments_of(normal(10000)), LIMITS) is None
    values = normal(10000)
    values[0] = 35.0
    verdict = outliers(moments_of(values), LIMITS)
    assert verdict.severity == "info" and verdict.value > 10


def test_limits_can_be_changed():
    kernel = normal(16, 20)
    kernel[:, 0] *= 1e-2
    assert dead(kernel) is None
    assert dead(kernel, limits=changed(LIMITS, {"dead_filter_ratio": 0.1})) is not None
