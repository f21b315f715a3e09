"""Rule saturated_sigmoid: Logits this large leave float32's sigmoid without a gradient: the output is stuck."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..faults import Arrays, Faulty, healthy_activations
from ..rule import Limits, Rule, Verdict


def saturated_sigmoid(logits: np.ndarray, limits: Limits) -> Verdict | None:
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


def _faulty(healthy: Arrays, rng: np.random.Generator) -> Iterator[Faulty]:
    """Shift logits; of a softmax of two the second."""
    maps = healthy_activations(rng)
    for name in ("rpn.logits", "mask_head.logits"):
        for shift in (-100.0, 100.0):
            second = np.arange(maps[name].shape[-1]) == 1 if name == "rpn.logits" else 1
            yield Faulty("shifted", f"{shift:g}", name, maps | {name: maps[name] + shift * second})


RULE = Rule(
    name="saturated_sigmoid",
    title="saturated",
    scope="trace",
    place=230,
    why="Logits this large leave float32's sigmoid without a gradient: the output is stuck.",
    advice="Check the scale of the layer before it; lower the learning rate.",
    source="SageMaker Debugger, saturated activation",
    check=lambda activation, limits: saturated_sigmoid(activation.logits, limits),
    judges=lambda activation: activation.logits is not None,
    silenced_by=("non_finite_activation",),
    thresholds={
        "sigmoid_low": -23.0,  # logit: below, float32's sigmoid has no gradient left (SageMaker)
        "sigmoid_high": 17.0,  # logit: above
        "sigmoid_share": 0.5,  # of the logits
    },
    faulty=_faulty,
)
