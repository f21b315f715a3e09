"""Which rules judge which variables of a layer, and which of them give way to another.

Enters: the arrays of one layer by variable. Leaves: statistics of each, verdicts, and the rules that could judge. A
rule that explains a fault silences those that would only repeat it: what is not finite is left out before anything
else looks, a zero kernel is not also dead and symmetric, equal filters are not also duplicates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..findings import Verdict, json_number
from ..moments import Moments, finite_values, moments_of
from ..network import CLASSIFIER, NORM_VARIABLES, STEM, fans, initial_stds, is_kernel, stage_of, unit_axis
from . import norm_rules, weight_rules, weight_spectra
from .thresholds import Thresholds

Verdicts = dict[str, Verdict | None]
STORED_ONLY = ("box_head", "mask_head")  # stages whose norms never update their statistics


@dataclass(frozen=True)
class VariableStats:
    """One variable in numbers."""

    name: str
    shape: tuple[int, ...]
    size: int
    moments: Moments  # of its finite values
    initial_std: float  # He's, for a kernel; 0 otherwise
    stable_rank: float | None = None
    effective_rank: float | None = None
    alpha: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the numbers for a JSON file."""
        flat = asdict(self)
        flat |= flat.pop("moments")
        return {key: json_number(value) for key, value in flat.items()}


@dataclass(frozen=True)
class CheckedLayer:
    """All that was measured and found in a layer."""

    variables: tuple[VariableStats, ...]
    verdicts: tuple[tuple[str, str, Verdict], ...]  # rule, variable, verdict
    judged: frozenset[str]  # rules that looked at it, whatever they found


def check_layer(
    layer: str, arrays: Mapping[str, np.ndarray], limits: Thresholds, spectra: bool
) -> CheckedLayer:
    """Apply every rule that knows the variables of ``layer``."""
    stats, verdicts, judged = [], [], set()
    arrays = {variable: _as_floats(values) for variable, values in arrays.items()}
    for variable, values in arrays.items():
        name = f"{layer}.{variable}"
        moments = moments_of(values)
        results: Verdicts = {"non_finite": weight_rules.non_finite(values, limits)}
        sigma = np.zeros(0)
        if is_kernel(name, values.shape):
            of_kernel, sigma = _judge_kernel(name, values, moments, limits, spectra)
            results |= of_kernel
        elif moments.count:
            results |= _judge_vector(name, finite_values(values), moments, limits)
        stats.append(_stats(name, values, moments, sigma, limits))
        judged |= set(results)
        verdicts += [(rule, variable, verdict) for rule, verdict in results.items() if verdict]
    for variable, results in _judge_together(layer, arrays, limits):
        judged |= set(results)
        verdicts += [(rule, variable, verdict) for rule, verdict in results.items() if verdict]
    return CheckedLayer(tuple(stats), tuple(verdicts), frozenset(judged))


def _judge_kernel(
    name: str, values: np.ndarray, moments: Moments, limits: Thresholds, spectra: bool
) -> tuple[Verdicts, np.ndarray]:
    """Apply the rules for kernels; return what they say and the singular values if ``spectra``."""
    results: Verdicts = {"all_zero": weight_rules.all_zero(moments, limits)}
    if not moments.count or results["all_zero"]:
        return results, np.zeros(0)
    initial = initial_stds(name, values.shape, limits.input_std)
    magnitudes = np.abs(finite_values(values))
    results["exploding"] = weight_rules.exploding(magnitudes, max(initial), limits)
    results["half_precision"] = weight_rules.half_saturated(
        magnitudes, limits
    ) or weight_rules.half_subnormal(magnitudes, limits)
    results["initial_spread"] = weight_rules.initial_spread(moments, initial, limits)
    results["outliers"] = weight_rules.outliers(moments, limits)
    del magnitudes
    return _judge_filters(results, name, values, moments, limits, spectra)


