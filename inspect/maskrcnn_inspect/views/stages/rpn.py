"""RPN: where the network sees objects, and how it would move its anchors.

Shapes: A anchors; y, x cells of a level; yxyx network-input px.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.config import LEVELS
from maskrcnn_core.geometry import boxes as box_algebra
from maskrcnn_core.recording.trace import Trace, config_of

from ...analysis.candidates.fates import rank_anchors
from ...canvas import NEUTRAL, Boxes, Heat, Html
from ...canvas.standalone import Part
from ...palette import LEVELS as LEVEL_COLOURS
from ...session import Selection, Session
from ..framework.cells import CellPanel, cell_of, cells_of, grid_of, selected_cell
from ..framework.chart_cache import kept_chart
from ..framework.common import limit_lines, molded_image, numbers
from ..framework.drawing import draw_boxes, panels, plain, show_image, show_map
from ..framework.panel import Panel
from ..framework.rows import anchor_boxes, truth_boxes
from ..framework.scene import Chart, Scene, Shown, View, shows, static_parts
from ..framework.selector import selector
from ..framework.slider import Slider

DELTAS = ("dy", "dx", "log dh", "log dw")
SHOWN = 30  # best anchors at first


def score_map(trace: Trace, level: int) -> np.ndarray:
    """Return the objectness (y, x) of a level: the best of a cell's ratios, probability; NaN only where all are."""
    grid = grid_of(trace, level)
    scores = trace["rpn.scores"][trace["anchors.level"] == level].reshape(grid.rows, grid.columns, -1)
    return np.asarray(np.fmax.reduce(scores, axis=-1))


def figure(trace: Trace) -> Figure:
    """Draw the objectness of every level over the network input, best ratio of each cell."""
    drawn, axes = panels(len(LEVELS), columns=5, size=2.1)
    for level, one in zip(LEVELS, axes, strict=True):
        scores, extent = score_map(trace, level), grid_of(trace, level).extent
        image = show_map(
            one,
            scores,
            f"P{level}: objectness\nbest {_best(scores):.3f} of {scores.size} cells",
            extent[2:],
        )
        image.set_clim(0.0, 1.0)
    drawn.colorbar(image, ax=axes, shrink=0.7, label="probability of object").ax.tick_params(labelsize=8)
    return drawn


def top_anchors(trace: Trace, count: int = SHOWN) -> Figure:
    """Draw the ``count`` anchors of the highest scores: as they are, refined, and clipped. Network-input px."""
    image, index = molded_image(trace), trace["proposals.top_k_index"][:count]
    steps = {
        "anchors": trace["anchors.boxes"][index],
        "refined by their deltas": trace["proposals.decoded"][:count],
        "clipped to the network input": trace["proposals.clipped"][:count],
    }
    drawn, axes = panels(3, columns=3, size=3.6)
    colours = [LEVEL_COLOURS[int(level)] for level in trace["anchors.level"][index]]
    for (name, boxes), one in zip(steps.items(), axes, strict=True):
        show_image(one, image, f"top {len(boxes)} {name}, colour = level")
        draw_boxes(one, boxes, colours, dotted=name == "anchors", width=1.0)
    return drawn


def deltas(trace: Trace) -> Figure:
    """Draw histograms of the raw deltas of all anchors and of the top k, by their right names."""
    drawn, axes = panels(4, columns=4, size=2.5, aspect=0.75)
    everything = trace["rpn.deltas"]
    best = everything[trace["proposals.top_k_index"]] if "proposals.top_k_index" in trace else everything[:0]
    for column, (name, one) in enumerate(zip(DELTAS, axes, strict=True)):
        values = everything[:, column]
        finite = values[np.isfinite(values)]
        edges = np.histogram_bin_edges(finite.astype(np.float64), bins=60)
        chosen = best[:, column][np.isfinite(best[:, column])]
        for some, colour, label in ((finite, "#999999", "all anchors"), (chosen, "#0072b2", "top k")):
            one.stairs(np.histogram(some, edges)[0], edges, fill=True, color=colour, label=label)
        one.axvline(0.0, color="#1b1f24", linewidth=0.8)
        if len(finite):
            one.set_yscale("log")
        broken = "" if len(finite) == len(values) else f", {len(values) - len(finite)} not finite"
        mean = f", mean {finite.mean():.3f}" if len(finite) else ""
        plain(one, f"{name}{mean}{broken}", "raw delta", "anchors, log scale" if column == 0 else "")
    axes[0].legend(fontsize=7)
    return drawn


