"""The scenes of ROIAlign: where a region is, where its map is read, what comes out, and what RoIPool would have given.

Shapes: as in ``analysis.roi_pool``; all coordinates on the image are network-input px.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from maskrcnn_core.recording.trace import Trace

from ....analysis.candidates.fates import best_candidates
from ....analysis.features.activations import summarise
from ....analysis.features.roi_pool import Region, points_of, quantised, reading_of, roi_pool
from ....canvas import NEUTRAL, Boxes, Frames, Grid, Heat, Layer, Points
from ....canvas.tables import limits_of
from ...framework.common import class_label, molded_image
from ...framework.rows import colours_of, detection_boxes, detection_of_proposal, proposal_boxes
from ...framework.scene import Scene

MARGIN = 3  # cells around the region that are in view at first
GAP = 1  # bins between two maps side by side
BIN, READ = 0, 4  # colours of the points of a bin and of the cells it reads: orange, blue


def whole(trace: Trace, region: Region) -> Scene:
    """Return the image with every region, the chosen one marked."""
    layers: list[Layer] = [_region_box(trace, region, "pooled here")]
    if "detections.boxes" in trace:
        layers = [detection_boxes(trace), *layers]
    if region.stage == "box_roi":
        layers = [proposal_boxes(trace, visible="detections.boxes" not in trace), *layers]
    height, width = region.box[2:] - region.box[:2]
    return Scene(
        f"{name_of(region)}: {width:.1f} x {height:.1f} network-input px, pooled from P{region.level}",
        molded_image(trace),
        layers,
        "Click a region to pool it. Is the level fine enough to show its parts?",
    )


def sampling(trace: Trace, region: Region, channel: int, bins: int | None) -> Scene:
    """Return the points at which the map is read, over the cells of the map, and the cells that one bin reads."""
    name, samples = f"P{region.level}", len(region.lines[0].place)
    top, left, bottom, right = (float(v) for v in np.nan_to_num(region.box))
    margin = MARGIN * region.stride
    return Scene(
        f"{name_of(region)}: {samples} x {samples} points on {name}, network-input px",
        molded_image(trace),
        [
            Heat(summary(trace[f"fpn.p{region.level}"], channel), name, extent=region.extent, unit="activation",
                 colours=_table(channel)),
            Grid(*region.cells, f"cells of {name}", extent=region.extent),
            _rounded_box(region),
            _region_box(trace, region, "region"),
            *_points(region, middle_bin(region) if bins is None else bins),
        ],
        "Orange: the points of one bin; blue: the cells they read, larger for more weight; dotted: the cells RoIPool "
        "would have rounded to.",
        settings={"region": [top - margin, left - margin, bottom + margin, right + margin]},
    )  # fmt: skip


def pooled(trace: Trace, regions: Sequence[Region], channel: int, aggregate: str) -> Scene:
    """Return the pooled features as recorded, by RoIPool, and their difference, side by side, bin by bin.

    Several regions make a slider of baked positions.
    """
    aligned = np.stack([trace[f"{one.stage}.pooled"][one.row] for one in regions])
    rounded = np.stack([roi_pool(trace[f"fpn.p{one.level}"], quantised(one), aggregate) for one in regions])
    maps = np.stack(
        [[summary(one, channel) for one in part] for part in (aligned, rounded, aligned - rounded)]
    )
    low, high = limits_of(maps[:2], symmetric=channel >= 0)
    size = regions[0].config.size
    names = ("ROIAlign, recorded", f"RoIPool, {aggregate} of whole cells", "their difference")
    layers = [
        Heat(
            values if len(regions) > 1 else values[0], name, of="bins", unit="activation", colours=_table(channel),
            extent=(0, place * (size + GAP), size, place * (size + GAP) + size),
            limits=(low, high) if place < 2 else None,
        )
        for place, (name, values) in enumerate(zip(names, maps, strict=True))
    ]  # fmt: skip
    what = "energy over channels" if channel < 0 else f"channel {channel}"
    return Scene(
        f"Pooled, {size} x {size} bins, {what}: left ROIAlign as recorded, middle RoIPool, right their difference",
        None,
        layers,
        ("" if len(regions) > 1 else "Click a bin to see what it reads. ")
        + "Where is the difference largest, and is that where the object ends?",
        (size, 3 * size + 2 * GAP),
        _frames(trace, regions),
    )


def summary(features: np.ndarray, channel: int) -> np.ndarray:
    """Return the map (y, x) of one channel of ``features`` (y, x, channel), or of the energy of all for -1."""
    if channel < 0:
        return summarise(features)
    if channel >= features.shape[-1]:
        raise ValueError(f"wanted a channel of 0 to {features.shape[-1] - 1}, received {channel}")
    return np.asarray(features[..., channel])


def name_of(region: Region) -> str:
    """Return ``Proposal 17``."""
    return f"{'Proposal' if region.stage == 'box_roi' else 'Detection'} {region.row}"


def middle_bin(region: Region) -> int:
    """Return the bin in the middle of the grid, row by row."""
    return (region.config.size // 2) * (region.config.size + 1)


def _table(channel: int) -> str:
    return "cividis" if channel < 0 else "diverging"


def _frames(trace: Trace, regions: Sequence[Region]) -> Frames | None:
    if len(regions) == 1:
        return None
    labels = []
    for region in regions:
        row = region.row
        label = f"{row}, P{region.level}"
        if "detections.candidate_class" in trace:
            best = trace["detections.candidate_class"][best_candidates(trace)[row]]
            label += f", {class_label(trace, int(best))}"
        labels.append(label)
    return Frames("Proposal", labels)


def _region_box(trace: Trace, region: Region, name: str) -> Boxes:
    """Return the region as a box of its own kind, in the colour of the detection it came to."""
    of, row = ("proposals" if region.stage == "box_roi" else "detections"), np.array([region.row])
    detection = detection_of_proposal(trace)[row] if of == "proposals" else row
    return Boxes(
        region.box[None], name, of=of, index=row, colours=colours_of(detection), numbered=False,
        filtered=False, lineage={"detections": detection} if of == "proposals" else {},
    )  # fmt: skip


def _rounded_box(region: Region) -> Boxes:
    """Return what RoIPool rounds the region to."""
    bins = quantised(region)
    ends = np.array([[bins.rows[0, 0], bins.columns[0, 0]], [bins.rows[-1, 1], bins.columns[-1, 1]]])
    return Boxes(
        region.to_molded(ends - 0.5).reshape(1, 4), "rounded to cells", style="dotted", colours=NEUTRAL,
        of="proposals" if region.stage == "box_roi" else "detections", index=[region.row],
        numbered=False, filtered=False,
    )  # fmt: skip


def _points(region: Region, chosen: int) -> list[Points]:
    """Return the points of all other bins, and of the chosen one the cells with their weights and the points."""
    places, own = points_of(region)
    reading = reading_of(region, chosen)
    others = own != chosen
    labels = [f"cell ({y}, {x})" for y, x in reading.cells.tolist()]
    share = np.full(len(reading.points), 1 / max(1, len(reading.points)), np.float32)

    def layer(
        at: np.ndarray, name: str, bins: np.ndarray | int, weights: np.ndarray, **options: Any
    ) -> Points:
        index = np.broadcast_to(bins, len(at))
        return Points(
            region.to_molded(at), name, of="bins", index=index, weights=weights, filtered=False, **options
        )

    nothing = np.zeros(int(others.sum()), np.float32)
    return [
        layer(places[others], "points of other bins", own[others], nothing, colours=NEUTRAL),
        layer(reading.cells, "cells read", chosen, reading.weights, colours=READ, labels=labels),
        layer(reading.points, "points of the bin", chosen, share, colours=BIN),
    ]