def _judge_filters(
    results: Verdicts, name: str, values: np.ndarray, moments: Moments, limits: Thresholds, spectra: bool
) -> tuple[Verdicts, np.ndarray]:
    """Add to ``results`` what the rules say that see a kernel as filters, those of finite values alone."""
    filters = weight_rules.as_filters(values, unit_axis(name))
    if moments.count < values.size:
        filters = filters[:, np.isfinite(filters).all(axis=0)]
    if not filters.shape[1]:
        return results, np.zeros(0)
    norms = weight_rules.filter_norms(filters)
    initial_norm = (
        max(initial_stds(name, values.shape, limits.input_std)) * fans(name, values.shape)[0] ** 0.5
    )
    results["dead_filters"] = weight_rules.dead_filters(norms, initial_norm, limits)
    results["symmetric_filters"] = weight_rules.symmetric_filters(filters, limits)
    if not results["symmetric_filters"]:
        results["duplicate_filters"] = weight_rules.duplicate_filters(filters, norms, limits)
    if not spectra or min(filters.shape) > limits.spectrum_max_size:
        return results, np.zeros(0)
    sigma = weight_spectra.singular_values(filters)
    results["stable_rank"] = weight_spectra.stable_rank(sigma, limits)
    results["effective_rank"] = weight_spectra.effective_rank(sigma, limits)
    results["power_law"] = weight_spectra.power_law(sigma, limits)
    return results, sigma


def _judge_vector(name: str, values: np.ndarray, moments: Moments, limits: Thresholds) -> Verdicts:
    """Apply to a bias or a vector of a batch norm the rules that hold for it."""
    layer, _, variable = name.rpartition(".")
    results: Verdicts = {}
    if variable == "gamma":
        results["all_zero"] = weight_rules.all_zero(moments, limits) if moments.largest != 1.0 else None
        results["gamma_collapsed"] = norm_rules.gamma_collapsed(values, limits)
    if variable == "moving_variance":
        return results
    scale = limits.input_std if layer in STEM and variable == "moving_mean" else 1.0
    results["exploding"] = weight_rules.exploding(np.abs(values) / scale, 0.0, limits)
    if variable != "moving_mean":  # frameworks keep the statistics in float32
        results["half_precision"] = weight_rules.half_saturated(np.abs(values), limits)
    return results


def _judge_together(
    layer: str, arrays: Mapping[str, np.ndarray], limits: Thresholds
) -> list[tuple[str, Verdicts]]:
    """Apply the rules that need several variables of a layer, where these are there and finite."""
    if set(NORM_VARIABLES) - {"beta"} <= set(arrays):
        gamma, mean, variance = _finite_channels(
            *(arrays[v] for v in ("gamma", "moving_mean", "moving_variance"))
        )
        scale = limits.input_std if layer in STEM else 1.0
        stored_only = stage_of(layer) in STORED_ONLY
        if mean.size:
            untouched = norm_rules.norm_untouched(mean, variance, stored_only)
            extreme = norm_rules.norm_variance(variance, gamma, scale, limits)
            return [("moving_variance", {"norm_variance": extreme, "norm_untouched": untouched})]
    if layer == CLASSIFIER and {"kernel", "bias"} <= set(arrays):
        kernel = arrays["kernel"].reshape(-1, arrays["kernel"].shape[-1])
        if (
            kernel.shape[1] == arrays["bias"].size
            and np.isfinite(kernel).all()
            and np.isfinite(arrays["bias"]).all()
        ):
            return [("kernel", {"class_bias": norm_rules.class_bias(kernel, arrays["bias"], limits)})]
    return []


def _as_floats(values: np.ndarray) -> np.ndarray:
    """Return float32 or wider: sums of float16 overflow."""
    return np.asarray(values, np.float64 if values.dtype.itemsize > 4 else np.float32)


def _finite_channels(*vectors: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the entries at which all ``vectors`` are finite; nothing where their lengths differ."""
    if len({vector.shape for vector in vectors}) != 1:
        return tuple(np.zeros(0) for _ in vectors)
    keep = np.logical_and.reduce([np.isfinite(vector) for vector in vectors])
    return tuple(vector[keep] for vector in vectors)


def _stats(
    name: str, values: np.ndarray, moments: Moments, sigma: np.ndarray, limits: Thresholds
) -> VariableStats:
    kernel = is_kernel(name, values.shape)
    initial = initial_stds(name, values.shape, limits.input_std)[0] if kernel else 0.0
    if not sigma.size:
        return VariableStats(name, values.shape, values.size, moments, initial)
    return VariableStats(
        name,
        values.shape,
        values.size,
        moments,
        initial,
        weight_spectra.measured_stable_rank(sigma),
        weight_spectra.measured_effective_rank(sigma),
        weight_spectra.fitted_alpha(sigma, limits),
    )
