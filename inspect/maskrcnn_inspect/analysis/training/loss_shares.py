"""Loss shares: which anchor, ROI or pixel the loss of an image comes from.

Inputs: a trace with ground truth. Outputs: the share of every row, the costliest of them in words, and each loss as a
map of the network input. Nothing is computed anew: the parts were recorded beside the scalars, which are their sums.
Why: a loss is one number for thousands of places; what a model has not learned is at the few that pay for most of it.

Shapes: A anchors; r sampled ROIs; rows one of these; y, x network-input px; dydxdhdw the four deltas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.config import LEVELS
from maskrcnn_core.recording.tensors import TENSORS
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.anchors import grid_sizes

from ..attribution.spreading import spread

LOSSES = tuple(
    name.removeprefix("losses.").removesuffix("_parts") for name in TENSORS if name.endswith("_parts")
)
OF_ANCHORS = ("rpn_objectness", "rpn_delta")
DELTAS = ("dy", "dx", "log dh", "log dw")
UNDECIDED = np.log(2.0)  # nat: the entropy of a pixel whose probability is one half


@dataclass(frozen=True)
class Share:
    """What one anchor or ROI adds to a loss."""

    loss: str
    kind: str  # "anchor" or "ROI"
    row: int  # among anchors, or among the sampled ROIs
    value: float  # in the loss's own unit
    box: tuple[float, float, float, float]  # yxyx, network-input px
    truth: int  # that it is on; -1 = none
    words: str  # what was wanted and what was there


def require_losses(trace: Trace) -> None:
    """Raise ValueError where ``trace`` was recorded without ground truth."""
    missing = [f"losses.{loss}_parts" for loss in LOSSES if f"losses.{loss}_parts" not in trace]
    if missing:
        raise ValueError(
            f"wanted a trace with losses, received one without {missing[0]}; record it with "
            "model.trace(image, truth=sample)"
        )


def scalars(trace: Trace) -> dict[str, float]:
    """Return the five losses by name."""
    require_losses(trace)
    return {loss: float(trace[f"losses.{loss}"]) for loss in LOSSES}


def by_row(trace: Trace, loss: str) -> np.ndarray:
    """Return (A,) or (r,) float64: what each anchor or ROI adds. Law: the sum is the scalar."""
    parts = np.asarray(trace[f"losses.{loss}_parts"], np.float64)
    return np.asarray(parts.reshape(len(parts), -1).sum(axis=1)) if len(parts) else np.zeros(0)


def on_image(trace: Trace, loss: str) -> np.ndarray:
    """Return the loss as a map (y, x) float64 of the network input. Law: the sum is the scalar.

    An anchor's share lies on its cell; an ROI's on the ROI; a mask's where each cell of its grid lies within the ROI.
    """
    size = (int(trace.shape("molding.image")[0]), int(trace.shape("molding.image")[1]))
    if loss in OF_ANCHORS:
        return sum((_cells(grid, stride, size) for grid, stride in _grids(trace, loss)), np.zeros(size))
    parts = np.asarray(trace[f"losses.{loss}_parts"], np.float64)
    grids = parts if parts.ndim == 3 else by_row(trace, loss)[:, None, None]
    return spread(grids, trace["roi_targets.boxes"], size)


def on_level(trace: Trace, loss: str, level: int) -> np.ndarray:
    """Return an RPN loss on the cells (row, column) of pyramid ``level``; all levels sum to the scalar."""
    return _grids(trace, loss)[LEVELS.index(level)][0]


def costliest(trace: Trace, count: int = 10, loss: str | None = None) -> list[Share]:
    """Return the ``count`` rows that add most, to ``loss`` or to any of the five, the costliest first.

    What is not a number comes before all numbers: it is what spoils the loss. Nothing that costs 0 is listed.
    """
    require_losses(trace)
    found = []
    for name in (loss,) if loss else LOSSES:
        values = by_row(trace, name)
        ranked = np.argsort(-np.nan_to_num(values, nan=np.inf, posinf=np.inf), kind="stable")[:count]
        found += [_share(trace, name, int(row), float(values[row])) for row in ranked if values[row] != 0]
    return sorted(found, key=lambda share: -np.nan_to_num(share.value, nan=np.inf, posinf=np.inf))[:count]


def counted(trace: Trace, loss: str) -> int:
    """Return the number of elements that the loss is the mean of."""
    if loss in OF_ANCHORS:
        labels = trace["anchor_targets.labels"]
        return int((labels != 0).sum()) if loss == "rpn_objectness" else 4 * int((labels == 1).sum())
    positive = int((trace["roi_targets.class_ids"] > 0).sum())
    cells = int(np.prod(trace.shape("roi_targets.masks")[1:]))
    return {
        "class": len(trace["roi_targets.class_ids"]),
        "box_delta": 4 * positive,
        "mask": cells * positive,
    }[loss]


def formula(trace: Trace, loss: str, row: int) -> str:
    """Return how the share of ``row`` comes about, with its numbers."""
    value, count = float(by_row(trace, loss)[row]), counted(trace, loss)
    if loss in ("rpn_objectness", "class"):
        return f"-ln {_prob(value, count):.4f} / {count} = {value:.5f} nat"
    parts = np.asarray(trace[f"losses.{loss}_parts"][row], np.float64)
    if loss == "mask":
        return f"sum of {parts.size} cells' -ln p / {count} = {value:.5f} nat"
    each = " + ".join(f"{part * count:.3f}" for part in parts)
    return f"({each}) / {count} = {value:.5f}, smooth L1 of {', '.join(DELTAS)}"


def _share(trace: Trace, loss: str, row: int, value: float) -> Share:
    if loss in OF_ANCHORS:
        box, truth = trace["anchors.boxes"][row], int(trace["anchor_targets.gt_index"][row])
        truth = truth if trace["anchor_targets.labels"][row] == 1 else -1
    else:
        box, truth = trace["roi_targets.boxes"][row], int(trace["roi_targets.gt_index"][row])
    y1, x1, y2, x2 = (float(v) for v in box)
    kind = "anchor" if loss in OF_ANCHORS else "ROI"
    return Share(loss, kind, row, value, (y1, x1, y2, x2), truth, _words(trace, loss, row, value))


def _words(trace: Trace, loss: str, row: int, value: float) -> str:
    """Say what was wanted of a row and what was there; probabilities follow from the share itself."""
    if not np.isfinite(value):
        return "not a finite number"
    count = counted(trace, loss)
    if loss == "rpn_objectness":
        wanted = "object" if trace["anchor_targets.labels"][row] == 1 else "background"
        return f"{wanted} wanted, which got {_prob(value, count):.3f}"
    if loss == "class":
        wanted = _name(trace, int(trace["roi_targets.class_ids"][row]))
        return f"{wanted} wanted, which got {_prob(value, count):.3f}"
    parts = np.asarray(trace[f"losses.{loss}_parts"][row], np.float64)
    if loss == "mask":
        wrong = int((parts * count > UNDECIDED).sum())
        return f"{wrong} of {parts.size} mask cells on the wrong side of 0.5"
    worst = int(parts.argmax())
    return f"{parts[worst] / value:.0%} of it in {DELTAS[worst]}"


def _prob(value: float, count: int) -> float:
    """Return the probability whose entropy, shared among ``count``, is ``value``."""
    return float(np.exp(-value * count))


def _name(trace: Trace, class_id: int) -> str:
    names = config_of(trace).class_names
    return names[class_id] if class_id < len(names) else f"class {class_id}"


def _grids(trace: Trace, loss: str) -> list[tuple[np.ndarray, int]]:
    """Return, a level, the loss of its cells (row, column) and the network-input px of a cell."""
    config = config_of(trace).anchors
    values, levels = by_row(trace, loss), trace["anchors.level"]
    grids = []
    for level, stride, grid in zip(
        LEVELS, config.strides, grid_sizes(trace.shape("molding.image")[:2], config), strict=True
    ):
        cells = values[levels == level].reshape(*grid, len(config.ratios)).sum(axis=-1)
        grids.append((cells, stride * config.spacing))
    return grids


def _cells(grid: np.ndarray, stride: int, size: tuple[int, int]) -> np.ndarray:
    """Return the map (y, x) of ``size`` of a level's cells, each a square of ``stride`` px."""
    rows, columns = np.nonzero(grid)
    corners = np.stack([rows, columns, rows + 1, columns + 1], axis=-1) * float(stride)
    return spread(grid[rows, columns][:, None, None], corners, size)
