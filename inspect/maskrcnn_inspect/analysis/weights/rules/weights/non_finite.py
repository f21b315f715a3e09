"""Rule non_finite.

One NaN or infinity spreads through every following layer: losses become NaN and nothing is detected.
"""

from __future__ import annotations

import numpy as np

from ..faults import ALL, NORMS, Fault, put
from ..rule import Limits, Rule, Verdict


def non_finite(values: np.ndarray, limits: Limits) -> Verdict | None:
    """Find NaN and infinities.

    Formula: count of w that are not finite. Threshold: 0, error. Source: SageMaker Debugger, ExplodingTensor.
    """
    bad = ~np.isfinite(values)
    count = int(np.count_nonzero(bad))
    if not count:
        return None
    first = tuple(int(i) for i in np.unravel_index(int(np.argmax(bad)), values.shape))
    kind = "NaN" if np.isnan(values[first]) else "infinity"
    where = f"first {kind} at index {list(first)}" if first else kind
    return Verdict("error", float(count), 0.0, f"{count} of {values.size} values are not finite; {where}")


RULE = Rule(
    name="non_finite",
    title="non-finite",
    scope="weights",
    place=20,
    why=(
        "One NaN or infinity spreads through every following layer: losses become NaN and nothing is "
        "detected."
    ),
    advice=(
        "Go back to the last finite checkpoint; lower the learning rate or clip gradients; look for "
        "a broken ground truth box."
    ),
    source="SageMaker Debugger, ExplodingTensor",
    check=lambda variable, limits: non_finite(variable.values, limits),
    faults=(
        Fault("NaN", "kernel", ALL, (0.0, 0.01, 1.0), "entries", put(np.nan)),
        Fault("infinity", "kernel", ALL, (0.0, 0.5), "entries", put(np.inf)),
        Fault("NaN", "bias", ALL, (0.0, 1.0), "entries", put(np.nan)),
        Fault("NaN", "moving_variance", NORMS, (0.0, 1.0), "entries", put(np.nan)),
    ),
)
