"""Rule norm_untouched.

Mean 0 and variance 1 everywhere are initial values: statistics were never gathered, or a load by name missed them.
"""

from __future__ import annotations

import numpy as np

from ..faults import NORMS, Arrays, Fault
from ..rule import LAYER, Limits, Rule, Verdict
from ..subjects import LayerArrays


def norm_untouched(mean: np.ndarray, variance: np.ndarray, stored_only: bool) -> Verdict | None:
    """Find statistics that were never gathered.

    Formula: mean exactly 0 and variance exactly 1. Threshold: every channel, warning. Source: usual after a by-name
    load that missed.
    stored_only: the norm uses its stored statistics even in training (the heads'), where this is no fault: info.
    """
    if mean.any() or not np.all(variance == 1.0):
        return None
    detail = f"mean is 0 and variance 1 in all {mean.size} channels"
    return Verdict("info" if stored_only else "warning", 1.0, 1.0, detail)


def _judge(layer: LayerArrays, limits: Limits) -> Verdict | None:
    if layer.norm is None:
        return None
    _, mean, variance = layer.norm
    return norm_untouched(mean, variance, layer.is_stored_only)


def _untouched(arrays: Arrays, name: str, size: float, rng: np.random.Generator) -> None:
    arrays[name][:] = 1.0
    arrays[name.replace("moving_variance", "moving_mean")][:] = 0.0


RULE = Rule(
    name="norm_untouched",
    title="BN untouched",
    scope="weights",
    place=140,
    why=(
        "Mean 0 and variance 1 everywhere are initial values: statistics were never gathered, or a "
        "load by name missed them."
    ),
    advice=(
        "Load the layer again. Norms that run on stored statistics and are never updated (the "
        "heads') stay so by design."
    ),
    source="usual after a by-name load that missed",
    check=_judge,
    judges=lambda layer: layer.norm is not None,
    looks_at=LAYER,
    variable="moving_variance",
    faults=(Fault("as initialised", "moving_variance", NORMS, (1.0,), "channels", _untouched),),
)
