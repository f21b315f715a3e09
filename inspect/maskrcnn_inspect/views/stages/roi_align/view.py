"""ROIAlign: the features that the heads see of a region.

Look for: two objects whose pooled features look the same; a region pooled from a level too coarse for it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Trace

from ....analysis.candidates.fates import best_candidates
from ....analysis.features.activations import summarise
from ....analysis.features.roi_pool import AGGREGATES, Region, region_of
from ....canvas.standalone import Part
from ....session import Selection, Session
from ...framework.common import class_label, molded_image
from ...framework.drawing import panels, show_image, show_map
from ...framework.panel import Panel
from ...framework.rows import default_rows
from ...framework.scene import FEW, Shown, View, static_parts
from ...framework.selector import selector
from .formulas import explain_region
from .scenes import pooled, sampling, whole

HEADS = {"box head": "box_roi", "mask head": "mask_roi"}
ALL_CHANNELS = -1
CLOSE_UPS = 3  # regions whose points a page without a kernel shows


def figure(trace: Trace, rows: list[int] | None = None) -> Figure:
    """Draw proposals ``rows``: the crop of the network input, and the energy of its pooled features.

    rows: into ``proposals.boxes``; by default those of the detections, or the best ones where there is no detection.
    """
    chosen = (rows if rows is not None else default_rows(trace))[:6]
    if not chosen:
        drawn, (only,) = panels(1, size=4.0)
        show_image(only, molded_image(trace), "no proposal, so nothing is pooled")
        return drawn
    drawn, axes = panels(2 * len(chosen), columns=len(chosen), size=2.2)
    image = molded_image(trace)
    for place, row in enumerate(chosen):
        box, level = trace["proposals.boxes"][row], int(trace["box_roi.level"][row])
        y1, x1, y2, x2 = (round(float(v)) for v in np.nan_to_num(box))
        crop = image[max(y1, 0) : max(y2, y1 + 1), max(x1, 0) : max(x2, x1 + 1)]
        name = class_label(trace, int(trace["detections.candidate_class"][best_candidates(trace)[row]]))
        show_image(
            axes[place], crop, f"proposal {row} ({name})\n{x2 - x1} x {y2 - y1} network-input px, P{level}"
        )
        pooled = trace["box_roi.pooled"][row]
        size = f"{pooled.shape[1]} x {pooled.shape[0]} x {pooled.shape[2]}"
        show_map(axes[len(chosen) + place], summarise(pooled), f"pooled {size}\nenergy over channels")
    return drawn


def chosen_region(trace: Trace, selection: Selection, stage: str = "box_roi") -> Region:
    """Return the region that ``selection`` means; the first of ``default_rows`` where it means none.

    Raises: ValueError where nothing was pooled.
    """
    if stage == "mask_roi":
        return region_of(trace, stage, selection.detection or 0)
    row = selection.proposal
    return region_of(trace, stage, row if row is not None else (default_rows(trace) or [0])[0])


def draw(
    trace: Trace,
    selection: Selection,
    head: str = "box_roi",
    channel: int = ALL_CHANNELS,
    aggregate: str = "max",
    bins: int | None = None,
) -> list[Shown]:
    """Return the region on the image, its points on the level's map, and what was pooled.

    head: ``box_roi`` or ``mask_roi``. channel: of the maps, or ``ALL_CHANNELS`` for their energy. aggregate: of
    RoIPool. bins: the bin whose reading is shown, row by row; the middle one by default.
    """
    region = chosen_region(trace, selection, head)
    return [
        whole(trace, region),
        sampling(trace, region, channel, bins),
        pooled(trace, [region], channel, aggregate),
    ]


def explain(
    trace: Trace,
    selection: Selection,
    head: str = "box_roi",
    channel: int = ALL_CHANNELS,
    aggregate: str = "max",
    bins: int | None = None,
) -> list[str]:
    """Tell the level, the grid and one bin of the selected region with their numbers, and what rounding changes."""
    return explain_region(trace, chosen_region(trace, selection, head), channel, bins)


def draw_baked(trace: Trace, selection: Selection) -> list[Shown]:
    """Return the same of the first detections, or of the default rows, for pages without a kernel."""
    rows = default_rows(trace)[:FEW] or [0]  # row 0 says that there is none
    regions = [region_of(trace, "box_roi", row) for row in rows]
    close_ups = [sampling(trace, region, ALL_CHANNELS, None) for region in regions[:CLOSE_UPS]]
    return [*close_ups, pooled(trace, regions, ALL_CHANNELS, "max")]


VIEW = View(
    "ROIAlign: a grid of fixed size from a region of any size",
    "Look for a region pooled from a level too coarse for it, and for how far rounding to cells would have moved it.",
    draw,
    explain,
    follows=True,
    stage="box_roi",
    section="stages",
)


def widget(session: Session) -> Panel:
    """Return the live view: a click on a region pools it here, a click on a bin shows what it reads."""
    names = [("all, energy", ALL_CHANNELS)]
    if "box_roi.pooled" in session.base:
        names += [(f"channel {n}", n) for n in range(session.base.shape("box_roi.pooled")[-1])]
    choices = {
        "head": selector("pooled for", HEADS),
        "channel": selector("channels", names),
        "aggregate": selector("RoIPool takes of a bin the", AGGREGATES),
    }
    return Panel(session, VIEW, choices, picks=("bins",))


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel."""
    found = "detections.boxes" in session.trace and session.trace.shape("detections.boxes")[0]
    view = (
        VIEW if found else replace(VIEW, draw=draw_baked)
    )  # nothing to select: what came closest, on sliders
    return static_parts(view, session.trace, session.selection)
