"""Other thresholds of the proposals' NMS, run beforehand: what a page without a kernel can slide through.

Every position is a replay of the model from the proposals on, to its detections.

Shapes: k of the top scores; yxyx network-input px.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.evaluation.metrics.stage_recall import covered_by
from maskrcnn_core.recording.trace import Trace, config_of

from ....canvas import NEUTRAL, Boxes, Frames
from ....session import Session
from ...framework.common import class_label, molded_image
from ...framework.rows import anchor_boxes, truth_boxes
from ...framework.scene import Scene

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # IoU
COVERED = 0.5  # IoU from which a box covers a ground-truth object
MOST = 60  # boxes drawn at first


@dataclass(frozen=True)
class Replayed:
    """What one threshold came to: ``kept`` (n,) -> k; boxes (d, yxyx) and labels of the detections that followed."""

    threshold: float
    kept: np.ndarray
    boxes: np.ndarray
    labels: list[str]


def replay_all(session: Session, thresholds: tuple[float, ...] = THRESHOLDS) -> list[Replayed]:
    """Run the model again at each threshold, and at the one in use. The session must be live."""
    own = config_of(session.trace).proposals.nms_threshold
    return [replayed(session, threshold) for threshold in sorted({*thresholds, own})]


def at_thresholds(trace: Trace, runs: list[Replayed]) -> Scene:
    """Return the proposals that each threshold keeps, and the detections that follow."""
    own = config_of(trace).proposals.nms_threshold
    rows = np.unique(np.concatenate([run.kept for run in runs])).astype(int)
    frames = Frames("NMS threshold", [_label(run) for run in runs], _place(runs, own))
    anchors = trace["proposals.top_k_index"][rows]
    kept = anchor_boxes(
        trace, trace["proposals.clipped"][rows], anchors, "kept",
        scores=trace["proposals.top_k_scores"][rows],
        frames=[np.searchsorted(rows, np.sort(run.kept)) for run in runs] if len(runs) > 1 else (),
    )  # fmt: skip
    return Scene(
        "Proposals at other thresholds, each run by the model, network-input px",
        molded_image(trace),
        [*truth_boxes(trace, visible=False), kept, _detections(runs)],
        "Low thresholds lose objects that touch; high ones pass many boxes of one object. The number of detections"
        " that follow is beside the slider.",
        frames=frames if len(runs) > 1 else None,
        settings={"max_number": min(MOST, len(rows))},
    )


def replayed(session: Session, threshold: float) -> Replayed:
    """Run the model again from the proposals on, on the trace shown and with its settings."""
    trace = session.model.replay(session.trace, **{"proposals.nms_threshold": threshold})
    rows = zip(trace["detections.class_ids"], trace["detections.scores"], strict=True)
    labels = [class_label(trace, int(class_id), float(score)) for class_id, score in rows]
    return Replayed(threshold, trace["proposals.nms_index"], trace["detections.boxes"], labels)


def _detections(runs: list[Replayed]) -> Boxes:
    """Return the detections of all runs, each in its own frame. Their ranks differ from run to run: grey."""
    ends = np.cumsum([len(run.boxes) for run in runs])
    frames = [np.arange(end - len(run.boxes), end) for run, end in zip(runs, ends, strict=True)]
    return Boxes(
        np.concatenate([run.boxes for run in runs]), "detections that follow", colours=NEUTRAL, style="dotted",
        numbered=False, labels=[label for run in runs for label in run.labels], filtered=False,
        frames=frames if len(runs) > 1 else (),
    )  # fmt: skip


def table(trace: Trace, runs: list[Replayed]) -> list[str]:
    """Tell in a line for each threshold what it came to; with ground truth, how many ground-truth objects a kept box
    still covers.
    """
    return [_label(run) + _covered(trace, run) for run in runs]


def _label(run: Replayed) -> str:
    return f"{run.threshold:g}: {len(run.kept)} kept, {len(run.boxes)} detections"


def _covered(trace: Trace, run: Replayed) -> str:
    if "truth.boxes" not in trace:
        return ""
    truths = trace["truth.boxes"][~trace["truth.is_crowd"]]
    best = covered_by(trace["proposals.clipped"][run.kept], truths, config_of(trace).box_corner)
    return f", {int((best >= COVERED).sum())} of {len(truths)} ground-truth objects covered at IoU >= {COVERED:g}"


def _place(runs: list[Replayed], own: float) -> int:
    return next(place for place, run in enumerate(runs) if run.threshold == own)
