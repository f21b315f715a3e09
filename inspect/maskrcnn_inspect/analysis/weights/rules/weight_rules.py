"""Rules on one weight tensor: each a pure function of arrays that returns a verdict, or None where all is well.

Enters: a tensor as it is stored, or what is taken from it once for several rules. Leaves: a verdict with severity,
value, threshold and a sentence. Every rule takes only what is finite; what is not is reported by ``non_finite`` alone.

Shapes: W kernel; w_j its columns, one a filter, (fan_in, filter); |w| magnitudes, flat; norms (filter,).
``initial`` is the standard deviation that an initialiser would give, see ``network.initial_std``.
"""

from __future__ import annotations

import math

import numpy as np

from ..findings import Verdict, graded
from ..moments import Moments
from .thresholds import Thresholds


def as_filters(kernel: np.ndarray, unit_axis: int = -1) -> np.ndarray:
    """Return ``kernel`` as (fan_in, filter): (y, x, in, out) has its filters last, a transposed kernel on axis 2."""
    return np.moveaxis(kernel, unit_axis, -1).reshape(-1, kernel.shape[unit_axis])


def filter_norms(filters: np.ndarray) -> np.ndarray:
    """Return ||w_j|| of each column."""
    with np.errstate(over="ignore"):
        norms = np.sqrt(np.einsum("ij,ij->j", filters, filters))
    return norms if np.isfinite(norms).all() else np.linalg.norm(filters.astype(np.float64), axis=0)


def non_finite(values: np.ndarray, limits: Thresholds) -> Verdict | None:
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


def all_zero(moments: Moments, limits: Thresholds) -> Verdict | None:
    """Find a kernel or gamma that is zero or constant. Biases and batch norm's offsets start at zero and are exempt.

    Formula: all w = 0, or std(W) <= constant_ratio · max|w|. Threshold: 1e-7, error. Source: SageMaker AllZero.
    """
    if moments.count < 2 or moments.std > limits.constant_ratio * moments.largest:
        return None
    limit = limits.constant_ratio * moments.largest
    return Verdict("error", moments.std, limit, f"all {moments.count} values are {moments.mean:.4g}")


def exploding(magnitudes: np.ndarray, initial: float, limits: Thresholds) -> Verdict | None:
    """Find weights far beyond the scale of their layer.

    Formula: max|w| > exploding_ratio · max(median|w|, exploding_floor · initial std), or max|w| > exploding_value.
    The floor keeps a layer with many dead weights, whose median is next to nothing, from being taken for an explosion.
    Threshold: 1000 each, error. Source: the classic notebook's alert, made relative to the layer.
    """
    if not magnitudes.size:
        return None
    largest = float(magnitudes.max())
    limit = limits.exploding_value
    if initial > 0 and largest > limits.exploding_ratio * limits.exploding_floor * initial:
        scale = max(float(np.median(magnitudes)), limits.exploding_floor * initial)
        limit = min(limit, limits.exploding_ratio * scale)
    if largest <= limit:
        return None
    count = int(np.count_nonzero(magnitudes > limit))
    detail = f"largest |w| is {largest:.4g}; weights beyond {limit:.4g}: {count}"
    return Verdict("error", largest, limit, detail)


def half_saturated(magnitudes: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find weights that float16 cannot hold.

    Formula: any |w| >= half_max. Threshold: 65504, error. Source: IEEE 754, binary16.
    """
    count = int(np.count_nonzero(magnitudes >= limits.half_max))
    if not count:
        return None
    detail = f"{count} of {magnitudes.size} values are {limits.half_max:g} or more, the end of float16"
    return Verdict("error", float(magnitudes.max()), limits.half_max, detail)


def half_subnormal(magnitudes: np.ndarray, limits: Thresholds) -> Verdict | None:
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


def dead_filters(norms: np.ndarray, initial_norm: float, limits: Thresholds) -> Verdict | None:
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


def initial_spread(moments: Moments, initial: tuple[float, ...], limits: Thresholds) -> Verdict | None:
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


def symmetric_filters(filters: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find a layer whose filters are all the same.

    Formula: rms over inputs of std over filters, divided by rms(W). Threshold: 1e-5, error. Source: TFCheck.
    """
    if filters.shape[1] < 2:
        return None
    scale = float(np.sqrt(np.mean(np.square(filters[:, 0], dtype=np.float64))))
    apart = float(np.sqrt(np.mean(np.square(filters[:, 1] - filters[:, 0], dtype=np.float64))))
    if scale == 0.0 or apart > 10 * limits.symmetric_ratio * scale:  # two that differ: no need to look on
        return None
    spread = float(np.sqrt(np.mean(np.var(filters, axis=1, dtype=np.float64)))) / scale
    if spread > limits.symmetric_ratio:
        return None
    detail = f"all {filters.shape[1]} filters are equal (spread {spread:.2g} of their size)"
    return Verdict("error", spread, limits.symmetric_ratio, detail)


def duplicate_filters(filters: np.ndarray, norms: np.ndarray, limits: Thresholds) -> Verdict | None:
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


def outliers(moments: Moments, limits: Thresholds) -> Verdict | None:
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


def _listed(indices: np.ndarray, limit: int = 8) -> str:
    shown = ", ".join(str(int(i)) for i in indices[:limit])
    return shown + (", …" if indices.size > limit else "")
