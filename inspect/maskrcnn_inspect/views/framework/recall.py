"""Recall at each step: which stage loses the objects, by one definition for all steps.

A ground-truth object is covered while some box of the step overlaps it enough; see ``evaluation.stage_recall``.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from maskrcnn_core.evaluation.metrics.stage_recall import READS, STEPS, THRESHOLDS, TRUTH, StageRecall
from maskrcnn_core.recording.trace import Trace

from .drawing import bars, panels
from .scene import Chart

WORDS = {
    "anchors": "all anchors",
    "top_k": "top k, refined",
    "nms": "proposals",
    "classification": "right class",
    "end": "detections",
}


def can_recall(trace: Trace) -> bool:
    """Return whether the trace holds ground-truth objects to be found, and all the boxes that might cover them."""
    return all(name in trace for name in (*READS, *TRUTH)) and not trace["truth.is_crowd"].all()


def recall(trace: Trace) -> Chart:
    """Return the share of ground-truth objects that some box still covers after each step."""
    return Chart("Share of ground-truth objects covered after each step", figure(trace))


def recall_lines(trace: Trace) -> list[str]:
    """Tell how many ground-truth objects are still covered after each step, a column a threshold."""
    counter = StageRecall()
    counter.add(trace)
    total, shares = counter.num_truths, counter.shares()
    head = "".join(f"{f'IoU >= {threshold:g}':>14}" for threshold in shares)
    lines = [f"{f'{total} objects, covered by some box of':<34}{head}"]
    for step, name in zip(STEPS, _names(trace), strict=True):
        counts = "".join(f"{f'{round(own[step] * total)} of {total}':>14}" for own in shares.values())
        lines.append(f"  {name:<32}{counts}")
    return lines


def figure(trace: Trace) -> Figure:
    """Draw the share of ground-truth objects covered after each step, a threshold a panel, with the number of boxes of
    the step.
    """
    counter = StageRecall()
    counter.add(trace)
    drawn, axes = panels(len(THRESHOLDS), columns=2, size=4.2, aspect=0.5)
    names = _names(trace)
    for one, (threshold, shares) in zip(axes, counter.shares().items(), strict=True):
        title = f"ground-truth objects covered at IoU >= {threshold:g}, share of {counter.num_truths}"
        bars(one, names, list(shares.values()), title)
        one.set_xlim(0, 1.2)
    return drawn


def _names(trace: Trace) -> list[str]:
    return [f"{WORDS[step]} ({trace.shape(boxes)[0]:,})" for step, (boxes, _) in STEPS.items()]
