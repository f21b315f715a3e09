"""Rule dead_relu: Units that are never active pass nothing forward and get no gradient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..faults import Arrays, Faulty, healthy_activations
from ..rule import Limits, Rule, Verdict
from ..subjects import RECTIFIED


def dead_relu(activation: np.ndarray, limits: Limits) -> Verdict | None:
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


def _faulty(healthy: Arrays, rng: np.random.Generator) -> Iterator[Faulty]:
    """Switch units off."""
    maps = healthy_activations(rng)
    for name in filter(RECTIFIED.__contains__, maps):
        units = np.arange(maps[name].shape[-1])
        for share in (0.6, 0.9):
            faulty = maps[name] * (units >= share * len(units))
            yield Faulty("units off", f"{share:g}", name, maps | {name: faulty})


RULE = Rule(
    name="dead_relu",
    title="dead ReLU",
    scope="trace",
    place=220,
    why="Units that are never active pass nothing forward and get no gradient.",
    advice=(
        "Look at several images; if it stays, lower the learning rate and check the batch norm before it."
    ),
    source="SageMaker Debugger, DeadRelu",
    check=lambda activation, limits: dead_relu(activation.values, limits),
    judges=lambda activation: activation.is_rectified,
    silenced_by=("non_finite_activation",),
    thresholds={
        "relu_active": 0.01,  # share of the cells in which a unit is above 0 (SageMaker DeadRelu)
        "relu_units": 0.5,  # share of the layer's units
    },
    faulty=_faulty,
)
