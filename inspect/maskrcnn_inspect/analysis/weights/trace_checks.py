"""Rules on what ran: activations of a trace.

Enters: a ``Trace`` with whatever tensors it holds. Leaves: findings in data-flow order, sorted by severity. Each rule
looks at the tensors it knows how to judge; those that are not in the trace are passed over.

Shapes: y, x, channel of a map; d detections; K classes; A anchors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .findings import Finding, Verdict, by_severity, finding
from .rules.thresholds import Thresholds

RECTIFIED = ("backbone.c2", "backbone.c3", "backbone.c4", "backbone.c5")  # outputs of a ReLU


def check_trace(trace: Mapping[str, Any], limits: Thresholds | None = None) -> list[Finding]:
    """Return the findings on the tensors of ``trace`` (or any mapping of the same names), worst first."""
    limits = limits or Thresholds()
    found: list[Finding] = []
    for name in trace:
        values = np.asarray(trace[name])
        if not np.issubdtype(values.dtype, np.floating) or not values.size:
            continue
        verdicts = {"non_finite_activation": non_finite_activation(values, limits)}
        if verdicts["non_finite_activation"] is None:
            verdicts |= _further(name, values, limits)
        found += [finding(rule, name, v, whole_layer=True) for rule, v in verdicts.items() if v is not None]
    return by_severity(found)


def _further(name: str, values: np.ndarray, limits: Thresholds) -> dict[str, Verdict | None]:
    """Apply to finite ``values`` the rules that know the tensor ``name``."""
    verdicts: dict[str, Verdict | None] = {}
    if name in RECTIFIED:
        verdicts["dead_relu"] = dead_relu(values, limits)
    if name.startswith(("backbone.", "fpn.")):
        verdicts["activation_range"] = activation_range(values, limits)
    if name == "rpn.logits":  # softmax of two is the sigmoid of their difference
        objectness = values[:, 1] - values[:, 0] if values.shape[1] == 2 else values
        verdicts["saturated_sigmoid"] = saturated_sigmoid(objectness, limits)
    if name == "mask_head.logits":
        verdicts["saturated_sigmoid"] = saturated_sigmoid(values, limits)
    return verdicts


def non_finite_activation(values: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find NaN and infinities.

    Formula: count of values that are not finite. Threshold: 0, error. Source: SageMaker ExplodingTensor.
    """
    count = int(np.count_nonzero(~np.isfinite(values)))
    if not count:
        return None
    return Verdict("error", float(count), 0.0, f"{count} of {values.size} values are not finite")


def dead_relu(activation: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find a map most of whose units are off nearly everywhere.

    Formula: share of the units (last axis) that are above 0 in less than relu_active of the cells.
    Threshold: 1 % of the cells, 50 % of the units, warning. Source: SageMaker DeadRelu.
    """
    active = (activation > 0).reshape(-1, activation.shape[-1]).mean(axis=0)
    share = float(np.mean(active < limits.relu_active))
    if share <= limits.relu_units:
        return None
    detail = (
        f"{share:.1%} of {active.size} units are active in less than {limits.relu_active:.0%} of the cells"
    )
    return Verdict("warning", share, limits.relu_units, detail)


def saturated_sigmoid(logits: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find logits beyond the range in which float32's sigmoid has a gradient.

    Formula: share of the logits outside (sigmoid_low, sigmoid_high). Threshold: (-23, 17), 50 %, warning.
    Source: SageMaker, saturated activation.
    """
    outside = (logits < limits.sigmoid_low) | (logits > limits.sigmoid_high)
    share = float(outside.mean())
    if share <= limits.sigmoid_share:
        return None
    span = f"({limits.sigmoid_low:g}, {limits.sigmoid_high:g})"
    return Verdict("warning", share, limits.sigmoid_share, f"{share:.1%} of the logits lie outside {span}")


def activation_range(activation: np.ndarray, limits: Thresholds) -> Verdict | None:
    """Find maps that are flat or overflow.

    Formula: max - min = 0, or max |a| > activation_max. Threshold: 0 and 1e4, warning.
    Source: SageMaker, tensor variance.
    """
    low, high = float(activation.min()), float(activation.max())
    if low == high and activation.size > 1:
        return Verdict("warning", 0.0, 0.0, f"all {activation.size} values are {low:.4g}")
    largest = max(abs(low), abs(high))
    if largest <= limits.activation_max:
        return None
    return Verdict("warning", largest, limits.activation_max, f"the largest |activation| is {largest:.4g}")
