"""Rule gamma_collapsed.

Batch norm multiplies the channel by almost zero: what the convolution found there is thrown away.
"""

from __future__ import annotations

import numpy as np

from ..faults import NORMS, Fault, times
from ..rule import CHANNELS, Limits, Rule, Verdict, graded


def gamma_collapsed(gamma: np.ndarray, limits: Limits) -> Verdict | None:
    """Find channels that batch norm switches off.

    Formula: |gamma_j| < gamma_ratio · median |gamma| over the living channels: those above the ratio times the
    largest, which counts as ten times the initial value 1 at most. Threshold: any info, 10 % warning, 50 % error.
    Source: network slimming (Liu et al. 2017).
    """
    size = np.abs(gamma)
    if size.size < 2 or not size.any():
        return None  # all zero: the rule of that name says so
    living = size[size >= limits.gamma_ratio * min(float(size.max()), limits.init_ratio)]
    limit = limits.gamma_ratio * float(np.median(living))
    off = np.flatnonzero(size < limit)
    if not off.size:
        return None
    share = off.size / size.size
    severity, threshold = graded(share, limits.gamma_warning, limits.gamma_error)
    detail = f"gamma of {off.size} of {size.size} channels is below {limit:.3g} ({share:.1%})"
    return Verdict(severity, share, threshold, detail)


RULE = Rule(
    name="gamma_collapsed",
    title="gamma",
    scope="weights",
    place=120,
    why="Batch norm multiplies the channel by almost zero: what the convolution found there is thrown away.",
    advice=(
        "A few are usual after weight decay on gamma; many point to a failed load or too strong "
        "regularisation."
    ),
    source="network slimming (Liu et al. 2017)",
    check=lambda variable, limits: gamma_collapsed(variable.finite, limits),
    judges=lambda variable: variable.is_vector and variable.variable == "gamma",
    looks_at=CHANNELS,
    thresholds={
        "gamma_ratio": 1e-2,  # |gamma| / median |gamma| below which a channel is switched off
        "gamma_warning": 0.1,  # share of a layer's channels
        "gamma_error": 0.5,  # share of a layer's channels
    },
    faults=(
        Fault("gamma x 0", "gamma", NORMS, (0.05, 0.2, 0.6, 0.95), "channels", times(0)),
        Fault("gamma x 1e-4", "gamma", NORMS, (0.05, 0.6), "channels", times(1e-4)),
    ),
)
