"""Rules on one tensor over time: consecutive checkpoints, a training step, a gradient.

Enters: the tensor before and after, or at every save. Leaves: verdicts. A tensor that does not change at all may be
frozen on purpose: ``update_ratio`` is silent about it, ``never_trained`` speaks once three saves are equal.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from ..findings import Verdict
from .thresholds import Thresholds
from .weight_spectra import singular_values


def measured_update(before: np.ndarray, after: np.ndarray, initial_norm: float = 0.0) -> float:
    """Return ||after - before|| / ||before||. A tensor initialised smaller than usual counts with ``initial_norm``."""
    change = float(np.linalg.norm((after - before).ravel().astype(np.float64)))
    return change / (max(float(np.linalg.norm(before.ravel().astype(np.float64))), initial_norm) + 1e-9)


def update_ratio(
    before: np.ndarray,
    after: np.ndarray,
    limits: Thresholds,
    initial_norm: float = 0.0,
    one_step: bool = True,
) -> Verdict | None:
    """Find steps that destroy or do not train.

    Formula: ||dW|| / (||W|| + 1e-9). Threshold: outside 1e-4..1e-1 of a step warning; > 10 or < 1e-8 error.
    Source: SageMaker WeightUpdateRatio; TFCheck. Between two saves lie many steps (``one_step`` false): only the
    outer limits and the lower warning hold. No change at all is no step: the tensor is frozen; what is not finite is
    another rule's.
    """
    ratio = measured_update(before, after, initial_norm)
    if ratio == 0.0 or not math.isfinite(ratio):
        return None
    if not limits.update_error_low <= ratio <= limits.update_error_high:
        limit = limits.update_error_low if ratio < 1 else limits.update_error_high
        return Verdict("error", ratio, limit, f"changed by {ratio:.3g} of its norm")
    if ratio < limits.update_low:
        return Verdict("warning", ratio, limits.update_low, f"changed by {ratio:.3g} of its norm only")
    if one_step and ratio > limits.update_high:
        return Verdict(
            "warning", ratio, limits.update_high, f"changed by {ratio:.3g} of its norm in one step"
        )
    return None


def never_trained(saves: Iterable[np.ndarray], limits: Thresholds) -> Verdict | None:
    """Find a tensor that stays as it is over the saves, read one after the other. Do not ask about frozen layers.

    Formula: allclose(W_t, W_0, 1e-5, 1e-8) for all t. Threshold: 3 saves, warning. Source: SageMaker UnchangedTensor.
    """
    remaining = iter(saves)
    first, count, largest = next(remaining), 1, 0.0
    for save in remaining:
        if not np.allclose(save, first, limits.never_trained_rtol, limits.never_trained_atol):
            return None
        largest = max(largest, float(np.abs(save - first).max(initial=0.0)))
        count += 1
    if count < limits.never_trained_saves:
        return None
    detail = f"the same in all {count} saves (largest change {largest:.2g})"
    return Verdict("warning", largest, limits.never_trained_atol, detail)


def spectral_growth(
    first: np.ndarray, last: np.ndarray, initial_std: float, limits: Thresholds
) -> Verdict | None:
    """Find a kernel (fan_in, filter) that amplifies ever more.

    Formula: sigma_1(last) / max(sigma_1(first), std · (sqrt(fan_in) + sqrt(filter))), the second being what an
    initialiser gives. Threshold: 10, warning. Source: singular values as a sign of divergence.
    """
    expected = initial_std * (first.shape[0] ** 0.5 + first.shape[1] ** 0.5)
    before = max(float(singular_values(first)[0]), expected)
    growth = float(singular_values(last)[0]) / before if before > 0 else 0.0
    if growth <= limits.spectral_growth:
        return None
    return Verdict(
        "warning", growth, limits.spectral_growth, f"largest singular value grew {growth:.3g} times"
    )


def vanishing_gradient(gradient: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find a gradient that is next to nothing.

    Formula: mean |g| < gradient_mean. Threshold: 1e-7, warning. Source: SageMaker VanishingGradient.
    """
    mean = float(np.abs(gradient).mean(dtype=np.float64))
    if not mean < limits.gradient_mean:
        return None
    return Verdict("warning", mean, limits.gradient_mean, f"mean |gradient| is {mean:.3g}")
