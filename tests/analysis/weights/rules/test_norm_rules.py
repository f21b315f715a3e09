"""Rules on batch norms and on the classifier, on vectors small enough to check by eye."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds
from maskrcnn_inspect.analysis.weights.rules.weights.class_bias import class_bias
from maskrcnn_inspect.analysis.weights.rules.weights.gamma_collapsed import gamma_collapsed
from maskrcnn_inspect.analysis.weights.rules.weights.norm_untouched import norm_untouched
from maskrcnn_inspect.analysis.weights.rules.weights.norm_variance import norm_variance

LIMITS = Thresholds()


@pytest.mark.parametrize(("count", "severity"), [(1, "info"), (2, "warning"), (10, "error"), (19, "error")])
def test_gamma_collapsed_by_share(count, severity):
    gamma = np.linspace(0.5, 1.5, 20)
    assert gamma_collapsed(gamma, LIMITS) is None
    gamma[:count] = 1e-4
    assert gamma_collapsed(gamma, LIMITS).severity == severity


def test_negative_gamma_is_alive():
    assert gamma_collapsed(np.array([-1.0, 1.0, -0.5, 0.7]), LIMITS) is None


@pytest.mark.parametrize("value", [0.0, 1e-6, 2e4])
def test_extreme_variance_warns(value):
    variance = np.array([1.0, 0.5, value])
    assert norm_variance(variance, np.ones(3), 1.0, LIMITS).severity == "warning"


def test_variance_of_grey_levels_is_no_fault():
    variance = np.array([1.0, 146335.0])  # of the published classic weights' first norm
    assert norm_variance(variance, np.ones(2), 1.0, LIMITS) is not None
    assert norm_variance(variance, np.ones(2), LIMITS.input_std, LIMITS) is None


def test_amplification_counts_epsilon():
    assert norm_variance(np.array([1e-4]), np.array([30.0]), 1.0, LIMITS) is None  # 30 / sqrt(0.0011) = 905
    assert norm_variance(np.array([1e-4]), np.array([40.0]), 1.0, LIMITS) is not None


def test_untouched_means_exactly_the_initial_values():
    assert norm_untouched(np.zeros(4), np.ones(4), False).severity == "warning"
    assert norm_untouched(np.zeros(4), np.ones(4), True).severity == "info"
    assert norm_untouched(np.array([0, 0, 1e-9, 0]), np.ones(4), False) is None


def even_classifier(num_classes: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return 0.03 * rng.standard_normal((256, num_classes)), 0.1 * rng.standard_normal(num_classes)


@pytest.mark.parametrize("num_classes", [2, 3, 4, 21, 81])
def test_even_classes_are_no_fault(num_classes):
    assert class_bias(*even_classifier(num_classes), LIMITS) is None


@pytest.mark.parametrize("num_classes", [4, 21, 81])
@pytest.mark.parametrize("bias", [-6.0, 6.0])
def test_a_favoured_class_is_named(num_classes, bias):
    kernel, biases = even_classifier(num_classes)
    biases[2] += bias
    verdict = class_bias(kernel, biases, LIMITS)
    assert verdict.severity == "warning" and "bias of class 2" in verdict.detail


def test_a_class_with_large_weights_is_named():
    kernel, biases = even_classifier(21)
    kernel[:, 5] *= 4
    assert "column norm of class 5" in class_bias(kernel, biases, LIMITS).detail


def test_the_background_may_differ():
    kernel, biases = even_classifier(21)
    kernel[:, 0] *= 10
    biases[0] = 8
    assert class_bias(kernel, biases, LIMITS) is None
