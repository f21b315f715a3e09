"""The formulas of ROIAlign with the numbers of one region: its level, its grid, the weights of one bin, and RoIPool's.

Inputs: a region. Outputs: lines of plain text.
"""

from __future__ import annotations

import numpy as np

from maskrcnn_core.config import ROI_LEVELS
from maskrcnn_core.recording.trace import Trace

from ....analysis.features.roi_pool import Region, quantised, reading_of, roi_pool
from .scenes import middle_bin, name_of

MOST_CELLS = 12  # of a bin's cells that are spelled out


def explain_region(trace: Trace, region: Region, channel: int = -1, bins: int | None = None) -> list[str]:
    """Return the lines of ``region``; ``bins`` is the bin spelled out, the middle one by default."""
    chosen = middle_bin(region) if bins is None else bins
    return [
        *level_lines(region),
        *_grid(region),
        *_bin(trace, region, chosen, max(channel, 0)),
        *_rounding(trace, region),
    ]


def level_lines(region: Region) -> list[str]:
    """Return the formula of the pyramid level, FPN, eq. 1, or the classic form of it."""
    y1, x1, y2, x2 = (float(v) for v in region.box)
    height, width = y2 - y1 - region.corner, x2 - x1 - region.corner
    lines = [
        f"{name_of(region)}: ({y1:.2f}, {x1:.2f}, {y2:.2f}, {x2:.2f}) px, h = {height:.2f}, w = {width:.2f}"
    ]
    octave, canonical = region.octave, region.config.canonical_size
    if region.config.sampling == "corners":
        rows, columns = region.shape
        extent = f"{rows - region.corner:g} * {columns - region.corner:g}"
        formula = f"round(log2(sqrt(h w / ({extent})) / ({canonical:g} / sqrt({rows} * {columns}))))"
        rounded = np.round(octave)
    else:
        added = f" + {region.config.level_epsilon:g}" if region.config.level_epsilon else ""
        inside, beyond = (added, "") if region.config.level_epsilon_to == "ratio" else ("", added)
        formula = f"floor(log2(sqrt(h w) / {canonical:g}{inside}){beyond})"
        rounded = np.floor(octave + (region.config.level_epsilon if beyond else 0.0))
    outside = not ROI_LEVELS[0] <= 4 + rounded <= ROI_LEVELS[-1]
    limits = f", limited to {ROI_LEVELS[0]} to {ROI_LEVELS[-1]}" if outside else ""
    word = formula.split("(")[0]
    lines.append(
        f"level = 4 + {formula} = 4 + {word}({octave:.3f}) = {4 + rounded:g}{limits}: P{region.level}"
    )
    return lines


def _grid(region: Region) -> list[str]:
    size, (y, x) = region.config.size, region.lines
    down, across = len(y.place) // size, len(x.place) // size
    lines = [
        f"P{region.level}: {region.cells[0]} x {region.cells[1]} cells of {region.stride} network-input px;"
        f" {size} x {size} bins, {down} x {across} point{'s' if down * across > 1 else ''} in each",
        f"points at cells y = {y.place[0]:.3f} to {y.place[-1]:.3f}, x = {x.place[0]:.3f} to {x.place[-1]:.3f}"
        " (the value of cell i sits at i)",
    ]
    outside = int((~y.inside).sum()) * len(x.place) + int(y.inside.sum()) * int((~x.inside).sum())
    return [*lines, *([f"{outside} points lie outside the map and read 0"] if outside else [])]


def _bin(trace: Trace, region: Region, chosen: int, channel: int) -> list[str]:
    row, column = divmod(chosen, region.config.size)
    if not 0 <= row < region.config.size:
        raise ValueError(f"wanted a bin of 0 to {region.config.size**2 - 1}, received {chosen}")
    reading = reading_of(region, chosen)
    features = trace[f"fpn.p{region.level}"]
    values = features[reading.cells[:, 0], reading.cells[:, 1], channel]
    recorded = float(trace[f"{region.stage}.pooled"][region.row, row, column, channel])
    points = ", ".join(f"({y:.2f}, {x:.2f})" for y, x in reading.points)
    lines = [f"bin ({row}, {column}) reads at {points}"]
    terms = [
        f"{weight:.4f} * {value:+.4f} [cell {y}, {x}]"
        for weight, value, (y, x) in zip(reading.weights, values, reading.cells.tolist(), strict=True)
    ]
    lines += [f"    {'+ ' if place else '  '}{term}" for place, term in enumerate(terms[:MOST_CELLS])]
    if len(terms) > MOST_CELLS:
        lines.append(f"    + {len(terms) - MOST_CELLS} more cells")
    total = float((reading.weights * values).sum())
    name = f"{region.stage}.pooled[{region.row}, {row}, {column}, {channel}]"
    return [*lines, f"    = {total:+.4f}; recorded {name} = {recorded:+.4f}"]


def _rounding(trace: Trace, region: Region) -> list[str]:
    features, bins = trace[f"fpn.p{region.level}"], quantised(region)
    aligned = trace[f"{region.stage}.pooled"][region.row].astype(np.float64)
    size = np.sqrt(np.mean(aligned**2))
    (top, bottom), (left, right) = ((int(part[0, 0]), int(part[-1, 1])) for part in bins)
    edges = np.asarray(region.box) / region.stride
    moved = np.abs(np.array([top, left, bottom, right]) - edges).max() * region.stride
    lines = [
        f"RoIPool rounds y {edges[0]:.2f} to {edges[2]:.2f} to cells {top} to {bottom},"
        f" x {edges[1]:.2f} to {edges[3]:.2f} to cells {left} to {right}: edges move by up to {moved:.1f} px"
    ]
    for name, how in (("rounding and the maximum", "max"), ("rounding alone, with the mean,", "mean")):
        gap = np.sqrt(np.mean((aligned - roi_pool(features, bins, how)) ** 2))
        share = f", {gap / size:.0%} of their own" if size > 0 else ""
        lines.append(f"{name} change the pooled features by {gap:.3f} (root mean square){share}")
    return lines
