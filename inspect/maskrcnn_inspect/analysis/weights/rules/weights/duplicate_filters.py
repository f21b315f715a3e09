"""Rule duplicate_filters.

Filters with the same direction compute the same feature: capacity is wasted, or channels were copied by mistake.
"""

from __future__ import annotations

import numpy as np

from ..faults import KERNELS, Fault, on_filters, some
from ..rule import FILTERS, Limits, Rule, Verdict


def duplicate_filters(filters: np.ndarray, norms: np.ndarray, limits: Limits) -> Verdict | None:
    """Find filters that point the same way.

    Formula: cos(w_i, w_j) > duplicate_cosine; share of pairs, or share of filters that have such a twin. Zero
    filters do not count. Threshold: 2 % of pairs or 25 % of filters, warning. Source: this project's proposal.
    """
    alive = norms > limits.dead_filter_ratio * np.median(norms)
    count = int(np.count_nonzero(alive))
    few_inputs = filters.shape[0] < limits.duplicate_min_fan_in
    if few_inputs or not 2 <= count <= limits.duplicate_max_filters:
        return None
    like = alike(filters[:, alive] / norms[alive], limits.duplicate_cosine)
    pairs = float(np.count_nonzero(like)) / (count * (count - 1))
    twins = float(np.count_nonzero(like.any(axis=1))) / count
    if pairs <= limits.duplicate_pairs and twins <= limits.duplicate_filters:
        return None
    first, second = (int(i) for i in np.argwhere(like)[0])
    detail = f"{pairs:.1%} of the pairs and {twins:.1%} of the filters are alike, e.g. {first} and {second}"
    if pairs > limits.duplicate_pairs:
        return Verdict("warning", pairs, limits.duplicate_pairs, detail)
    return Verdict("warning", twins, limits.duplicate_filters, detail)


def alike(directions: np.ndarray, cosine: float) -> np.ndarray:
    """Return which of the unit columns have a greater cosine than ``cosine`` with each other, (filter, filter) bool.

    Of many rows an eighth is looked at first: with S these rows, w_i·w_j <= (w_i·w_j)_S + sqrt((1 - |w_i|²_S)
    (1 - |w_j|²_S)) by Cauchy and Schwarz. Only columns for which that leaves a doubt are multiplied out, so the result
    is exact.
    """
    count = directions.shape[1]
    doubtful = np.ones(count, bool)
    if directions.shape[0] >= 512:
        some = directions[::8]
        bound = some.T @ some
        rest = np.sqrt(np.maximum(1.0 - np.diagonal(bound), 0.0))
        bound += np.outer(rest, rest)
        np.fill_diagonal(bound, -1.0)
        doubtful = (bound > cosine - 1e-3).any(axis=1)
    like = np.zeros((count, count), bool)
    columns = directions[:, doubtful]
    like[np.ix_(doubtful, doubtful)] = columns.T @ columns > cosine
    np.fill_diagonal(like, False)
    return like


def _copies(kernel: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Make a share of the filters copies of one, each with 1 % of noise."""
    chosen = some(kernel.shape[1], share, rng)
    one = kernel[:, [int(np.argmax(np.linalg.norm(kernel, axis=0)))]]
    kernel[:, chosen] = one + 0.01 * one.std() * rng.standard_normal((len(one), len(chosen)))
    return kernel


def _twins(kernel: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Copy a share of the filters once each."""
    count = max(1, round(share * kernel.shape[1] / 2))
    order = rng.permutation(kernel.shape[1])
    kernel[:, order[:count]] = kernel[:, order[count : 2 * count]]
    return kernel


RULE = Rule(
    name="duplicate_filters",
    title="duplicates",
    scope="weights",
    place=80,
    why=(
        "Filters with the same direction compute the same feature: capacity is wasted, or channels "
        "were copied by mistake."
    ),
    advice=(
        "Check how the layer was widened or converted; otherwise train with more noise or prune the copies."
    ),
    source="this project's proposal",
    check=lambda variable, limits: duplicate_filters(variable.filters, variable.norms, limits),
    judges=lambda variable: variable.has_filters,
    looks_at=FILTERS,
    silenced_by=("symmetric_filters",),
    thresholds={
        "duplicate_cosine": 0.99,  # of two filters
        "duplicate_pairs": 0.02,  # share of all pairs
        "duplicate_filters": 0.25,  # share of the filters that have a twin
        "duplicate_min_fan_in": 8,  # inputs a filter below which like directions are chance
        "duplicate_max_filters": 8192,  # above, pairs are too many to look at
    },
    faults=(
        Fault("copies of one", "kernel", KERNELS, (0.25, 0.9), "filters", on_filters(_copies), faint=(0.1,)),
        Fault("a copy each", "kernel", KERNELS, (0.4, 1.0), "filters", on_filters(_twins), faint=(0.1,)),
    ),
)
