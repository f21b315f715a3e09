"""Singular values and what is measured on them."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.weights.rules.spectra import (
    fitted_alpha,
    measured_effective_rank,
    measured_stable_rank,
    singular_values,
)
from maskrcnn_inspect.analysis.weights.rules.spectrum.effective_rank import effective_rank
from maskrcnn_inspect.analysis.weights.rules.spectrum.stable_rank import stable_rank
from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds

LIMITS = Thresholds()


@pytest.mark.parametrize("shape", [(40, 12), (12, 40), (9000, 8), (1, 5)])
def test_singular_values_are_those_of_a_decomposition(shape):
    kernel = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    expected = np.linalg.svd(kernel.astype(np.float64), compute_uv=False)
    np.testing.assert_allclose(singular_values(kernel), expected, rtol=1e-6, atol=1e-6)


def test_ranks_of_equal_singular_values_are_their_number():
    assert measured_stable_rank(np.full(7, 3.0)) == pytest.approx(7)
    assert measured_effective_rank(np.full(7, 3.0)) == pytest.approx(7)


def test_ranks_of_one_direction_are_one():
    sigma = np.array([5.0, 0.0, 0.0])
    assert measured_stable_rank(sigma) == 1
    assert measured_effective_rank(sigma) == pytest.approx(1)


def test_ranks_worked_by_hand():
    sigma = np.array([2.0, 1.0, 1.0])  # p = 1/2, 1/4, 1/4: entropy 1.5 bits
    assert measured_stable_rank(sigma) == pytest.approx(6 / 4)
    assert measured_effective_rank(sigma) == pytest.approx(2**1.5)


@pytest.mark.parametrize("alpha", [1.6, 2.5, 4.0])
def test_alpha_of_a_power_law_is_found(alpha):
    quantile = (np.arange(2000) + 0.5) / 2000
    lambdas = quantile ** (-1 / (alpha - 1))  # p(lambda) = (alpha - 1) lambda^-alpha from 1 on
    sigma = np.sort(np.sqrt(lambdas))[::-1]
    assert fitted_alpha(sigma, LIMITS) == pytest.approx(alpha, rel=0.1)


def test_alpha_needs_enough_eigenvalues():
    assert fitted_alpha(np.linspace(2, 1, 49), LIMITS) is None
    assert fitted_alpha(np.zeros(100), LIMITS) is None
    assert fitted_alpha(np.zeros(0), LIMITS) is None


def test_rank_rules_leave_small_layers_alone():
    two_classes = np.array([3.0, 0.0])  # foreground = -background
    assert stable_rank(two_classes, LIMITS) is None
    assert effective_rank(two_classes, LIMITS) is None


def test_rank_rules_warn_of_one_direction():
    sigma = np.array([100.0, *np.full(63, 0.1)])
    assert stable_rank(sigma, LIMITS).severity == "warning"
    assert effective_rank(sigma, LIMITS).severity == "warning"


def test_random_kernels_have_no_low_rank():
    sigma = singular_values(np.random.default_rng(0).standard_normal((576, 64)))
    assert stable_rank(sigma, LIMITS) is None
    assert effective_rank(sigma, LIMITS) is None
