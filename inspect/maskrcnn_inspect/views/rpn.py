"""RPN: where the network sees objects, and how it would move its anchors.

Look for: an object without a bright spot on any level; deltas that pile up far from 0.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.config import LEVELS
from maskrcnn_core.stages.anchors import grid_sizes
from maskrcnn_core.trace import Trace

from ..drawing import draw_boxes, panels, plain, show_map, show_picture
from ..palette import LEVELS as LEVEL_COLOURS
from .common import config_of, molded_picture

DELTAS = ("dy", "dx", "log dh", "log dw")


def score_map(trace: Trace, level: int) -> np.ndarray:
    """Return the objectness (y, x) of a level: the best of a cell's ratios, probability."""
    config = config_of(trace).anchors
    grid = grid_sizes(trace.shape("molding.image")[:2], config)[LEVELS.index(level)]
    scores = trace["rpn.scores"][trace["anchors.level"] == level]
    return np.asarray(scores.reshape(*grid, len(config.ratios)).max(axis=-1))


def figure(trace: Trace) -> Figure:
    """Draw the objectness of every level over the molded image, best ratio of each cell."""
    drawn, axes = panels(len(LEVELS), columns=5, size=2.6)
    picture = molded_picture(trace)
    for level, one in zip(LEVELS, axes, strict=True):
        scores = score_map(trace, level)
        image = show_map(
            one,
            scores,
            f"P{level}: objectness\nbest {scores.max():.3f} of {scores.size} cells",
            picture.shape[:2],
        )
        image.set_clim(0.0, 1.0)
    drawn.colorbar(image, ax=axes, shrink=0.7, label="probability of object").ax.tick_params(labelsize=8)
    return drawn


def top_anchors(trace: Trace, count: int = 50) -> Figure:
    """Draw the ``count`` anchors of the highest scores: as they are, refined, and clipped. Molded px."""
    picture, index = molded_picture(trace), trace["proposals.top_k_index"][:count]
    steps = {
        "anchors": trace["anchors.boxes"][index],
        "refined by their deltas": trace["proposals.decoded"][:count],
        "clipped to the molded image": trace["proposals.clipped"][:count],
    }
    drawn, axes = panels(3, columns=3, size=3.6)
    colours = [LEVEL_COLOURS[int(level)] for level in trace["anchors.level"][index]]
    for (name, boxes), one in zip(steps.items(), axes, strict=True):
        show_picture(one, picture, f"top {len(boxes)} {name}, colour = level")
        draw_boxes(one, boxes, colours, dotted=name == "anchors", width=1.0)
    return drawn


def deltas(trace: Trace) -> Figure:
    """Draw histograms of the raw deltas of all anchors and of the top k, by their right names."""
    drawn, axes = panels(4, columns=4, size=2.8, aspect=0.75)
    everything, best = trace["rpn.deltas"], trace["rpn.deltas"][trace["proposals.top_k_index"]]
    for column, (name, one) in enumerate(zip(DELTAS, axes, strict=True)):
        values = everything[:, column][np.isfinite(everything[:, column])]
        edges = np.histogram_bin_edges(values, bins=60).tolist()
        one.hist(values, edges, color="#999999", label="all anchors")
        one.hist(best[:, column], edges, color="#0072b2", label="top k")
        one.set_yscale("log")
        plain(one, f"{name}, mean {values.mean():.3f}", "raw delta", "anchors")
    axes[0].legend(fontsize=7)
    return drawn
