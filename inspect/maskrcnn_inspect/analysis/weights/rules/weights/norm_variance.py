"""Rule norm_variance.

A tiny stored variance amplifies noise, a huge one silences the channel; both differ from what training saw.
"""

from __future__ import annotations

import numpy as np

from ..faults import NORMS, Fault, put
from ..rule import LAYER, Limits, Rule, Verdict
from ..subjects import LayerArrays


def norm_variance(
    variance: np.ndarray, gamma: np.ndarray, input_scale: float, limits: Limits
) -> Verdict | None:
    """Find stored variances that amplify noise or silence a channel.

    Formula: var_j < variance_low · or > variance_high · input_scale², or |gamma_j| / sqrt(var_j + epsilon) >
    norm_gain. Threshold: 1e-5, 1e4, 1e3, warning. Source: batch norm's epsilon.
    input_scale: 1, or that of the grey levels where the image comes in.
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


def _judge(layer: LayerArrays, limits: Limits) -> Verdict | None:
    if layer.norm is None:
        return None
    gamma, _, variance = layer.norm
    return norm_variance(variance, gamma, layer.input_scale, limits)


RULE = Rule(
    name="norm_variance",
    title="BN variance",
    scope="weights",
    place=130,
    why=(
        "A tiny stored variance amplifies noise, a huge one silences the channel; both differ from "
        "what training saw."
    ),
    advice=(
        "Recompute the statistics on real images; check the input's scale (grey levels, mean subtracted)."
    ),
    source="batch norm's epsilon",
    check=_judge,
    judges=lambda layer: layer.norm is not None,
    looks_at=LAYER,
    variable="moving_variance",
    thresholds={
        "variance_low": 1e-5,  # moving variance
        "variance_high": 1e4,  # moving variance, for inputs of unit scale
        "norm_gain": 1e3,  # |gamma| / sqrt(variance + epsilon)
        "norm_epsilon": 1e-3,  # batch norm's epsilon (Keras' default; the classic weights' too)
    },
    faults=(
        Fault("at 1e-8", "moving_variance", NORMS, (0.0, 0.5), "channels", put(1e-8)),
        Fault("at 1e9", "moving_variance", NORMS, (0.0, 0.5), "channels", put(1e9)),
    ),
)
