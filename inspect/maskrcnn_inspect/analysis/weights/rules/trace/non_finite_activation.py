"""Rule non_finite_activation: Everything computed from here on is meaningless."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..faults import Arrays, Faulty, healthy_activations
from ..rule import Limits, Rule, Verdict


def non_finite_activation(values: np.ndarray, limits: Limits) -> Verdict | None:
    """Find NaN and infinities.

    Formula: count of values that are not finite. Threshold: 0, error. Source: SageMaker ExplodingTensor.
    """
    count = int(np.count_nonzero(~np.isfinite(values)))
    if not count:
        return None
    return Verdict("error", float(count), 0.0, f"{count} of {values.size} values are not finite")


def _faulty(healthy: Arrays, rng: np.random.Generator) -> Iterator[Faulty]:
    """Put one NaN or one infinity into a tensor."""
    maps = healthy_activations(rng)
    for name in maps:
        for kind, value in (("one NaN", np.nan), ("one infinity", np.inf)):
            faulty = maps[name].copy()
            faulty.reshape(-1)[faulty.size // 2] = value
            yield Faulty(kind, "1 cell", name, maps | {name: faulty})


RULE = Rule(
    name="non_finite_activation",
    title="non-finite",
    scope="trace",
    place=250,
    why="Everything computed from here on is meaningless.",
    advice="Look at the first such tensor in data-flow order; the layer before it has the fault.",
    source="SageMaker Debugger, ExplodingTensor",
    check=lambda activation, limits: non_finite_activation(activation.values, limits),
    faulty=_faulty,
)
