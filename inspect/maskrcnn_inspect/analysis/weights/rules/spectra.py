"""The singular values of a kernel, and what is measured on them.

Inputs: W as (fan_in, filter). Outputs: its singular values and numbers made of them.

Shapes: sigma (min(fan_in, filter),), largest first; lambda = sigma² the eigenvalues of WᵀW.
"""

from __future__ import annotations

import numpy as np

from .rule import Limits

_ROWS = 4096  # of W in float64 at a time: 32 MB at 1024 filters


def singular_values(filters: np.ndarray) -> np.ndarray:
    """Return sigma, largest first, float64.

    By the eigenvalues of the smaller Gram matrix, in float64: exact to about 1e-8 of the largest, many times faster
    than a decomposition of W, and without a second W in memory.
    """
    scale = float(np.abs(filters).max(initial=0.0))
    if scale == 0.0:
        return np.zeros(min(filters.shape))
    wide = filters if filters.shape[0] >= filters.shape[1] else filters.T
    gram = np.zeros((wide.shape[1], wide.shape[1]))
    for start in range(0, wide.shape[0], _ROWS):
        rows = wide[start : start + _ROWS].astype(np.float64) / scale  # whose squares stay finite
        gram += rows.T @ rows
    return scale * np.sqrt(np.maximum(np.linalg.eigvalsh(gram)[::-1], 0.0))


def measured_stable_rank(sigma: np.ndarray) -> float:
    """Return ||W||_F² / ||W||_2²: 1 for a single direction, min(fan_in, filter) for equal ones. 0 for a zero W."""
    return float(np.sum(sigma**2) / sigma[0] ** 2) if sigma.size and sigma[0] > 0 else 0.0


def measured_effective_rank(sigma: np.ndarray) -> float:
    """Return exp(-sum p ln p), p = sigma / sum sigma (Roy & Vetterli 2007). 0 for a zero W."""
    if not sigma.size or sigma[0] == 0:
        return 0.0
    p = sigma / sigma.sum()
    p = p[p > 0]
    return float(np.exp(-np.sum(p * np.log(p))))


def fitted_alpha(sigma: np.ndarray, limits: Limits) -> float | None:
    """Return the exponent of the tail of lambda = sigma²: p(lambda) ~ lambda^-alpha from lambda_min on.

    Formula: alpha = 1 + n / sum ln(lambda / lambda_min), at the lambda_min of the least Kolmogorov-Smirnov distance
    (Clauset et al. 2009, eq. 3.1). None with too few eigenvalues.
    """
    lambdas = np.sort(sigma[sigma > 1e-6 * sigma[0]] ** 2) if sigma.size and sigma[0] > 0 else np.zeros(0)
    count = lambdas.size
    if count < limits.alpha_min_count:
        return None
    logs = np.log(lambdas)
    best, alpha = np.inf, None
    for start in range(count - int(limits.alpha_min_count) // 2):
        tail = logs[start:] - logs[start]
        total = float(tail.sum())
        if total <= 0:
            continue
        exponent = 1 + tail.size / total
        expected = 1 - np.exp(-(exponent - 1) * tail)
        distance = float(np.abs(np.arange(tail.size) / tail.size - expected).max())
        if distance < best:
            best, alpha = distance, exponent
    return alpha
