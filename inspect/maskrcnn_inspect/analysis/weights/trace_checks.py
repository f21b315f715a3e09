"""Check what ran: apply the rules on activations to a trace.

Inputs: a ``Trace`` with whatever tensors it holds. Outputs: findings in data-flow order, sorted by severity. Each rule
looks at the tensors it knows how to judge; those that are not in the trace are passed over.

Shapes: y, x, channel of a map; d detections; K classes; A anchors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .findings import Finding, by_severity, finding
from .rules.registry import in_scope
from .rules.rule import apply
from .rules.subjects import Activation
from .rules.thresholds import Thresholds


def check_trace(trace: Mapping[str, Any], limits: Thresholds | None = None) -> list[Finding]:
    """Return the findings on the tensors of ``trace`` (or any mapping of the same names), worst first."""
    limits = limits or Thresholds()
    found: list[Finding] = []
    for name in trace:
        values = np.asarray(trace[name])
        if not np.issubdtype(values.dtype, np.floating) or not values.size:
            continue
        verdicts = apply(in_scope("trace"), Activation(name, values), limits)
        found += [finding(rule, name, v, whole_layer=True) for rule, v in verdicts.items() if v is not None]
    return by_severity(found)
