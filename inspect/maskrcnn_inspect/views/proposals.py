"""Proposals: what non-maximum suppression leaves, and what it takes away.

Look for: an object whose every box was suppressed by a worse-fitting one; proposals that no object explains.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from maskrcnn_core.trace import Trace

from ..drawing import draw_boxes, panels, show_picture
from ..palette import LEVELS as LEVEL_COLOURS
from .common import config_of, molded_picture


def figure(trace: Trace, count: int = 40) -> Figure:
    """Draw the first ``count`` boxes before NMS, the survivors, and the survivors by the level they are pooled from."""
    picture, settings = molded_picture(trace), config_of(trace).proposals
    drawn, (before, after, levels) = panels(3, columns=3, size=3.6)
    show_picture(
        before, picture, f"best {count} of {len(trace['proposals.clipped'])} boxes before NMS, molded px"
    )
    draw_boxes(before, trace["proposals.clipped"][:count], "#d55e00", width=0.8)
    boxes = trace["proposals.boxes"]
    show_picture(
        after,
        picture,
        f"best {min(count, len(boxes))} of {len(boxes)} survivors, IoU <= {settings.nms_threshold}",
    )
    draw_boxes(after, boxes[:count], "#56b4e9", width=0.8)
    pooled_from = trace["box_roi.level"]
    counts = ", ".join(f"P{level}: {(pooled_from == level).sum()}" for level in (2, 3, 4, 5))
    show_picture(levels, picture, f"by pooling level: {counts}")
    draw_boxes(levels, boxes[:count], [LEVEL_COLOURS[int(level)] for level in pooled_from[:count]], width=0.8)
    return drawn
