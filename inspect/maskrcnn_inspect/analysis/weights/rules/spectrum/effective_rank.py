"""Rule effective_rank: The layer uses a small part of its dimensions."""

from __future__ import annotations

import numpy as np

from ..faults import KERNELS, Fault, on_filters, same_norm
from ..rule import SPECTRUM, Limits, Rule, Verdict
from ..spectra import measured_effective_rank


def effective_rank(sigma: np.ndarray, limits: Limits) -> Verdict | None:
    """Find a kernel that uses a small part of its dimensions.

    Formula: exp(-sum p ln p), p = sigma / sum sigma, < effective_rank_share · min(dim). Threshold: 10 %, warning.
    Source: Roy & Vetterli 2007. Kernels with fewer than rank_min_size directions are left out.
    """
    if sigma.size < limits.rank_min_size or sigma[0] == 0:
        return None
    rank = measured_effective_rank(sigma)
    limit = limits.effective_rank_share * sigma.size
    if rank >= limit:
        return None
    return Verdict("warning", rank, limit, f"effective rank {rank:.1f} of {sigma.size} possible")


def _few_directions(kernel: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Leave a share of the directions, equally strong."""
    u, sigma, v = np.linalg.svd(kernel, full_matrices=False)
    kept = max(1, round(share * sigma.size))
    return same_norm(u[:, :kept] @ v[:kept], kernel)


RULE = Rule(
    name="effective_rank",
    title="effective rank",
    scope="spectrum",
    place=160,
    why="The layer uses a small part of its dimensions.",
    advice="Compare with an earlier checkpoint; reduce weight decay, or shrink the layer.",
    source="Roy & Vetterli 2007",
    check=lambda variable, limits: effective_rank(variable.sigma, limits),
    judges=lambda variable: bool(variable.sigma.size),
    looks_at=SPECTRUM,
    thresholds={
        "effective_rank_share": 0.1,  # of min(fan-in, filters)
    },
    faults=(
        Fault(
            "few directions left",
            "kernel",
            KERNELS,
            (0.05, 0.02),
            "directions",
            on_filters(_few_directions),
            min_size=16,
            faint=(0.3,),
        ),
    ),
)
