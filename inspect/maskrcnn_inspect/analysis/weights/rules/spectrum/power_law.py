"""Rule power_law.

The tail of the spectrum is unlike that of well-trained layers: below 2 over-trained, above 6 close to random.
"""

from __future__ import annotations

import numpy as np

from ..faults import KERNELS, Fault, on_filters, same_norm
from ..rule import SPECTRUM, Limits, Rule, Verdict
from ..spectra import fitted_alpha


def power_law(sigma: np.ndarray, limits: Limits) -> Verdict | None:
    """Find a spectrum whose tail is unlike that of well-trained layers.

    Formula: alpha of ``fitted_alpha`` < alpha_low or > alpha_high. Threshold: 2 and 6, info.
    Source: HT-SR, weightwatcher (Martin & Mahoney 2021).
    """
    alpha = fitted_alpha(sigma, limits)
    if alpha is None or limits.alpha_low <= alpha <= limits.alpha_high:
        return None
    limit = limits.alpha_low if alpha < limits.alpha_low else limits.alpha_high
    return Verdict("info", alpha, limit, f"the spectrum's tail falls with exponent {alpha:.2f}")


def _heavy_tail(kernel: np.ndarray, alpha: float, rng: np.random.Generator) -> np.ndarray:
    """Give the spectrum a tail p(lambda) ~ lambda^-alpha, at evenly spaced quantiles."""
    u, sigma, v = np.linalg.svd(kernel, full_matrices=False)
    quantile = (np.arange(sigma.size) + 0.5) / sigma.size
    return same_norm(u * quantile ** (-0.5 / (alpha - 1)) @ v, kernel)


RULE = Rule(
    name="power_law",
    title="power law",
    scope="spectrum",
    place=170,
    why=(
        "The tail of the spectrum is unlike that of well-trained layers: below 2 over-trained, above "
        "6 close to random."
    ),
    advice="A hint, not a fault: compare layers with one another and over time.",
    source="HT-SR, weightwatcher (Martin & Mahoney 2021)",
    check=lambda variable, limits: power_law(variable.sigma, limits),
    judges=lambda variable: bool(variable.sigma.size),
    looks_at=SPECTRUM,
    thresholds={
        "alpha_low": 2.0,  # exponent of the spectrum's tail (Martin & Mahoney)
        "alpha_high": 6.0,
        "alpha_min_count": 50,  # eigenvalues below which no exponent is fitted
    },
    faults=(
        Fault(
            "heavy tail",
            "kernel",
            KERNELS,
            (1.3, 1.6),
            "alpha",
            on_filters(_heavy_tail),
            min_size=50,
            faint=(2.5,),
        ),
    ),
)
