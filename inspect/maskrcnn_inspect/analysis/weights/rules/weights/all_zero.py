"""Rule all_zero.

The layer gives the same output whatever the image, and equal units get equal gradients: it cannot recover.
"""

from __future__ import annotations

import numpy as np

from ...moments import Moments
from ..faults import ALL, NORMS, Fault, whole
from ..rule import Limits, Rule, Verdict
from ..subjects import Variable


def all_zero(moments: Moments, limits: Limits) -> Verdict | None:
    """Find a kernel or gamma that is zero or constant. Biases and batch norm's offsets start at zero and are exempt.

    Formula: all w = 0, or std(W) <= constant_ratio · max|w|. Threshold: 1e-7, error. Source: SageMaker AllZero.
    """
    if moments.count < 2 or moments.std > limits.constant_ratio * moments.largest:
        return None
    limit = limits.constant_ratio * moments.largest
    return Verdict("error", moments.std, limit, f"all {moments.count} values are {moments.mean:.4g}")


def _judge(variable: Variable, limits: Limits) -> Verdict | None:
    """Leave out a gamma of ones, which is one that no training has touched."""
    if not variable.is_kernel and variable.moments.largest == 1.0:
        return None
    return all_zero(variable.moments, limits)


RULE = Rule(
    name="all_zero",
    title="zero or constant",
    scope="weights",
    place=30,
    why=(
        "The layer gives the same output whatever the image, and equal units get equal gradients: "
        "it cannot recover."
    ),
    advice="Check that the layer was loaded and has a random initialiser; load or initialise it again.",
    source="SageMaker Debugger, AllZero",
    check=_judge,
    judges=lambda variable: variable.is_kernel or (variable.is_vector and variable.variable == "gamma"),
    thresholds={
        "constant_ratio": 1e-7,  # std / |mean| below which a tensor is constant: float32's resolution
    },
    faults=(
        Fault("zeros", "kernel", ALL, (0.0,), "value", whole(np.full_like)),
        Fault("constant", "kernel", ALL, (0.01, 1.0), "value", whole(np.full_like)),
        Fault("zeros", "gamma", NORMS, (0.0,), "value", whole(np.full_like)),
    ),
)
