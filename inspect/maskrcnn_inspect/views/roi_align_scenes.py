"""The scenes of ROIAlign: where a region is, where its map is read, what comes out, and what RoIPool would have given.

Several regions make a slider of baked positions, for pages without a kernel; one makes none.

Shapes: as in ``analysis.roi_pool``; all coordinates on the picture are molded px.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from maskrcnn_core.trace import Trace

from ..analysis.roi_pool import Region, points_of, quantised, reading_of, roi_pool
from ..canvas import NEUTRAL, Boxes, Frames, Grid, Heat, Layer, Points
from ..canvas.tables import limits_of
from .activations import summarise
from .common import class_label, molded_picture
from .rows import colours_of, detection_boxes, detection_of_proposal, proposal_boxes
from .scene import Scene

MARGIN = 3  # cells around the region that are in view at first
GAP = 1  # bins between two maps side by side
BIN, READ = 0, 4  # colours of the points of a bin and of the cells it reads: orange, blue


def whole(trace: Trace, region: Region) -> Scene:
    """Return the picture with every region, the chosen one marked."""
    layers: list[Layer] = [_region_box(trace, region, "pooled here")]
    if "detections.boxes" in trace:
        layers = [detection_boxes(trace), *layers]
    if region.stage == "box_roi":
        layers = [proposal_boxes(trace, visible="detections.boxes" not in trace), *layers]
    height, width = region.box[2:] - region.box[:2]
    return Scene(
        f"{name_of(region)}: {width:.1f} x {height:.1f} molded px, pooled from P{region.level}",
        molded_picture(trace),
        layers,
        "Click a region to pool it. Is the level fine enough to show its parts?",
    )


def sampling(
    trace: Trace, regions: Sequence[Region], channel: int, aggregate: str, bins: int | None
) -> Scene:
    """Return the points at which the map is read, over the cells of the map, and the cells that one bin reads."""
    first = regions[0]
    levels = sorted({region.level for region in regions})
    layers: list[Layer] = []
    for level in levels:
        of_level = next(region for region in regions if region.level == level)
        shown = level == first.level
        features = summary(trace[f"fpn.p{level}"], channel)
        layers += [
            Heat(features, f"P{level}", extent=of_level.extent, unit="activation", visible=shown,
                 colours=_table(channel)),
            Grid(*of_level.cells, f"cells of P{level}", extent=of_level.extent, visible=shown),
        ]  # fmt: skip
    layers += [*_boxes(trace, regions), *_points(regions, bins)]
    samples, numbers = len(first.lines[0].place), " and ".join(f"P{level}" for level in levels)
    return Scene(
        f"{_subject(regions)}: {samples} x {samples} points on {numbers}, molded px",
        molded_picture(trace),
        layers,
        "Orange: the points of one bin; blue: the cells they read, larger for more weight; dotted: the cells RoIPool "
        "would have rounded to.",
        frames=_frames(trace, regions),
        settings={"region": _around(regions)},
    )


def pooled(trace: Trace, regions: Sequence[Region], channel: int, aggregate: str, bins: int | None) -> Scene:
    """Return the pooled features as recorded, by RoIPool, and their difference, side by side, bin by bin."""
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
        "Click a bin to see what it reads. Where is the difference largest, and is that where the object ends?",
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


def _around(regions: Sequence[Region]) -> list[float]:
    """Return the part (yxyx) molded px of the picture that shows all regions with a margin."""
    boxes = np.nan_to_num(np.stack([region.box for region in regions]))
    margin = MARGIN * max(region.stride for region in regions)
    return [*(boxes[:, :2].min(axis=0) - margin).tolist(), *(boxes[:, 2:].max(axis=0) + margin).tolist()]


def _subject(regions: Sequence[Region]) -> str:
    return name_of(regions[0]) if len(regions) == 1 else f"{len(regions)} regions"


def _table(channel: int) -> str:
    return "cividis" if channel < 0 else "diverging"


def _frames(trace: Trace, regions: Sequence[Region]) -> Frames | None:
    if len(regions) == 1:
        return None
    labels = []
    for region in regions:
        row = region.row
        label = f"proposal {row}, P{region.level}"
        if "detections.candidate_class" in trace:
            label += f", {class_label(trace, int(trace['detections.candidate_class'][row]))}"
        labels.append(label)
    return Frames("Region", labels)


def _region_box(trace: Trace, region: Region, name: str) -> Boxes:
    """Return the region as a box of its own kind, in the colour of the detection it came to."""
    of, row = ("proposals" if region.stage == "box_roi" else "detections"), np.array([region.row])
    detection = detection_of_proposal(trace)[row] if of == "proposals" else row
    return Boxes(
        region.box[None], name, of=of, index=row, colours=colours_of(detection), numbered=False,
        filtered=False, lineage={"detections": detection} if of == "proposals" else {},
    )  # fmt: skip


def _boxes(trace: Trace, regions: Sequence[Region]) -> list[Layer]:
    """Return the regions and what RoIPool rounds them to."""
    kept = _one_each(len(regions), 1)
    rows = np.array([region.row for region in regions])
    of = "proposals" if regions[0].stage == "box_roi" else "detections"
    detections = detection_of_proposal(trace)[rows] if of == "proposals" else rows
    settings: dict[str, Any] = {"of": of, "index": rows, "numbered": False, "filtered": False, "frames": kept}
    lineage = {"detections": detections} if of == "proposals" else {}
    rounded = []
    for region in regions:
        bins = quantised(region)
        ends = np.array([bins.rows[0, 0], bins.columns[0, 0], bins.rows[-1, 1], bins.columns[-1, 1]])
        rounded.append(np.concatenate([region.to_molded(ends[:2] - 0.5), region.to_molded(ends[2:] - 0.5)]))
    boxes = np.stack([region.box for region in regions])
    return [
        Boxes(np.stack(rounded), "rounded to cells", style="dotted", colours=NEUTRAL, **settings),
        Boxes(boxes, "region", colours=colours_of(detections), lineage=lineage, **settings),
    ]


def _points(regions: Sequence[Region], bins: int | None) -> list[Layer]:
    """Return the points of all bins, and of one bin the points and the cells with their weights."""
    parts: dict[str, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {"all": [], "bin": [], "cells": []}
    for region in regions:
        places, own = points_of(region)
        chosen = middle_bin(region) if bins is None else bins
        reading = reading_of(region, chosen)
        others = own != chosen
        none = np.zeros(int(others.sum()), np.float32)
        parts["all"].append((region.to_molded(places[others]), own[others], none))
        points = region.to_molded(reading.points)
        share = np.full(len(points), 1 / max(1, len(points)), np.float32)
        parts["bin"].append((points, np.full(len(points), chosen), share))
        number = reading.cells[:, 0] * region.cells[1] + reading.cells[:, 1]
        parts["cells"].append((region.to_molded(reading.cells), number, reading.weights))
    return [
        _layer(parts["all"], "points of other bins", "bins", NEUTRAL, []),
        _layer(
            parts["cells"],
            "cells read",
            "cells",
            READ,
            [
                f"cell ({cell // region.cells[1]}, {cell % region.cells[1]})"
                for region, (_, numbers, _) in zip(regions, parts["cells"], strict=True)
                for cell in numbers
            ],
        ),
        _layer(parts["bin"], "points of the bin", "bins", BIN, []),
    ]


def _layer(
    parts: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
    name: str,
    of: str,
    colour: int,
    labels: list[str],
) -> Points:
    points, index, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    ends = np.cumsum([0, *(len(part[0]) for part in parts)])
    frames = [np.arange(a, b) for a, b in pairwise(ends)] if len(parts) > 1 else []
    return Points(
        points, name, of=of, index=index, weights=weights, colours=colour, labels=labels,
        frames=frames, filtered=False,
    )  # fmt: skip


def _one_each(regions: int, rows: int) -> list[np.ndarray]:
    """Return the frames of a layer with ``rows`` rows a region; none for a single region."""
    return [np.arange(rows * i, rows * (i + 1)) for i in range(regions)] if regions > 1 else []
