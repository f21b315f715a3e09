"""Maps of attribution by one name: gradient, integrated gradients, Grad-CAM or occlusion, and where the map lies.

Inputs: a model, a trace, a ``Target``, a method and a tensor. Outputs: a ``Found`` map with its place on the
preprocessed image and the numbers that belong to it.

Shapes: y, x cells; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskrcnn_core.recording.tensors import spec_of
from maskrcnn_core.recording.trace import Trace, config_of

from ..what_if.interventions import Region, stride_of, with_tensor
from .ablations import occlude
from .gradients import as_map, grad_cam, gradient, integrated_gradients
from .probe import IMAGE, MAPS, Gradient, Probe, Target, is_map

METHODS = ("gradient", "integrated gradients", "Grad-CAM", "occlusion")
# of integrated gradients: half as many miss a quarter of the difference on the shapes model's image
STEPS = 64


@dataclass(frozen=True)
class Found:
    """A map of importance (y, x), where it lies (yxyx network-input px), its unit, and lines that tell its numbers."""

    values: np.ndarray
    extent: Region
    unit: str
    lines: tuple[str, ...]


def find(model: Any, trace: Trace, target: Target, method: str = METHODS[0], name: str = IMAGE) -> Found:
    """Return the map of ``target`` by ``method``. Raises: ValueError for a method or tensor that does not fit.

    name: also a tensor inside the blocks, the pyramid or the head, whether ``trace`` holds it or not.
    """
    if method == "occlusion":
        return _by_occlusion(model, trace, target.detection)
    config = config_of(trace)
    if "x" not in spec_of(name, config).axes:
        raise ValueError(f"wanted a tensor with cells, such as {', '.join(MAPS)}, received {name}")
    trace = with_tensor(model, trace, name)
    extent = _extent(trace, name, target)
    if method == "Grad-CAM":
        if not is_map(name, config):
            raise ValueError(
                f"Grad-CAM: wanted a map of channels, such as {', '.join(MAPS)}, received {name}"
            )
        values = grad_cam(model, trace, target, name)
        told = f"Grad-CAM on {name}: relu of activations weighted by their mean gradient"
        return Found(values, extent, "weighted activation", (told,))
    if method == "integrated gradients":
        found = integrated_gradients(model, trace, target, name, steps=STEPS)
        lines = (
            f"{number_of(target)}: {found.value:.4f}, and {found.at_baseline:.4f} where {name} is 0",
            f"parts sum to {found.parts.sum():.4f}, the difference is {found.value - found.at_baseline:.4f}"
            f" (gap {found.gap:+.4f} with {STEPS} steps)",
        )
        return Found(as_map(found.parts), extent, "sum of absolute parts", lines)
    if method != "gradient":
        raise ValueError(f"wanted a method of {', '.join(METHODS)}, received {method!r}")
    return _of_gradient(gradient(model, trace, target, name), target, name, extent)


def find_gradients(model: Any, trace: Trace, target: Target, detections: Iterable[int]) -> list[Found]:
    """Return the maps of ``target`` by gradients with respect to the network input, for each of ``detections``.

    One graph serves them all: compiled once, it leaves out what the number does not rest on.
    """
    probe = Probe(model, trace, target).compile()
    extent = _extent(trace, IMAGE, target)
    return [_of_gradient(one.gradient(one.value), target, IMAGE, extent) for one in map(probe.of, detections)]


def _of_gradient(slope: Gradient, target: Target, name: str, extent: Region) -> Found:
    number = number_of(target)
    return Found(
        as_map(slope.gradient), extent, f"|d {number} / d {name}|", (f"{number}: {slope.value:.4f}",)
    )


def _by_occlusion(model: Any, trace: Trace, detection: int) -> Found:
    found = occlude(model, trace, detection)
    size = found.boxes[0, 0, 2:] - found.boxes[0, 0, :2]
    y1, x1, y2, x2 = (float(v) for v in trace["molding.window"])
    lines = (
        f"probability {found.support.prob:.4f} (log-odds {found.support.log_odds:.2f}) with everything in view",
        f"{float(found.probs.min()):.4f} (log-odds {float(found.log_odds.min()):.2f}) with the costliest square of "
        f"{size[0]} x {size[1]} image px covered",
    )
    return Found(-found.change, (y1, x1, y2, x2), "loss of log-odds when covered, nat", lines)


def _extent(trace: Trace, name: str, target: Target) -> Region:
    """Return where the cells of the tensor lie, yxyx network-input px."""
    if name.startswith(("box_", "mask_")):
        row, boxes = target.detection, trace["detections.boxes"]
        if name.startswith("box_"):
            row, boxes = int(trace["detections.proposal_index"][target.detection]), trace["proposals.boxes"]
        y1, x1, y2, x2 = (float(v) for v in boxes[row])
        return y1, x1, y2, x2
    rows, columns = trace.shape(name)[:2]
    stride = stride_of(name, trace.config)
    return 0.0, 0.0, float(rows * stride), float(columns * stride)


def number_of(target: Target) -> str:
    """Return what is asked about, in words."""
    words = {"logit": "logit", "score": "score", "box": target.side, "mask": f"mask logit {target.pixel}"}
    return words[target.kind]


def on_molded(found: Found, size: tuple[int, ...]) -> np.ndarray:
    """Return the map with a value a pixel of a network input of ``size``; 0 where it does not lie."""
    top, left, bottom, right = found.extent
    y, x = (np.arange(length) + 0.5 for length in size)
    rows = np.floor((y - top) / (bottom - top) * found.values.shape[0]).astype(int)
    columns = np.floor((x - left) / (right - left) * found.values.shape[1]).astype(int)
    inside = ((rows >= 0) & (rows < found.values.shape[0]))[:, None] & (
        (columns >= 0) & (columns < found.values.shape[1])
    )
    values = found.values[np.clip(rows, 0, found.values.shape[0] - 1)][
        :, np.clip(columns, 0, found.values.shape[1] - 1)
    ]
    return np.where(inside, values, 0.0)


def share_inside(found: Found, box: np.ndarray) -> float:
    """Return the share of a map's positive sum in cells whose middle lies in ``box`` (yxyx network-input px); 0 of
    nothing.
    """
    top, left, bottom, right = found.extent
    rows, columns = found.values.shape
    y = top + (np.arange(rows) + 0.5) * (bottom - top) / rows
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    inside = ((y >= box[0]) & (y < box[2]))[:, None] & ((x >= box[1]) & (x < box[3]))[None]
    positive = np.maximum(found.values, 0.0)
    total = float(positive.sum())
    return float(positive[inside].sum() / total) if total else 0.0
