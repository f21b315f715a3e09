"""Mask detail: what a mask loses by being small for a while.

Look for: thin parts that vanish; objects of which a mini mask, or the mask head's grid, keeps too little. Whatever the
grid of the mask head loses, no training can bring back.

Shapes: g objects; y, x network-input px or cells of a small grid.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maskrcnn_core.config import Config
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample

from ...analysis.data.mask_detail import MaskDetail, head_mask_detail, mini_mask_detail
from ...canvas.standalone import Part
from ..framework.close_up import show_bits
from ..framework.data_panel import DataPanel, slider
from ..framework.drawing import panels, show_image
from ..framework.scene import Chart, Shown, View, still_once

SHOWN = 4  # objects of a sample, the largest losses first
CLASSIC = 56  # cells a side of a mini mask in the classic configuration
KEPT, LOST, GAINED = (200, 200, 200), (213, 94, 0), (86, 180, 233)


def figure(sample: Sample, config: Config, cells: int = CLASSIC, names: tuple[str, ...] = ()) -> Figure:
    """Draw a row an object: mask, mini mask, what comes back of it, the head's grid, what comes back of that."""
    mini, head = mini_mask_detail(sample, config, (cells, cells)), head_mask_detail(sample, config)
    rows = np.argsort(mini.iou, kind="stable")[:SHOWN]
    drawn, axes = panels(max(1, 5 * len(rows)), columns=5, size=2.3)
    if not len(rows):
        axes[0].set_axis_off()
        axes[0].text(0, 0.5, "no object in this image", fontsize=9)
    for place, row in enumerate(rows):
        mask, grid, back, head_grid, head_back = axes[5 * place : 5 * place + 5]
        class_id = int(sample.class_ids[row])
        name = names[class_id] if class_id < len(names) else f"class {class_id}"
        y1, x1, y2, x2 = mini.boxes[row]
        show_bits(
            mask,
            _part(mini.masks[row], mini.boxes[row]),
            f"{row} {name}, {x2 - x1} x {y2 - y1} px",
        )
        show_bits(grid, mini.small[row], f"mini mask, {cells} x {cells} cells")
        _difference(back, mini, int(row), "back")
        show_bits(
            head_grid, head.small[row], f"mask head, {head.small.shape[2]} x {head.small.shape[1]} cells"
        )
        _difference(head_back, head, int(row), "back")
    return drawn


def draw(reader: Reader, config: Config, index: int = 0, cells: int = CLASSIC) -> list[Shown]:
    """Return the figure of one sample."""
    title = f"Sample {index}: masks, stored small, and back again, network-input px"
    return [Chart(title, figure(reader[index], config, cells, reader.class_names))]


def explain(reader: Reader, config: Config, index: int = 0, cells: int = CLASSIC) -> list[str]:
    """Tell the IoU of every object for both grids."""
    sample = reader[index]
    mini, head = mini_mask_detail(sample, config, (cells, cells)), head_mask_detail(sample, config)
    if not len(sample):
        return ["no object in this image: nothing to lose"]
    side = head.small.shape[1]
    lines = [
        f"{row}: IoU {one:.3f} through {cells} x {cells} cells, {other:.3f} through {side} x {side}"
        for row, (one, other) in enumerate(zip(mini.iou, head.iou, strict=True))
    ]
    saved = mini.masks[0].size / cells**2
    return [
        *lines,
        f"mean: {mini.iou.mean():.3f} and {head.iou.mean():.3f}; a mini mask takes 1 / {saved:.0f} of the memory",
        "the second figure is the best mask IoU that any prediction for a perfect box can reach",
    ]


def ceiling(reader: Reader, config: Config, indices: list[int], cells: int = CLASSIC) -> dict[str, float]:
    """Return the mean IoU over the objects of several samples, for the mini mask and for the mask head's grid."""
    mini, head = [np.ones(0)], [np.ones(0)]
    for index in indices:
        sample = reader[index]
        mini.append(mini_mask_detail(sample, config, (cells, cells)).iou)
        head.append(head_mask_detail(sample, config).iou)
    names = (f"mini mask of {cells} cells", f"mask head's {2 * config.mask_roi.size} cells")
    ious = (np.concatenate(mini), np.concatenate(head))
    return {name: float(own.mean()) if len(own) else 1.0 for name, own in zip(names, ious, strict=True)}


def _difference(axes: Axes, detail: MaskDetail, row: int, title: str) -> None:
    """Show what is kept, lost (orange) and gained (blue) of an object."""
    before, after = (_part(masks[row], detail.boxes[row]) for masks in (detail.masks, detail.back))
    pixels = np.zeros((*before.shape, 3), np.uint8)
    pixels[before & after], pixels[before & ~after], pixels[~before & after] = KEPT, LOST, GAINED
    lost, gained = int((before & ~after).sum()), int((~before & after).sum())
    show_image(axes, pixels, f"{title}: IoU {detail.iou[row]:.3f}, -{lost} +{gained} px")


def _part(mask: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Return ``mask`` within ``box``, at least one pixel of it."""
    y1, x1, y2, x2 = (int(v) for v in box)
    return mask[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]


VIEW = View(
    "Mask detail: what a mask loses by being small",
    "Orange is lost, blue is gained. Look for thin parts that vanish: no training gets past the mask head's grid.",
    draw,
    explain,
)


def widget(reader: Reader, config: Config) -> DataPanel:
    """Return the live view: sample, and the cells of a mini mask."""
    cells = config.training.mini_mask[0] if config.training.mini_mask else CLASSIC
    choices = {
        "index": slider("sample", len(reader) - 1),
        "cells": slider("cells a side", 112, cells, least=4, step=4),
    }
    return DataPanel(VIEW, (reader, config), choices)


def snapshot(reader: Reader, config: Config, **choices: object) -> list[Part]:
    """Return the parts of a page without a kernel."""
    return still_once(VIEW, (reader, config), **choices)
