"""Rules on one tensor over time."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.weights.rules.gradient.vanishing_gradient import vanishing_gradient
from maskrcnn_inspect.analysis.weights.rules.series.never_trained import never_trained
from maskrcnn_inspect.analysis.weights.rules.series.spectral_growth import spectral_growth
from maskrcnn_inspect.analysis.weights.rules.series.update_ratio import update_ratio
from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds

LIMITS = Thresholds()
W = np.random.default_rng(0).standard_normal((30, 20))


@pytest.mark.parametrize(
    ("ratio", "severity"),
    [(1e-9, "error"), (1e-5, "warning"), (1e-3, None), (0.05, None), (0.5, "warning"), (20.0, "error")],
)
def test_update_ratio_by_size(ratio, severity):
    verdict = update_ratio(W, (1 + ratio) * W, LIMITS)
    assert (verdict.severity if verdict else None) == severity


def test_between_saves_large_updates_are_no_fault():
    assert update_ratio(W, 1.5 * W, LIMITS, one_step=False) is None


def test_a_frozen_tensor_has_no_update():
    assert update_ratio(W, W.copy(), LIMITS) is None


def test_an_output_layer_may_grow_from_its_small_start():
    start, initial_norm = 0.001 * W, float(np.linalg.norm(W))
    assert update_ratio(start, 0.05 * W, LIMITS).severity == "error"
    assert update_ratio(start, 0.05 * W, LIMITS, initial_norm) is None


def test_never_trained_needs_three_equal_saves():
    assert never_trained([W, W], LIMITS) is None
    assert never_trained([W, W, W], LIMITS).severity == "warning"
    assert never_trained([W, W, 1.001 * W], LIMITS) is None
    assert never_trained([W, W, (1 + 1e-7) * W], LIMITS) is not None


def test_never_trained_stops_reading_at_the_first_change():
    def saves():
        yield W
        yield W + 1
        raise AssertionError("read on")

    assert never_trained(saves(), LIMITS) is None


def test_spectral_growth_counts_from_the_initial_scale():
    assert spectral_growth(W, 2 * W, 1.0, LIMITS) is None
    assert spectral_growth(W, 20 * W, 1.0, LIMITS).value == pytest.approx(20, rel=0.2)
    assert spectral_growth(0.001 * W, W, 1.0, LIMITS) is None  # grew 1000 times, to the usual size


def test_vanishing_gradient_by_mean_size():
    assert vanishing_gradient(1e-3 * W, LIMITS) is None
    assert vanishing_gradient(1e-9 * W, LIMITS).severity == "warning"
    assert vanishing_gradient(0 * W, LIMITS).value == 0
