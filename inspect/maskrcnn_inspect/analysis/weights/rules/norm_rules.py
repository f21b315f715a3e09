"""Rules on a batch norm's four vectors and on the classifier, whose entries mean a channel or a class.

Enters: gamma, moving mean and moving variance of one layer, or the class logits' kernel and bias. Leaves: verdicts.

Shapes: channel; K classes, 0 background; kernel (fan_in, K).
"""

from __future__ import annotations

import numpy as np

from ..findings import Verdict, graded
from .thresholds import Thresholds


def gamma_collapsed(gamma: np.ndarray, limits: Thresholds) -> Verdict | None:
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


def norm_variance(
    variance: np.ndarray, gamma: np.ndarray, input_scale: float, limits: Thresholds
) -> Verdict | None:
    """Find stored variances that amplify noise or silence a channel.

    Formula: var_j < variance_low · or > variance_high · input_scale², or |gamma_j| / sqrt(var_j + epsilon) >
    norm_gain. Threshold: 1e-5, 1e4, 1e3, warning. Source: batch norm's epsilon.
    input_scale: 1, or that of the grey levels where the picture comes in.
    """
    high = limits.variance_high * input_scale**2
    low_count = int(np.count_nonzero(variance < limits.variance_low))
    high_count = int(np.count_nonzero(variance > high))
    gain = np.abs(gamma) / np.sqrt(np.maximum(variance, 0.0) + limits.norm_epsilon)
    steep = int(np.count_nonzero(gain > limits.norm_gain))
    if not (low_count or high_count or steep):
        return None
    detail = (
        f"of {variance.size} variances {low_count} are below {limits.variance_low:g} and {high_count} above "
        f"{high:g}; {steep} channels are amplified more than {limits.norm_gain:g} times"
    )
    if high_count:
        return Verdict("warning", float(variance.max()), high, detail)
    if steep:
        return Verdict("warning", float(gain.max()), limits.norm_gain, detail)
    return Verdict("warning", float(variance.min()), limits.variance_low, detail)


def norm_untouched(mean: np.ndarray, variance: np.ndarray, stored_only: bool) -> Verdict | None:
    """Find statistics that were never gathered.

    Formula: mean exactly 0 and variance exactly 1. Threshold: every channel, warning. Source: usual after a by-name
    load that missed.
    stored_only: the norm uses its stored statistics even in training (the heads'), where this is no fault: info.
    """
    if mean.any() or not np.all(variance == 1.0):
        return None
    detail = f"mean is 0 and variance 1 in all {mean.size} channels"
    return Verdict("info" if stored_only else "warning", 1.0, 1.0, detail)


def class_bias(kernel: np.ndarray, bias: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find a class that the classifier favours or neglects. The background is unlike the others and does not count.

    Formula: |z| of a class's bias and of its column norm against the other classes, z = (x - mean) / std, with std
    at least 0.5 logits, or 0.2 of the mean norm: two or three classes have a spread only by chance.
    Threshold: 4, warning. Source: SageMaker ClassImbalance.
    """
    if bias.size < 4:  # background and three classes: two others to compare with
        return None
    norms = np.linalg.norm(kernel[:, 1:].astype(np.float64), axis=0)
    of_bias = _apart(bias[1:].astype(np.float64), limits.class_bias_spread)
    of_norm = _apart(norms, limits.class_norm_spread * float(np.median(norms)))
    bias_z, norm_z = float(np.abs(of_bias).max()), float(np.abs(of_norm).max())
    if max(bias_z, norm_z) <= limits.class_z:
        return None
    word, z = ("bias", of_bias) if bias_z >= norm_z else ("column norm", of_norm)
    worst = int(np.argmax(np.abs(z)))
    detail = (
        f"{word} of class {worst + 1} is {float(z[worst]):+.1f} standard deviations from the other classes"
    )
    return Verdict("warning", abs(float(z[worst])), limits.class_z, detail)


def _apart(values: np.ndarray, least_spread: float) -> np.ndarray:
    """Return each value's distance from the others, in their standard deviations."""
    z = np.empty_like(values)
    for i in range(values.size):
        others = np.delete(values, i)
        z[i] = (values[i] - others.mean()) / max(float(others.std()), least_spread, 1e-12)
    return z
