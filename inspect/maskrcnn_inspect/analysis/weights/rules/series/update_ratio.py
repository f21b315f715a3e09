"""Rule update_ratio.

Steps should be about a thousandth of the weights: far larger ones destroy, far smaller ones do not train.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ..faults import LAYERS, Arrays, Faulty, moved
from ..rule import SEVERITIES, Limits, Rule, Verdict
from ..subjects import KernelSeries


def measured_update(before: np.ndarray, after: np.ndarray, initial_norm: float = 0.0) -> float:
    """Return ||after - before|| / ||before||. A tensor initialised smaller than usual counts with ``initial_norm``."""
    change = float(np.linalg.norm((after - before).ravel().astype(np.float64)))
    return change / (max(float(np.linalg.norm(before.ravel().astype(np.float64))), initial_norm) + 1e-9)


def update_ratio(
    before: np.ndarray,
    after: np.ndarray,
    limits: Limits,
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


def _judge(kernel: KernelSeries, limits: Limits) -> Verdict | None:
    """Return the worst verdict on two saves that follow each other, the earlier one of equals."""
    verdicts = (
        update_ratio(before, after, limits, kernel.initial_norm, kernel.is_step)
        for before, after in kernel.pairs()
    )
    found = [verdict for verdict in verdicts if verdict]
    return min(found, key=lambda verdict: SEVERITIES.index(verdict.severity), default=None)


def _faulty(healthy: Arrays, rng: np.random.Generator) -> Iterator[Faulty]:
    """Let one layer move too little or too much in a step."""
    after = moved(healthy, 1e-3, rng)
    for layer in LAYERS:
        kernel = f"{layer}.kernel"
        for amount in (1e-9, 1e-5, 0.5, 100.0):
            change = amount * healthy[kernel].std() * rng.standard_normal(healthy[kernel].shape)
            before = {n: a.astype(np.float64) for n, a in healthy.items()}
            step = {n: a.astype(np.float64) for n, a in after.items()} | {kernel: before[kernel] + change}
            yield Faulty("step", f"{amount:g} of the norm", layer, (before, step))


RULE = Rule(
    name="update_ratio",
    title="update ratio",
    scope="series",
    place=190,
    why=(
        "Steps should be about a thousandth of the weights: far larger ones destroy, far smaller "
        "ones do not train."
    ),
    advice="Change the learning rate of this layer; warm up after loading; check the loss weights.",
    source="SageMaker Debugger, WeightUpdateRatio; TFCheck",
    check=_judge,
    judges=lambda kernel: kernel.is_step or kernel.is_finite,
    thresholds={
        "update_low": 1e-4,  # ||dW|| / ||W|| of a step
        "update_high": 1e-1,
        "update_error_low": 1e-8,
        "update_error_high": 10.0,
    },
    faulty=_faulty,
)
