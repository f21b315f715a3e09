"""Rule half_precision: In float16 larger values become infinity and smaller ones lose digits or vanish."""

from __future__ import annotations

import numpy as np

from ..faults import ALL, KERNELS, Fault, put
from ..rule import SIZES, Limits, Rule, Verdict
from ..subjects import Variable


def half_saturated(magnitudes: np.ndarray, limits: Limits) -> Verdict | None:
    """Find weights that float16 cannot hold.

    Formula: any |w| >= half_max. Threshold: 65504, error. Source: IEEE 754, binary16.
    """
    count = int(np.count_nonzero(magnitudes >= limits.half_max))
    if not count:
        return None
    detail = f"{count} of {magnitudes.size} values are {limits.half_max:g} or more, the end of float16"
    return Verdict("error", float(magnitudes.max()), limits.half_max, detail)


def half_subnormal(magnitudes: np.ndarray, limits: Limits) -> Verdict | None:
    """Find weights that float16 holds with few digits or none.

    Formula: share of the non-zero weights with |w| < half_min. Threshold: 1 %, info. Source: IEEE 754, binary16.
    """
    nonzero = int(np.count_nonzero(magnitudes))
    small = int(np.count_nonzero(magnitudes < limits.half_min)) - (magnitudes.size - nonzero)
    share = small / nonzero if nonzero else 0.0
    if share <= limits.half_subnormal_share:
        return None
    detail = f"{share:.1%} of the non-zero weights are subnormal in float16"
    return Verdict("info", share, limits.half_subnormal_share, detail)


def _is_converted(variable: Variable) -> bool:
    """Leave out a batch norm's statistics: frameworks keep them in float32."""
    return variable.is_living_kernel or (variable.is_vector and not variable.variable.startswith("moving_"))


def _judge(variable: Variable, limits: Limits) -> Verdict | None:
    saturated = half_saturated(variable.magnitudes, limits)
    return saturated or (half_subnormal(variable.magnitudes, limits) if variable.is_kernel else None)


RULE = Rule(
    name="half_precision",
    title="half precision",
    scope="weights",
    place=50,
    why="In float16 larger values become infinity and smaller ones lose digits or vanish.",
    advice="Keep this layer in float32 or bfloat16 when the model is converted, or rescale it.",
    source="IEEE 754, binary16",
    check=_judge,
    judges=_is_converted,
    looks_at=SIZES,
    thresholds={
        "half_max": 65504.0,  # largest finite float16 (IEEE 754)
        "half_min": 6.1035e-5,  # smallest normal float16 (IEEE 754)
        "half_subnormal_share": 0.01,  # of the non-zero weights
    },
    faults=(
        Fault("entries at 70000", "kernel", ALL, (0.0, 0.01), "entries", put(7e4), ("exploding",)),
        Fault("entries at 1e-6", "kernel", KERNELS, (0.05, 0.5), "entries", put(1e-6)),
    ),
)
