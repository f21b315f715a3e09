"""Histograms hold every value, on axes that outliers cannot squeeze."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.weights.histograms import histogram_of, initial_curve, robust_range

NORMAL = np.random.default_rng(0).standard_normal(20_000).astype(np.float32)


@pytest.mark.parametrize(
    "values",
    [
        NORMAL,
        NORMAL.reshape(5, 4, 10, 100),
        np.array([np.nan, np.inf, 1.0, 2.0, -np.inf]),
        np.full((3, 3), np.nan),
        np.zeros((2, 2)),
        np.float32(3.0),
        np.zeros((0, 4)),
        np.array([1e38, -1e38, 0.0], np.float32),
        np.array([1, 2, 3]),
    ],
)
def test_every_value_is_counted_once(values):
    """Classic defect 1: the classic notebook plotted one slice of each kernel, or one of 256 biases."""
    assert histogram_of(np.asarray(values)).total == np.asarray(values).size


def test_an_outlier_does_not_squeeze_the_axis():
    values = NORMAL.copy()
    values[0] = 1e6
    counted = histogram_of(values)
    assert counted.edges[-1] < 10 and counted.above == 1
    assert np.count_nonzero(counted.counts > 100) > 20


def test_half_of_the_values_zero_is_said():
    values = NORMAL.copy()
    values[::2] = 0
    assert histogram_of(values).zeros == 10_000


def test_one_range_holds_both():
    low, high = robust_range([NORMAL, NORMAL + 50])
    assert low < -3 and high > 53


def test_the_initial_curve_has_the_area_of_the_histogram():
    counted = histogram_of(NORMAL)
    curve = initial_curve(counted, 1.0)
    assert curve.sum() == pytest.approx(NORMAL.size, rel=0.01)
    assert np.corrcoef(curve, counted.counts)[0, 1] > 0.98
