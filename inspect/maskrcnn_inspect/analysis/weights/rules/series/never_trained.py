"""Rule never_trained.

The layer did not move although it should be trained: the optimiser does not see it, or its gradient is zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ..faults import LAYERS, Arrays, Faulty, healthy_saves
from ..rule import Limits, Rule, Verdict


def never_trained(saves: Iterable[np.ndarray], limits: Limits) -> Verdict | None:
    """Find a tensor that stays as it is over the saves, read one after the other. Do not ask about frozen layers.

    Formula: allclose(W_t, W_0, 1e-5, 1e-8) for all t. Threshold: 3 saves, warning. Source: SageMaker UnchangedTensor.
    """
    remaining = iter(saves)
    first, count, largest = next(remaining), 1, 0.0
    for save in remaining:
        if not np.allclose(save, first, limits.never_trained_rtol, limits.never_trained_atol):
            return None
        largest = max(largest, float(np.abs(save - first).max(initial=0.0)))
        count += 1
    if count < limits.never_trained_saves:
        return None
    detail = f"the same in all {count} saves (largest change {largest:.2g})"
    return Verdict("warning", largest, limits.never_trained_atol, detail)


def _faulty(healthy: Arrays, rng: np.random.Generator) -> Iterator[Faulty]:
    """Leave a layer as it is, or all but, while the others train."""
    saves = healthy_saves(healthy, rng)
    for layer in LAYERS:
        kernel = f"{layer}.kernel"
        for kind, noise in (("no change", 0.0), ("changes below 1e-6", 1e-7)):
            stuck = [
                save | {kernel: healthy[kernel] * np.float32(1 + noise * rng.standard_normal())}
                for save in saves
            ]
            yield Faulty(kind, f"{len(saves)} saves", layer, stuck)


RULE = Rule(
    name="never_trained",
    title="never trained",
    scope="series",
    place=180,
    why=(
        "The layer did not move although it should be trained: the optimiser does not see it, or its "
        "gradient is zero."
    ),
    advice="Check which layers are trainable; look for a stopped gradient or dead ReLUs behind it.",
    source="SageMaker Debugger, UnchangedTensor",
    check=lambda kernel, limits: never_trained(kernel.saves(), limits),
    judges=lambda kernel: not kernel.is_frozen and not kernel.is_step,
    thresholds={
        "never_trained_rtol": 1e-5,  # as numpy.allclose (SageMaker UnchangedTensor)
        "never_trained_atol": 1e-8,
        "never_trained_saves": 3,  # checkpoints without a change
    },
    faulty=_faulty,
)
