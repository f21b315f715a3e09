"""Rules on the singular values of a kernel.

Enters: W as (fan_in, filter). Leaves: its singular values, what is measured on them, and verdicts.

Shapes: sigma (min(fan_in, filter),), largest first; lambda = sigma² the eigenvalues of WᵀW.
"""

from __future__ import annotations

import numpy as np

from ..findings import Verdict
from .thresholds import Thresholds

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


def fitted_alpha(sigma: np.ndarray, limits: Thresholds) -> float | None:
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
    for start in range(count - limits.alpha_min_count // 2):
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


def stable_rank(sigma: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find a kernel with next to one direction.

    Formula: ||W||_F² / ||W||_2² < max(stable_rank, stable_rank_share · min(dim)). Threshold: 2, 1 %, warning.
    Source: weightwatcher's definition. Kernels with fewer than rank_min_size directions are left out: two classes
    need but one.
    """
    if sigma.size < limits.rank_min_size or sigma[0] == 0:
        return None
    rank = measured_stable_rank(sigma)
    limit = max(limits.stable_rank, limits.stable_rank_share * sigma.size)
    if rank >= limit:
        return None
    return Verdict("warning", rank, limit, f"stable rank {rank:.2f} of {sigma.size} possible")


def effective_rank(sigma: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find a kernel that uses a small part of its dimensions.

    Formula: exp(-sum p ln p), p = sigma / sum sigma, < effective_rank_share · min(dim). Threshold: 10 %, warning.
    Source: Roy & Vetterli 2007. Kernels with fewer than rank_min_size directions are left out.
    """
    if sigma.size < limits.rank_min_size or sigma[0] == 0:
        return None
    rank = measured_effective_rank(sigma)
    limit = limits.effective_rank_share * sigma.size
    if rank >= limit:
        return None
    return Verdict("warning", rank, limit, f"effective rank {rank:.1f} of {sigma.size} possible")


def power_law(sigma: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find a spectrum whose tail is unlike that of well-trained layers.

    Formula: alpha of ``fitted_alpha`` < alpha_low or > alpha_high. Threshold: 2 and 6, info.
    Source: HT-SR, weightwatcher (Martin & Mahoney 2021).
    """
    alpha = fitted_alpha(sigma, limits)
    if alpha is None or limits.alpha_low <= alpha <= limits.alpha_high:
        return None
    limit = limits.alpha_low if alpha < limits.alpha_low else limits.alpha_high
    return Verdict("info", alpha, limit, f"the spectrum's tail falls with exponent {alpha:.2f}")
