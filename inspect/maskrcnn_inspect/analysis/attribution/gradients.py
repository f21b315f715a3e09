"""Attribution: what in a tensor, or in the image, one number of one detection rests on.

Inputs: a model, a trace, and a ``Target``: a detection's class, a side of its box or a pixel of its mask. Outputs:
gradients, Grad-CAM (Selvaraju et al. 2017) and integrated gradients (Sundararajan et al. 2017), all from the model's
own forward with its region held, see ``probe``.

Shapes: y, x cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from maskrcnn_core.recording.trace import Trace

from .probe import IMAGE, Gradient, Probe, Target


@dataclass(frozen=True)
class Integrated:
    """Integrated gradients: ``parts``, in the tensor's shape, sum up to ``value - at_baseline`` (completeness).

    gap: how far the sum is from that, which shrinks with the number of steps.
    """

    parts: np.ndarray
    value: float
    at_baseline: float

    @property
    def gap(self) -> float:
        """Sum of the parts minus the difference of the values."""
        return float(self.parts.sum(dtype=np.float64) - (self.value - self.at_baseline))


def gradient(model: Any, trace: Trace, target: Target, name: str = IMAGE) -> Gradient:
    """Return the gradient of ``target`` with respect to the tensor ``name``, or the network input.

    name: a map of channels before the head that gives the target, also inside the blocks; of ``box_roi.pooled``,
    ``mask_roi.pooled`` and what is inside the heads the row of the detection's region, as (1, y, x, channel) or
    (1, channel).
    """
    probe = Probe(model, trace, target, name)
    return probe.gradient(probe.value)


def grad_cam(model: Any, trace: Trace, target: Target, name: str) -> np.ndarray:
    """Return the map (y, x) of the tensor ``name`` [y x channel]: relu(sum of mean gradient x activation).

    Of ``fpn.p2`` to ``p5`` only the level that the region is pooled from has any; ``fpn.merged*`` and ``backbone.*``
    have more. Means and map are over the cells that the gradient reaches: the rest of the image is not in the region.
    Source: Grad-CAM, eqs. 1 and 2.
    """
    probe = Probe(model, trace, target, name)
    activations = probe.value.astype(np.float64)
    found = probe.gradient(probe.value).gradient.reshape(activations.shape).astype(np.float64)
    reached = (found != 0).any(axis=-1)
    weights = found[reached].sum(axis=0) / max(1, int(reached.sum()))
    return np.where(reached, np.maximum(activations @ weights, 0.0), 0.0)


def integrated_gradients(
    model: Any,
    trace: Trace,
    target: Target,
    name: str = IMAGE,
    baseline: np.ndarray | float = 0.0,
    steps: int = 64,
) -> Integrated:
    """Return what each value adds to ``target`` on a straight way from ``baseline`` to what it is.

    baseline: 0 by default, which for the network input is the mean colour. steps: midpoints of the sum.
    Source: Sundararajan et al. 2017, eq. 3. Law: the parts sum to value - at_baseline, but for ``gap``.
    """
    if steps < 1:
        raise ValueError(f"wanted one step or more, received {steps}")
    probe = Probe(model, trace, target, name).compile()
    start = np.broadcast_to(np.asarray(baseline, np.float32), probe.value.shape)
    way = probe.value - start
    total = np.zeros(way.shape, np.float64)
    for step in range(steps):
        total += probe.gradient(start + way * np.float32((step + 0.5) / steps)).gradient
    ends = [probe.gradient(values).value for values in (probe.value, start)]
    return Integrated(way * total / steps, ends[0], ends[1])


def as_map(values: np.ndarray) -> np.ndarray:
    """Return (y, x) the sum of absolute values over the channels of (y, x, channel) or (1, y, x, channel)."""
    return np.abs(values, dtype=np.float64).sum(axis=-1).reshape(values.shape[-3:-1])
