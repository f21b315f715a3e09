"""Comparison: two models, or two checkpoints of one, on one image, tensor by tensor.

Inputs: two traces of one image. Outputs: how far apart each tensor is, in the order of the pipeline, where the two
part ways first, and their detections matched.

Rows of proposals and detections are not compared by place but by anchor: only what both made of the same anchor has
a difference.

Shapes: A anchors; k, n, d rows that stand for anchors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maskrcnn_core.recording.tensors import spec_of
from maskrcnn_core.recording.trace import Trace

from .effects import Effect, find_effect

ANCHORED = ("k", "n", "d")  # axes whose rows stand for anchors
NOT_COMPARED = (
    "truth",
    "anchor_targets",
    "roi_targets",
    "losses",
)  # these speak of training, not of the image
TOP_DOWN = tuple(f"fpn.merged{level}" for level in (5, 4, 3, 2))  # the order in which they are made
PARTED = 1e-5  # relative difference from which two tensors are not the same computation


@dataclass(frozen=True)
class Difference:
    """How far one tensor is from its counterpart.

    relative: root mean square of the difference over that of the greater of the two, 0 = equal; of indices, levels,
    classes and pixels the share that differs. None where nothing can be compared: another shape, or no common row.
    common: share of rows that both have (same anchor), 1 for tensors without such rows. why: what hinders, or "".
    """

    name: str
    relative: float | None
    common: float
    shapes: tuple[tuple[int, ...], tuple[int, ...]]
    why: str = ""

    def parted(self, tolerance: float = PARTED) -> bool:
        """Whether the two are different: values, rows or shape."""
        return self.relative is None or self.relative > tolerance or self.common < 1


@dataclass(frozen=True)
class Comparison:
    """differences: in the order of the pipeline. effect: detections of ``a`` (before) and ``b`` (after), matched."""

    differences: tuple[Difference, ...]
    effect: Effect

    def parting(self, tolerance: float = PARTED) -> str | None:
        """Return the first tensor that differs by more than ``tolerance``, or None where none does."""
        return next((one.name for one in self.differences if one.parted(tolerance)), None)

    def by_stage(self) -> dict[str, float | None]:
        """Return the largest difference of each stage; None where one of its tensors cannot be compared."""
        stages: dict[str, list[float | None]] = {}
        for one in self.differences:
            stages.setdefault(spec_of(one.name).stage, []).append(one.relative)
        return {
            stage: None if any(v is None for v in found) else max(v for v in found if v is not None)
            for stage, found in stages.items()
        }


def compare(a: Trace, b: Trace, names: Sequence[str] | None = None, threshold: float = 0.5) -> Comparison:
    """Compare two traces of one image.

    names: what to compare; by default all that both hold, but for ground truth, targets and losses. threshold: IoU from
    which detections are taken for the same.
    Raises: ValueError where the two are of different images; KeyError for a tensor that one lacks.
    """
    if a.shape("image.original") != b.shape("image.original") or not np.array_equal(
        a["image.original"], b["image.original"]
    ):
        raise ValueError(
            "wanted two traces of one image, received two images, of "
            f"{a.shape('image.original')} and {b.shape('image.original')}"
        )
    chosen = names or in_order([n for n in a if n in b and spec_of(n).stage not in NOT_COMPARED])
    common = _Rows(a, b)
    return Comparison(tuple(_difference(name, a, b, common) for name in chosen), find_effect(a, b, threshold))


def in_order(names: Sequence[str]) -> list[str]:
    """Return ``names`` of a trace in the order in which they are made: as they stand, but the pyramid from the top."""
    merged = iter([name for name in TOP_DOWN if name in names])
    return [next(merged) if name in TOP_DOWN else name for name in names]


class _Rows:
    """Which rows of two traces stand for the same anchor, by axis."""

    def __init__(self, a: Trace, b: Trace) -> None:
        self.same_anchors = "anchors.boxes" in a and np.array_equal(
            a["anchors.boxes"], b.get("anchors.boxes", [])
        )
        self._anchors = [{axis: self._of(trace, axis) for axis in ANCHORED} for trace in (a, b)]

    def pairs(self, axis: str) -> tuple[np.ndarray, np.ndarray, float]:
        """Return the rows of common anchors in both, and their share of all anchors that either has."""
        ours, theirs = (anchors[axis] for anchors in self._anchors)
        if ours is None or theirs is None or not self.same_anchors:
            return np.zeros(0, int), np.zeros(0, int), 0.0
        _, rows, others = np.intersect1d(ours, theirs, return_indices=True)
        total = len(np.union1d(ours, theirs))
        return rows, others, len(rows) / total if total else 1.0

    @staticmethod
    def _of(trace: Trace, axis: str) -> np.ndarray | None:
        name = "proposals.top_k_index" if axis == "k" else "proposals.anchor_index"
        if name not in trace or (axis == "d" and "detections.proposal_index" not in trace):
            return None
        anchors = np.asarray(trace[name])
        return anchors[trace["detections.proposal_index"]] if axis == "d" else anchors


def _difference(name: str, a: Trace, b: Trace, rows: _Rows) -> Difference:
    ours, theirs = np.asarray(a[name]), np.asarray(b[name])
    axes, shapes, common = spec_of(name).axes, (ours.shape, theirs.shape), 1.0
    if spec_of(name).unit.startswith("->") and axes[0] in ("n", "d"):
        ours, theirs = _anchors_of(name, a), _anchors_of(name, b)
    if axes and axes[0] in ANCHORED and ours.shape[1:] == theirs.shape[1:]:
        mine, other, common = rows.pairs(axes[0])
        if not len(mine) and (len(ours) or len(theirs)):
            return Difference(name, None, common, shapes, "no row of a common anchor")
        ours, theirs = ours[mine], theirs[other]
    if ours.shape != theirs.shape:
        return Difference(name, None, common, shapes, f"shapes {shapes[0]} and {shapes[1]}")
    return Difference(name, distance(ours, theirs), common, shapes)


def _anchors_of(name: str, trace: Trace) -> np.ndarray:
    """Return the anchors that an index leads to: places among rows of another length say nothing by themselves."""
    if name == "proposals.nms_index":
        return np.asarray(trace["proposals.top_k_index"][trace[name]])
    if name in ("detections.proposal_index", "detections.candidate_index"):
        name = "detections.proposal_index"  # rows of candidates of other proposals are no more alike
        return np.asarray(trace["proposals.anchor_index"][trace[name]])
    return np.asarray(trace[name])


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Return the relative difference of two arrays of one shape; of whole numbers the share that differs.

    NaN equals NaN; infinity where one alone has a value that is not finite. Law: ``distance(a, a) == 0``.
    """
    if not a.size:
        return 0.0
    if a.dtype.kind in "iub" and b.dtype.kind in "iub":
        return float((a != b).mean())
    a, b = a.astype(np.float64), b.astype(np.float64)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if not np.isfinite(np.where(same, 0.0, a)).all() or not np.isfinite(np.where(same, 0.0, b)).all():
        return float("inf")
    apart = np.sqrt(np.mean(np.square(np.where(same, 0.0, a) - np.where(same, 0.0, b))))
    finite = np.isfinite(a) & np.isfinite(b)
    size = max(np.sqrt(np.mean(np.square(values[finite]))) if finite.any() else 0.0 for values in (a, b))
    return float(apart / size) if size else 0.0
