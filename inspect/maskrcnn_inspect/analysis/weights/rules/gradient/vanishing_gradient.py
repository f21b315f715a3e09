"""Rule vanishing_gradient: No learning signal arrives at this layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..faults import LAYERS, Arrays, Faulty
from ..rule import Limits, Rule, Verdict


def vanishing_gradient(gradient: np.ndarray, limits: Limits) -> Verdict | None:
    """Find a gradient that is next to nothing.

    Formula: mean |g| < gradient_mean. Threshold: 1e-7, warning. Source: SageMaker VanishingGradient.
    """
    mean = float(np.abs(gradient).mean(dtype=np.float64))
    if not mean < limits.gradient_mean:
        return None
    return Verdict("warning", mean, limits.gradient_mean, f"mean |gradient| is {mean:.3g}")


def _faulty(healthy: Arrays, rng: np.random.Generator) -> Iterator[Faulty]:
    """Let the gradient of one layer vanish."""
    gradients = {n: 1e-3 * rng.standard_normal(a.shape) for n, a in healthy.items()}
    for layer in LAYERS:
        kernel = f"{layer}.kernel"
        for factor in (0.0, 1e-6):
            yield Faulty(
                "gradient scaled", f"{factor:g}", layer, gradients | {kernel: factor * gradients[kernel]}
            )


RULE = Rule(
    name="vanishing_gradient",
    title="gradient",
    scope="gradient",
    place=210,
    why="No learning signal arrives at this layer.",
    advice="Look for dead ReLUs, saturated sigmoids or a wrong loss weight behind it.",
    source="SageMaker Debugger, VanishingGradient",
    check=vanishing_gradient,
    thresholds={
        "gradient_mean": 1e-7,  # mean |g| (SageMaker VanishingGradient)
    },
    faulty=_faulty,
)
