"""Rule spectral_growth: The layer amplifies more and more: activations follow, and losses soon do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..faults import LAYERS, Arrays, Faulty, healthy_saves
from ..rule import Limits, Rule, Verdict
from ..spectra import singular_values
from ..subjects import KernelSeries


def spectral_growth(
    first: np.ndarray, last: np.ndarray, initial_std: float, limits: Limits
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


def _judge(kernel: KernelSeries, limits: Limits) -> Verdict | None:
    first, last = kernel.as_filters(kernel.first), kernel.as_filters(kernel.last)
    return spectral_growth(first, last, kernel.initial_std(limits.input_std), limits)


def _faulty(healthy: Arrays, rng: np.random.Generator) -> Iterator[Faulty]:
    """Let a kernel grow with every save: 27 and 216 times in all."""
    saves = healthy_saves(healthy, rng)
    for layer in LAYERS:
        kernel = f"{layer}.kernel"
        for growth in (3.0, 6.0):
            grown = [save | {kernel: growth**t * save[kernel]} for t, save in enumerate(saves)]
            yield Faulty("kernel grows with every save", f"{growth:g}", layer, grown)


RULE = Rule(
    name="spectral_growth",
    title="spectral growth",
    scope="series",
    place=200,
    why="The layer amplifies more and more: activations follow, and losses soon do.",
    advice="Lower the learning rate, clip gradients, or add weight decay.",
    source="singular values as a sign of divergence",
    check=_judge,
    judges=lambda kernel: not kernel.is_step and kernel.is_finite,
    thresholds={
        "spectral_growth": 10.0,  # largest singular value over the series, last / first
    },
    faulty=_faulty,
)
