"""Training matches: which anchors and ROIs learn from which object, and which objects nobody learns
from.

Inputs: a trace with ground truth. Outputs: for every anchor what it was used for, and for every object who learns
from it.
Why: an object that no anchor reaches is not found after training either, however long that is.

Shapes: A anchors; g ground-truth objects; r sampled ROIs; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from maskrcnn_core.data.quality.reach import REACHED_IOU
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of

USES = ("positive", "negative", "neutral", "spare positive", "spare negative", "on a crowd")

TIE = 1e-6  # IoU: the tie of training.anchor_targets, which needs TensorFlow to be imported


@dataclass(frozen=True)
class TruthMatches:
    """Who learns from one ground-truth object."""

    truth: int
    name: str  # of its class
    sides: tuple[float, float]  # height and width, network-input px
    is_crowd: bool
    best_iou: float  # with any anchor
    level: int  # pyramid level of that anchor; 0 without anchors
    anchors: int  # positive ones of the sample
    rois: int  # positive ones of the sample, the ground truth itself among them where it was added

    @property
    def reached(self) -> bool:
        """Return whether an anchor overlaps it by half; a crowd is not to be reached."""
        return self.is_crowd or self.best_iou >= REACHED_IOU


def require_targets(trace: Trace) -> None:
    """Raise ValueError where ``trace`` was recorded without ground truth."""
    for name in ("truth.boxes", "anchor_targets.labels", "roi_targets.boxes"):
        if name not in trace:
            raise ValueError(
                f"wanted a trace with ground truth, received one without {name}; record it with "
                "model.trace(image, truth=sample)"
            )


def anchor_uses(trace: Trace) -> np.ndarray:
    """Return (A,) int8 into ``USES``: what training does with each anchor.

    positive, negative: in the sample. neutral: IoU between the two limits, so neither is wanted of it. spare: it would
    do, but was not drawn; a spare positive may owe it to being some object's best. on a crowd: no example of
    anything.
    """
    require_targets(trace)
    labels, settings = trace["anchor_targets.labels"], config_of(trace).training
    iou = np.asarray(trace["anchor_targets.iou"])
    on_crowd, is_best = np.zeros((2, len(labels)), bool)
    for is_crowd, overlaps in zip(trace["truth.is_crowd"], _overlaps(trace), strict=True):
        if is_crowd:
            on_crowd |= overlaps >= settings.crowd_iou
        elif overlaps.max(initial=0.0) > 0.0:
            is_best |= overlaps >= overlaps.max() - TIE
    uses = np.full(len(labels), USES.index("neutral"), np.int8)
    low = iou < settings.rpn_negative_iou
    uses[low] = USES.index("spare negative")
    uses[low & on_crowd] = USES.index("on a crowd")
    uses[is_best | (iou >= settings.rpn_positive_iou)] = USES.index("spare positive")
    uses[labels == 1], uses[labels == -1] = USES.index("positive"), USES.index("negative")
    return uses


def use_counts(uses: np.ndarray) -> dict[str, int]:
    """Return the number of anchors by use of ``uses`` (A,). Law: they sum to the number of anchors."""
    counts = np.bincount(uses, minlength=len(USES))
    return dict(zip(USES, counts.tolist(), strict=True))


def truth_matches(trace: Trace) -> list[TruthMatches]:
    """Return who learns from each ground-truth object, in their order."""
    require_targets(trace)
    levels = np.asarray(trace["anchors.level"])
    names = config_of(trace).class_names
    positive = trace["anchor_targets.gt_index"][trace["anchor_targets.labels"] == 1]
    of_rois = trace["roi_targets.gt_index"]
    heights, widths = box_algebra.sides(np.asarray(trace["truth.boxes"], np.float64))
    matches = []
    for row, (class_id, overlaps) in enumerate(
        zip(trace["truth.class_ids"].tolist(), _overlaps(trace), strict=True)
    ):
        best = int(overlaps.argmax()) if len(overlaps) else -1
        matches.append(
            TruthMatches(
                row,
                names[class_id] if class_id < len(names) else f"class {class_id}",
                (float(heights[row]), float(widths[row])),
                bool(trace["truth.is_crowd"][row]),
                float(overlaps[best]) if best >= 0 else 0.0,
                int(levels[best]) if best >= 0 else 0,
                int((positive == row).sum()),
                int((of_rois == row).sum()),
            )
        )
    return matches


def _overlaps(trace: Trace) -> Iterator[np.ndarray]:
    """Yield (A,) IoU of the anchors with each ground-truth object, by the function and in the pixels of the targets.

    One at a time: all anchors of a large image with all its objects would take hundreds of megabytes.
    """
    for truth in trace["truth.boxes"]:
        yield np.asarray(box_algebra.iou(trace["anchors.boxes"], truth[None]))[:, 0]
