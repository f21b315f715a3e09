"""Rule outliers: A few extreme weights cost precision in quantisation and make the layer sensitive to single inputs."""

from __future__ import annotations

from ...moments import Moments
from ..faults import KERNELS, Fault, times
from ..rule import SIZES, Limits, Rule, Verdict


def outliers(moments: Moments, limits: Limits) -> Verdict | None:
    """Find extreme weights.

    Formula: excess kurtosis mean(z^4) - 3, and max|z|, z = (w - mean) / std. Threshold: 10 and 30, info.
    Source: quantisation practice.
    """
    if moments.count < limits.init_min_count:
        return None
    detail = f"excess kurtosis {moments.kurtosis:.3g}; the largest weight is {moments.deviation:.3g} std from the mean"
    if moments.kurtosis > limits.kurtosis:
        return Verdict("info", moments.kurtosis, limits.kurtosis, detail)
    if moments.deviation > limits.outlier_ratio:
        return Verdict("info", moments.deviation, limits.outlier_ratio, detail)
    return None


RULE = Rule(
    name="outliers",
    title="outliers",
    scope="weights",
    place=100,
    why="A few extreme weights cost precision in quantisation and make the layer sensitive to single inputs.",
    advice="Nothing for float32; clip or use per-channel scales before quantising.",
    source="quantisation practice",
    check=lambda variable, limits: outliers(variable.moments, limits),
    judges=lambda variable: variable.is_living_kernel,
    looks_at=SIZES,
    thresholds={
        "kurtosis": 10.0,  # excess; 0 for a normal distribution
        "outlier_ratio": 30.0,  # max |w - mean| / std
    },
    faults=(Fault("entries x 40", "kernel", KERNELS, (0.001, 0.01), "entries", times(40)),),
)
