"""Rule initial_spread.

Weights far from the scale that keeps signals alive make activations vanish or explode with depth.
"""

from __future__ import annotations

import math

import numpy as np

from ...moments import Moments
from ..faults import KERNELS, Fault, whole
from ..rule import SIZES, Limits, Rule, Verdict


def initial_spread(moments: Moments, initial: tuple[float, ...], limits: Limits) -> Verdict | None:
    """Find a kernel whose spread is far from every usual initialisation.

    Formula: std(W) / initial std, with ``initial`` the He, Glorot and layer-specific values. Threshold: outside
    1/10 to 10 of all of them, warning. Source: SageMaker PoorWeightInitialization; He et al. 2015.
    """
    if moments.count < limits.init_min_count:
        return None
    std = max(moments.std, 1e-30)
    nearest = min(initial, key=lambda each: abs(math.log(std / each)))
    ratio = std / nearest
    if 1 / limits.init_ratio <= ratio <= limits.init_ratio:
        return None
    limit = limits.init_ratio if ratio > 1 else 1 / limits.init_ratio
    detail = f"std {std:.3g} is {ratio:.3g} times that of an initialised layer ({nearest:.3g})"
    return Verdict("warning", ratio, limit, detail)


RULE = Rule(
    name="initial_spread",
    title="spread",
    scope="weights",
    place=90,
    why="Weights far from the scale that keeps signals alive make activations vanish or explode with depth.",
    advice=(
        "Check the initialiser, the unit of the file, and weight decay; harmless where a batch norm follows."
    ),
    source="SageMaker Debugger, PoorWeightInitialization (He et al. 2015; Glorot & Bengio 2010)",
    check=lambda variable, limits: initial_spread(variable.moments, variable.initial_stds, limits),
    judges=lambda variable: variable.is_living_kernel,
    looks_at=SIZES,
    faults=(
        Fault("scaled", "kernel", KERNELS, (1e-4, 100.0), "factor", whole(np.multiply), faint=(0.3, 3.0)),
    ),
)
