"""Rule exploding: A few weights drown all others of the layer; activations overflow and gradients blow up behind it."""

from __future__ import annotations

import numpy as np

from ..faults import ALL, KERNELS, Fault, on_entries, put, scaled_filters
from ..rule import SIZES, Limits, Rule, Verdict
from ..subjects import Variable


def exploding(magnitudes: np.ndarray, initial: float, limits: Limits) -> Verdict | None:
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


def _judge(variable: Variable, limits: Limits) -> Verdict | None:
    if variable.is_kernel:
        return exploding(variable.magnitudes, max(variable.initial_stds), limits)
    return exploding(variable.magnitudes / variable.input_scale, 0.0, limits)


_MANY_STD = on_entries(lambda array, chosen: 1e5 * array.std())


RULE = Rule(
    name="exploding",
    title="exploding",
    scope="weights",
    place=40,
    why="A few weights drown all others of the layer; activations overflow and gradients blow up behind it.",
    advice=(
        "Compare with an earlier checkpoint; lower the learning rate, clip gradients, check the file "
        "for corruption."
    ),
    source="the classic notebook's alert (1000), made relative to the layer",
    check=_judge,
    judges=lambda variable: (
        variable.is_living_kernel or (variable.is_vector and variable.variable != "moving_variance")
    ),
    looks_at=SIZES,
    thresholds={
        "exploding_ratio": 1000.0,  # max |w| / median |w| (the classic alert's number, made relative)
        "exploding_floor": 0.1,  # of the initial std: a median below it is no measure of the layer's scale
        "exploding_value": 1000.0,  # |w| that is too large whatever the layer
    },
    faults=(
        Fault(
            "entries at 1e5 std", "kernel", ALL, (0.0, 0.01, 0.2), "entries", _MANY_STD, ("half_precision",)
        ),
        Fault("entries at 500", "kernel", ALL, (0.0, 0.01), "entries", put(500)),
        Fault(
            "filters x 1e5",
            "kernel",
            KERNELS,
            (0.0, 0.1),
            "filters",
            scaled_filters(1e5),
            ("half_precision",),
        ),
        Fault("entries at 5000", "bias", ALL, (0.0, 0.5), "entries", put(5000)),
    ),
)
