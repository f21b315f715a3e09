"""Rule stable_rank: One direction carries almost all of the layer: it passes on little more than one feature."""

from __future__ import annotations

import numpy as np

from ..faults import KERNELS, Fault, on_filters, same_norm
from ..rule import SPECTRUM, Limits, Rule, Verdict
from ..spectra import measured_stable_rank


def stable_rank(sigma: np.ndarray, limits: Limits) -> Verdict | None:
    """Find a kernel with next to one direction.

    Formula: ||W||_F² / ||W||_2² < max(stable_rank, stable_rank_share · min(dim)). Threshold: 2, 1 %, warning.
    Source: weightwatcher's definition. Kernels with fewer than rank_min_size directions are left out: two classes
    need but one.
    """
    if sigma.size < limits.rank_min_size or sigma[0] == 0:
        return None
    rank = measured_stable_rank(sigma)
    limit = max(limits.stable_rank, limits.stable_rank_share * sigma.size)
    if rank >= limit:
        return None
    return Verdict("warning", rank, limit, f"stable rank {rank:.2f} of {sigma.size} possible")


def _one_direction(kernel: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Add one direction, ``strength`` times the largest singular value; keep the norm."""
    u, v = rng.standard_normal((kernel.shape[0], 1)), rng.standard_normal((1, kernel.shape[1]))
    added = strength * np.linalg.norm(kernel, 2) * u @ v / (np.linalg.norm(u) * np.linalg.norm(v))
    return same_norm(kernel + added, kernel)


RULE = Rule(
    name="stable_rank",
    title="stable rank",
    scope="spectrum",
    place=150,
    why="One direction carries almost all of the layer: it passes on little more than one feature.",
    advice=(
        "Compare with an earlier checkpoint; a collapse that appears in training calls for a lower "
        "learning rate."
    ),
    source="weightwatcher's definition of stable rank",
    check=lambda variable, limits: stable_rank(variable.sigma, limits),
    judges=lambda variable: bool(variable.sigma.size),
    looks_at=SPECTRUM,
    thresholds={
        "stable_rank": 2.0,  # ||W||_F^2 / ||W||_2^2
        "stable_rank_share": 0.01,  # of min(fan-in, filters)
    },
    faults=(
        Fault(
            "one direction added",
            "kernel",
            KERNELS,
            (10.0, 100.0),
            "strength",
            on_filters(_one_direction),
            min_size=16,
            faint=(0.5,),
        ),
    ),
)
