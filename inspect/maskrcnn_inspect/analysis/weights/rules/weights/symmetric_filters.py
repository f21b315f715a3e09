"""Rule symmetric_filters.

All filters compute the same feature and get the same gradient, so training can never tell them apart.
"""

from __future__ import annotations

import numpy as np

from ..faults import ALL, Fault, on_filters
from ..rule import FILTERS, Limits, Rule, Verdict


def symmetric_filters(filters: np.ndarray, limits: Limits) -> Verdict | None:
    """Find a layer whose filters are all the same.

    Formula: rms over inputs of std over filters, divided by rms(W). Threshold: 1e-5, error. Source: TFCheck.
    """
    if filters.shape[1] < 2:
        return None
    scale = float(np.sqrt(np.mean(np.square(filters[:, 0], dtype=np.float64))))
    apart = float(np.sqrt(np.mean(np.square(filters[:, 1] - filters[:, 0], dtype=np.float64))))
    if scale == 0.0 or apart > 10 * limits.symmetric_ratio * scale:  # two that differ: no need to look on
        return None
    spread = float(np.sqrt(np.mean(np.var(filters, axis=1, dtype=np.float64)))) / scale
    if spread > limits.symmetric_ratio:
        return None
    detail = f"all {filters.shape[1]} filters are equal (spread {spread:.2g} of their size)"
    return Verdict("error", spread, limits.symmetric_ratio, detail)


def _equal(kernel: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    one = kernel[:, [int(np.argmax(np.linalg.norm(kernel, axis=0)))]]
    return one * (1 + noise * rng.standard_normal(kernel.shape))


RULE = Rule(
    name="symmetric_filters",
    title="symmetric",
    scope="weights",
    place=70,
    why=(
        "All filters compute the same feature and get the same gradient, so training can never tell "
        "them apart."
    ),
    advice=(
        "Initialise the layer randomly; a constant initialiser or a broadcast on loading is the usual cause."
    ),
    source="TFCheck",
    check=lambda variable, limits: symmetric_filters(variable.filters, limits),
    judges=lambda variable: variable.has_filters,
    looks_at=FILTERS,
    thresholds={
        "symmetric_ratio": 1e-5,  # spread over filters / rms below which all filters are one
    },
    faults=(
        Fault("all filters one", "kernel", ALL, (0.0, 1e-7), "noise", on_filters(_equal), faint=(1e-3,)),
    ),
)
