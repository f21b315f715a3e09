"""Rule dead_filters.

A filter near zero contributes nothing; with many of them the layer has lost most of its capacity.
"""

from __future__ import annotations

import numpy as np

from ..faults import KERNELS, Fault, scaled_filters
from ..rule import FILTERS, Limits, Rule, Verdict, graded


def dead_filters(norms: np.ndarray, initial_norm: float, limits: Limits) -> Verdict | None:
    """Find filters that are next to zero.

    Formula: ||w_j|| < dead_filter_ratio · median ||w_j|| over the living filters. Living is what exceeds the ratio
    times the largest norm; a norm counts as ten times its initial value at most. So neither a majority of dead
    filters nor exploded ones shift the median. Threshold: any info, 5 % warning, 50 % error.
    Source: analogous to network slimming (Liu et al. 2017).
    """
    if norms.size < 2 or not norms.any():
        return None
    capped = np.minimum(norms, limits.init_ratio * initial_norm)
    living = capped[capped >= limits.dead_filter_ratio * capped.max()]
    limit = limits.dead_filter_ratio * float(np.median(living))
    dead = np.flatnonzero(norms < limit)
    if not dead.size:
        return None
    share = dead.size / norms.size
    severity, threshold = graded(share, limits.dead_filters_warning, limits.dead_filters_error)
    detail = f"{dead.size} of {norms.size} filters are dead ({share:.1%}): {_listed(dead)}"
    return Verdict(severity, share, threshold, detail)


def _listed(indices: np.ndarray, limit: int = 8) -> str:
    shown = ", ".join(str(int(i)) for i in indices[:limit])
    return shown + (", …" if indices.size > limit else "")


RULE = Rule(
    name="dead_filters",
    title="dead filters",
    scope="weights",
    place=60,
    why="A filter near zero contributes nothing; with many of them the layer has lost most of its capacity.",
    advice=(
        "A few are usual in pruned or long-trained networks; many point to a failed load, high "
        "weight decay or dead ReLUs."
    ),
    source="analogous to network slimming (Liu et al. 2017)",
    check=lambda variable, limits: dead_filters(variable.norms, variable.initial_norm, limits),
    judges=lambda variable: variable.has_filters,
    looks_at=FILTERS,
    thresholds={
        "dead_filter_ratio": 1e-3,  # norm / median norm below which a filter is dead
        "dead_filters_warning": 0.05,  # share of a layer's filters
        "dead_filters_error": 0.5,  # share of a layer's filters
    },
    faults=(
        Fault("filters x 0", "kernel", KERNELS, (0.0, 0.1, 0.6, 0.95), "filters", scaled_filters(0)),
        Fault("filters x 1e-5", "kernel", KERNELS, (0.0, 0.1, 0.6, 0.95), "filters", scaled_filters(1e-5)),
    ),
)
