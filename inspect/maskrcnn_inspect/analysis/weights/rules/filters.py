"""A kernel as filters.

Shapes: W (fan_in, filter); w_j its columns.
"""

from __future__ import annotations

import numpy as np


def as_filters(kernel: np.ndarray, unit_axis: int = -1) -> np.ndarray:
    """Return ``kernel`` as (fan_in, filter): (y, x, in, out) has its filters last, a transposed kernel on axis 2."""
    return np.moveaxis(kernel, unit_axis, -1).reshape(-1, kernel.shape[unit_axis])


def filter_norms(filters: np.ndarray) -> np.ndarray:
    """Return ||w_j|| of each column."""
    with np.errstate(over="ignore"):
        norms = np.sqrt(np.einsum("ij,ij->j", filters, filters))
    return norms if np.isfinite(norms).all() else np.linalg.norm(filters.astype(np.float64), axis=0)
