"""Proposals: from the anchors of the highest scores to the regions worth a closer look.

Three things happen and each has its scene: refinement (anchor, moved by its deltas, clipped), non-maximum suppression
as a film in the order of scores, and the survivors, by the level that they are pooled from.

Shapes: k of the top scores; n proposals; yxyx network-input px.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of

from ....analysis.candidates.fates import proposal_suppression
from ....canvas import Frames, Html, Links
from ....canvas.standalone import Part
from ....palette import LEVELS as LEVEL_COLOURS
from ....session import Selection, Session
from ...framework.common import limit_lines, molded_image, numbers
from ...framework.drawing import draw_boxes, panels, show_image
from ...framework.panel import Panel, Rerun
from ...framework.recall import can_recall, recall, recall_lines
from ...framework.rows import anchor_boxes, detection_boxes, proposal_boxes, truth_boxes
from ...framework.scene import RENDER_ERRORS, Scene, Shown, View, error_text, lines_html, shows, static_parts
from ...framework.slider import Slider
from .thresholds import at_thresholds, replay_all, table

SHOWN = 60  # boxes of the film and the refinement at first: more hide each other
IMAGES = 40  # positions of the film at most


def figure(trace: Trace, count: int = 40) -> Figure:
    """Draw the first ``count`` boxes before NMS, the survivors, and the survivors by the level they are pooled from."""
    image, settings = molded_image(trace), config_of(trace).proposals
    drawn, (before, after, levels) = panels(3, columns=3, size=3.6)
    show_image(
        before, image, f"best {count} of {len(trace['proposals.clipped'])} boxes before NMS, network-input px"
    )
    draw_boxes(before, trace["proposals.clipped"][:count], "#d55e00", width=0.8)
    boxes = trace["proposals.boxes"]
    show_image(
        after,
        image,
        f"best {min(count, len(boxes))} of {len(boxes)} survivors, IoU <= {settings.nms_threshold}",
    )
    draw_boxes(after, boxes[:count], "#56b4e9", width=0.8)
    pooled_from = trace["box_roi.level"] if "box_roi.level" in trace else np.zeros(len(boxes), int)
    counts = ", ".join(f"P{level}: {(pooled_from == level).sum()}" for level in (2, 3, 4, 5))
    colours = [LEVEL_COLOURS.get(int(level), "#56b4e9") for level in pooled_from[:count]]
    show_image(levels, image, f"by pooling level: {counts}")
    draw_boxes(
        levels,
        boxes[:count],
        colours,
        width=0.8,
    )
    return drawn


def draw(trace: Trace, selection: Selection, count: int = SHOWN, baked: bool = False) -> list[Shown]:
    """Return refinement, film of NMS and survivors of the best ``count`` boxes.

    baked: recall as a chart as well; a live view tells it in words, which are there sooner.
    """
    shown: list[Shown] = [refinement(trace, count), film(trace, count), survivors(trace, count)]
    return [*shown, recall(trace)] if baked and can_recall(trace) else shown


def refinement(trace: Trace, count: int = SHOWN) -> Scene:
    """Return the anchors of the best scores on their way: as they are, refined by their deltas, clipped."""
    index = trace["proposals.top_k_index"][:count]
    steps = np.stack(
        [
            trace["anchors.boxes"][index],
            trace["proposals.decoded"][:count],
            trace["proposals.clipped"][:count],
        ]
    )
    layer = anchor_boxes(
        trace, steps, index, "candidates",
        scores=trace["proposals.top_k_scores"][:count], steps=("anchor", "refined", "clipped"),
    )  # fmt: skip
    return Scene(
        f"Refinement of the best {len(index)} of {len(trace['anchors.boxes'])} anchors, network-input px",
        molded_image(trace),
        [*truth_boxes(trace), layer],
        "Move the slider: do the boxes gather around objects?",
    )


def film(trace: Trace, count: int = SHOWN) -> Scene:
    """Return NMS in the order of scores: who is kept, and whom it suppresses."""
    index, scores = trace["proposals.top_k_index"][:count], trace["proposals.top_k_scores"][:count]
    boxes, why = trace["proposals.clipped"][:count], proposal_suppression(trace)
    kept, by, iou = why.kept[:count], why.by[:count], why.iou[:count]
    turn = np.where(kept >= 0, kept, np.where(by >= 0, why.kept[np.maximum(by, 0)], len(kept)))
    turns = np.unique(kept[kept >= 0])
    turns = turns[np.unique(np.linspace(0, len(turns) - 1, min(IMAGES, len(turns))).astype(int))]
    frames = Frames("Kept so far", [f"{one + 1} kept" for one in turns], start=max(0, len(turns) - 1))
    rows = np.arange(len(index))
    labels = [
        f"kept as proposal {kept[row]}" if kept[row] >= 0
        else f"suppressed by anchor {index[by[row]]} at IoU {iou[row]:.2f}" if 0 <= by[row] < len(index)
        else "too small for NMS" if not why.entered[row]
        else "never examined, the count was full"
        for row in rows
    ]  # fmt: skip

    def layer(name: str, chosen: np.ndarray, seen: Any, **options: Any) -> Any:
        own = [np.flatnonzero(seen(turn[chosen], one)) for one in turns] if len(turns) > 1 else []
        return anchor_boxes(
            trace, boxes[chosen], index[chosen], name, scores=scores[chosen],
            labels=[labels[row] for row in chosen], frames=own, **options,
        )  # fmt: skip

    gone = rows[(kept < 0) & (by >= 0)]
    pairs = np.stack([index[gone], trace["proposals.top_k_index"][by[gone]]], axis=1)
    layers = [
        layer("suppressed", gone, np.less_equal, style="dotted", colours=-1),
        layer("kept", rows[kept >= 0], np.less_equal),
        Links(pairs, "anchors", "anchors", name="suppressed by"),
    ]
    threshold = config_of(trace).proposals.nms_threshold
    how = " within each level" if config_of(trace).proposals.by_level else ""
    total = trace.shape("proposals.clipped")[0]
    return Scene(
        f"NMS{how}, IoU > {threshold:g}: best {len(index)} of {total}, network-input px",
        molded_image(trace),
        layers,
        "Solid is kept, dotted is suppressed; click a dotted box to see by whom.",
        frames=frames if len(turns) > 1 else None,
    )


def survivors(trace: Trace, count: int = SHOWN) -> Scene:
    """Return the proposals, those that became detections in the colour of the detection."""
    total = len(trace["proposals.boxes"])
    labels = None
    if "box_roi.level" in trace:
        labels = [f"pooled from P{level}" for level in trace["box_roi.level"]]
    detections = []
    if "detections.boxes" in trace:
        detections = [detection_boxes(trace, style="dotted", visible=False)]
    return Scene(
        f"{total} proposals, network-input px",
        molded_image(trace),
        [*truth_boxes(trace, visible=False), proposal_boxes(trace, labels=labels or ()), *detections],
        "Coloured boxes became detections. Does every object still have a box?",
        settings={"max_number": min(count, total)},
    )


def explain(trace: Trace, selection: Selection, count: int = SHOWN, baked: bool = False) -> list[str]:
    """Tell how the selected anchor was moved, and what became of it; live, the recall at each step."""
    told = recall_lines(trace) if not baked and can_recall(trace) else []
    if selection.anchor is None:
        return ["Click a box: its refinement and outcome appear here, with the numbers.", *told]
    return [*fate_lines(trace, selection.anchor), *told]


def fate_lines(trace: Trace, a: int) -> list[str]:
    """Tell the way of anchor ``a`` with its numbers."""
    config = config_of(trace)
    places = np.flatnonzero(trace["proposals.top_k_index"] == a)
    raw, std = trace["rpn.deltas"][a], np.asarray(config.rpn.delta_std, np.float32)
    y1, x1, y2, x2 = trace["anchors.boxes"][a]
    lines = [
        f"anchor {a} on P{trace['anchors.level'][a]}: ({y1:.1f}, {x1:.1f}, {y2:.1f}, {x2:.1f}) network-input px,"
        f" objectness {trace['rpn.scores'][a]:.4f}",
        f"(dy, dx, log dh, log dw) = {numbers(raw)} x std {numbers(std)} = {numbers(raw * std)}",
    ]
    if not places.size:
        where = f" of P{trace['anchors.level'][a]}" if config.proposals.by_level else ""
        return [
            *lines,
            f"not among the best {config.proposals.top_k}{where} by objectness: its way ends here",
        ]
    k, why = int(places[0]), proposal_suppression(trace)
    limited = box_algebra.limit_sides(raw * std, config.rpn.most_growth, config.rpn.most_shrink)
    dy, dx, dh, dw = limited
    lines += limit_lines(raw * std, config.rpn)
    lines += [
        f"centre y = {(y1 + y2) / 2:.2f} + {dy:.4f} * {y2 - y1:.2f}, height = {y2 - y1:.2f} * exp({dh:.4f})",
        f"centre x = {(x1 + x2) / 2:.2f} + {dx:.4f} * {x2 - x1:.2f}, width  = {x2 - x1:.2f} * exp({dw:.4f})",
        f"refined {numbers(trace['proposals.decoded'][k])}, clipped {numbers(trace['proposals.clipped'][k])}",
    ]
    if why.kept[k] >= 0:
        return [*lines, f"kept by NMS: proposal {why.kept[k]} of {len(trace['proposals.boxes'])}"]
    if why.by[k] >= 0:
        other, threshold = trace["proposals.top_k_index"][why.by[k]], config.proposals.nms_threshold
        return [*lines, f"suppressed by anchor {other}: IoU {why.iou[k]:.3f} > {threshold:g}"]
    if not why.entered[k]:
        return [*lines, f"not both sides are above {config.proposals.min_size:g} px: it does not go into NMS"]
    return [*lines, f"never examined: {config.proposals.count} better ones filled the count"]


VIEW = View(
    "Proposals: refinement, NMS, survivors",
    "Look for an object whose every box was suppressed by a worse-fitting one; for proposals that no object explains.",
    draw,
    explain,
    stage="proposals",
    section="stages",
)
RERUNS = (
    Rerun("proposals.nms_threshold", "NMS threshold (IoU)", 0.05, 1.0, 0.05),
    Rerun("proposals.top_k", "top k by objectness", 10, 6000, 10),
    Rerun("proposals.count", "proposals at most", 1, 2000, 1),
)


def widget(session: Session) -> Panel:
    """Return the live view: its sliders run the proposals and all that follows again."""
    count = Slider(SHOWN, min=10, max=500, step=10, description="boxes drawn")
    return Panel(session, VIEW, {"count": count}, RERUNS)


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel; where there is a model, other thresholds are baked."""
    parts = static_parts(VIEW, session.trace, session.selection, baked=True)
    if not session.has_model or not shows(parts):  # a sentence that says what is missing
        return parts
    try:
        runs = replay_all(session)
    except RENDER_ERRORS as error:  # a trace that lacks what a replay starts from
        return [*parts, error_text(error)]
    text = ["NMS threshold (IoU), each run by the model:", *table(session.trace, runs)]
    return [*parts[:5], at_thresholds(session.trace, runs).canvas(), Html(lines_html(text)), *parts[5:]]
