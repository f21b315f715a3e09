"""Moments of whole tensors."""

import math

import numpy as np
import pytest

from maskrcnn_inspect.analysis.weights.moments import moments_of


def test_moments_are_numpys():
    values = np.random.default_rng(0).gamma(2.0, size=(700, 400)).astype(np.float32)  # more than one piece
    wide = values.astype(np.float64)
    z = (wide - wide.mean()) / wide.std()
    moments = moments_of(values)
    expected = (values.size, wide.min(), wide.max(), wide.mean(), wide.std(), np.mean(z**4) - 3)
    found = (
        moments.count,
        moments.minimum,
        moments.maximum,
        moments.mean,
        moments.std,
        moments.kurtosis,
    )
    assert found == pytest.approx(expected, rel=1e-6)
    assert moments.norm == pytest.approx(np.linalg.norm(wide), rel=1e-9)
    assert moments.deviation == pytest.approx(z.max(), rel=1e-6)


def test_only_finite_values_count():
    moments = moments_of(np.array([1.0, np.nan, 3.0, np.inf]))
    assert (moments.count, moments.mean, moments.largest) == (2, 2.0, 3.0)


def test_nothing_finite_gives_no_numbers():
    moments = moments_of(np.full(3, np.nan))
    assert moments.count == 0 and math.isnan(moments.mean)


def test_every_value_counts_not_a_slice():
    """Classic defect 1: the classic notebook plotted one slice of each kernel, a third of a 3x3 kernel."""
    kernel = np.zeros((3, 3, 8, 8), np.float32)
    for index in np.ndindex(3, 3):
        spiked = kernel.copy()
        spiked[(*index, 7, 7)] = 5.0
        assert moments_of(spiked).largest == 5.0
        assert moments_of(spiked).count == kernel.size
