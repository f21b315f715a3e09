"""Rule activation_range.

Activations without a range carry nothing, huge ones lose precision and swamp what they are added to.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..faults import Arrays, Faulty, healthy_activations
from ..rule import Limits, Rule, Verdict


def activation_range(activation: np.ndarray, limits: Limits) -> Verdict | None:
    """Find maps that are flat or overflow.

    Formula: max - min = 0, or max |a| > activation_max. Threshold: 0 and 1e4, warning.
    Source: SageMaker, tensor variance.
    """
    low, high = float(activation.min()), float(activation.max())
    if low == high and activation.size > 1:
        return Verdict("warning", 0.0, 0.0, f"all {activation.size} values are {low:.4g}")
    largest = max(abs(low), abs(high))
    if largest <= limits.activation_max:
        return None
    return Verdict("warning", largest, limits.activation_max, f"the largest |activation| is {largest:.4g}")


def _faulty(healthy: Arrays, rng: np.random.Generator) -> Iterator[Faulty]:
    """Flatten a map, and blow it up."""
    maps = healthy_activations(rng)
    for name in (name for name in maps if not name.endswith("logits")):
        for kind, faulty in (("flat", np.full_like(maps[name], 0.5)), ("x 1e5", 1e5 * maps[name])):
            yield Faulty(kind, "all cells", name, maps | {name: faulty})


RULE = Rule(
    name="activation_range",
    title="range",
    scope="trace",
    place=240,
    why=(
        "Activations without a range carry nothing, huge ones lose precision and swamp what they are "
        "added to."
    ),
    advice="Look for the first layer where it begins, then inspect that layer's weights.",
    source="SageMaker Debugger, tensor variance",
    check=lambda activation, limits: activation_range(activation.values, limits),
    judges=lambda activation: activation.is_map,
    silenced_by=("non_finite_activation",),
    thresholds={
        "activation_max": 1e4,  # |activation|
    },
    faulty=_faulty,
)