def draw(
    trace: Trace, selection: Selection, level: int | None = None, count: int = SHOWN, baked: bool = False
) -> list[Shown]:
    """Return the objectness over the image with the best ``count`` anchors, and the deltas of all.

    level: one alone; by default that of the selected anchor, or of the best. baked: all levels, to switch between.
    """
    top_k = [trace["proposals.top_k_index"]] if "proposals.top_k_index" in trace else []
    chart = kept_chart("Deltas of all anchors", lambda: deltas(trace), [trace["rpn.deltas"]], top_k)
    return [objectness(trace, selection, level, count, baked), chart]


def objectness(
    trace: Trace, selection: Selection, level: int | None = None, count: int = SHOWN, baked: bool = False
) -> Scene:
    """Return the objectness of a level over the image; the anchors of the best scores, of all levels, on it."""
    best = best_anchors_of(trace, count)
    own = level or _own_level(trace, selection, best)
    layers: list[Any] = []
    for one in LEVELS if baked else (own,):
        layers.append(
            Heat(
                score_map(trace, one), f"objectness of P{one}", of=cells_of(trace, one),
                extent=grid_of(trace, one).extent, limits=(0.0, 1.0), unit="probability", visible=one == own,
            )
        )  # fmt: skip
    shown = f"level P{own}" if not baked else "a level at a time"
    chosen = best if level is None else best[trace["anchors.level"][best] == level]
    of = "" if level is None else f" on P{level}"
    return Scene(
        f"Objectness of {shown}, and the {len(chosen)} best anchors{of}, network-input px",
        molded_image(trace),
        [*layers, *truth_boxes(trace, visible=False), _anchors(trace, chosen)],
        "A cell shows the best of its ratios. Every object wants a bright spot on the level of its size. "
        + ("Switch levels in the list of layers." if baked else "Click a cell for its best anchor."),
        settings={"opacity": 0.5},
    )


def best_anchors_of(trace: Trace, count: int) -> np.ndarray:
    """Return the ``count`` anchors of the highest objectness, as the model ranked them; NaN comes last."""
    if "proposals.top_k_index" in trace:
        return np.asarray(trace["proposals.top_k_index"][:count])
    return np.argsort(-np.nan_to_num(trace["rpn.scores"], nan=-1.0), kind="stable")[:count]


def explain(trace: Trace, selection: Selection, level: int | None = None, **_: Any) -> list[str]:
    """Tell how the selected anchor was scored, and what its deltas mean."""
    if selection.anchor is None:
        return [_level_line(trace, one) for one in LEVELS]
    a, cell = selection.anchor, cell_of(trace, selection.anchor)
    std = np.asarray(config_of(trace).rpn.delta_std, np.float32)
    y1, x1, y2, x2 = trace["anchors.boxes"][a]
    raw = trace["rpn.deltas"][a]
    head = config_of(trace).rpn
    dy, dx, dh, dw = box_algebra.limit_sides(raw * std, head.most_growth, head.most_shrink).tolist()
    with np.errstate(over="ignore"):
        growth = np.exp([dh, dw])
    return [
        f"anchor {a}: P{cell.level}, cell ({cell.row}, {cell.column}), width/height {trace['anchors.ratio'][a]:g}",
        _score_line(trace, a),
        f"its rank by objectness: {_rank(trace, a)}",
        f"(dy, dx, log dh, log dw) = {numbers(raw)} * std {numbers(std)} = {numbers(raw * std)}",
        *limit_lines(raw * std, head),
        f"moves by dy * height = {dy:.4f} * {y2 - y1:.2f} = {dy * (y2 - y1):.2f} px down,"
        f" dx * width = {dx:.4f} * {x2 - x1:.2f} = {dx * (x2 - x1):.2f} px right",
        f"grows by exp({dh:.4f}) = {growth[0]:.3f} in height, exp({dw:.4f}) = {growth[1]:.3f} in width",
    ]


def _anchors(trace: Trace, index: np.ndarray) -> Boxes:
    """Return the anchors ``index`` as boxes, with what became of them where that was recorded."""
    level, scores = trace["anchors.level"], trace["rpn.scores"]
    labels = [f"P{level[a]}, objectness {scores[a]:.3f}" for a in index]
    options: dict[str, Any] = {"labels": labels, "scores": np.nan_to_num(scores[index])}
    boxes = trace["anchors.boxes"][index]
    if "proposals.anchor_index" in trace:
        return anchor_boxes(trace, boxes, index, "best anchors", numbered=False, **options)
    return Boxes(boxes, "best anchors", of="anchors", index=index, colours=NEUTRAL, numbered=False, **options)


def _own_level(trace: Trace, selection: Selection, best: np.ndarray) -> int:
    cell = selected_cell(trace, selection)
    if cell is not None:
        return cell.level
    return int(trace["anchors.level"][best[0]]) if len(best) else LEVELS[0]


def _score_line(trace: Trace, anchor: int) -> str:
    score = float(trace["rpn.scores"][anchor])
    if "rpn.logits" not in trace:
        return f"objectness {score:.4f}"
    logits = [float(value) for value in trace["rpn.logits"][anchor]]
    if len(logits) == 1:
        return f"objectness = sigmoid({logits[0]:.3f}) = {score:.4f}"
    background, object_ = logits
    return f"objectness = exp({object_:.3f}) / (exp({background:.3f}) + exp({object_:.3f})) = {score:.4f}"


def _rank(trace: Trace, anchor: int) -> str:
    """Return the place of an anchor in the order of the top k, and of how many it is: ``5 of 4092``."""
    rank = int(rank_anchors(trace)[anchor]) + 1
    if not config_of(trace).proposals.by_level:
        return f"{rank} of {len(trace['rpn.scores'])}"
    level = int(trace["anchors.level"][anchor])
    return f"{rank} of {int((trace['anchors.level'] == level).sum())} on P{level}"


def _level_line(trace: Trace, level: int) -> str:
    scores, grid = trace["rpn.scores"][trace["anchors.level"] == level], grid_of(trace, level)
    bad = int((~np.isfinite(scores)).sum())
    broken = f", {bad} not finite" if bad else ""
    return (
        f"P{level}: {grid.rows} x {grid.columns} cells, best objectness {_best(scores):.4f},"
        f" {int((scores >= 0.5).sum())} of {len(scores)} anchors >= 0.5{broken}"
    )


def _best(scores: np.ndarray) -> float:
    return float(np.nan_to_num(scores, nan=0.0).max(initial=0.0))


VIEW = View(
    "RPN: where objects might be",
    "Look for an object without a bright spot on any level, and for deltas that pile up far from 0.",
    draw,
    explain,
    follows=True,
    stage="rpn",
    section="stages",
)


def widget(session: Session) -> Panel:
    """Return the live view: choose a level and how many of the best anchors; a click on a cell selects its best."""
    choices = {
        "level": selector(
            "level", [("of the selected or best anchor", None), *((f"P{level}", level) for level in LEVELS)]
        ),
        "count": Slider(SHOWN, min=0, max=500, step=10, description="best anchors"),
    }
    return CellPanel(session, VIEW, choices)


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel: all levels at a glance, then one at a time over the image."""
    parts = static_parts(VIEW, session.trace, session.selection, baked=True)
    if not shows(parts):  # a sentence that says what is missing
        return parts
    overview = Chart("Objectness of all levels", figure(session.trace))
    return [*parts[:2], Html(overview.html()), *parts[2:]]
