"""Resizing: a sample of the data set before and after it is made to fit the network.

Look for: objects that shrink to a few pixels; a window that leaves most of the network input empty.

Shapes: y, x px of the original or of the network input.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.config import Config
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample

from ...analysis.data.augmented import augmented
from ...analysis.data.statistics import uncropped
from ...canvas.standalone import Part
from ...palette import instance_colour
from ..framework.data_panel import DataPanel, slider
from ..framework.drawing import draw_boxes, panels, show_image
from ..framework.sample_scene import frame_of, image_of_sample, sample_scene
from ..framework.scene import Shown, View, still_once
from ..framework.selector import selector

MODES = ("square", "pad64", "crop", "none")
SMALL = 8.0  # network-input px: a shorter side is seen by two cells of the finest level at most


def figure(sample: Sample, config: Config) -> Figure:
    """Draw the sample (image px) beside its preprocessed form (network-input px)."""
    seen = augmented(sample, [], 0, config)
    drawn, (left, right) = panels(2, size=4.2)
    show_image(left, image_of_sample(sample, range(len(sample))), f"original, {frame_of(sample)}")
    draw_boxes(left, sample.boxes, [instance_colour(row) for row in range(len(sample))], width=1.0)
    title = f"mode {config.molding.mode}, {frame_of(seen.sample)}, scale {scale_of(sample, config):.3f}"
    show_image(right, image_of_sample(seen.sample, seen.rows), title)
    draw_boxes(right, seen.sample.boxes, [instance_colour(int(row)) for row in seen.rows], width=1.0)
    return drawn


def scale_of(sample: Sample, config: Config) -> float:
    """Return network-input px an image px."""
    from maskrcnn_core.stages.molding import layout

    return layout(sample.image.shape[:2], uncropped(config).molding).scale


def draw(reader: Reader, config: Config, index: int = 0, mode: str = "square", side: int = 0) -> list[Shown]:
    """Return the original and the preprocessed sample; ``side`` px is the longest that a square may be, 0 = as
    configured.
    """
    sample, chosen = reader[index], configured(config, mode, side)
    seen = augmented(sample, [], 0, chosen)
    before = f"Sample {index}, {frame_of(sample)}, image px"
    after = (
        f"Preprocessed: mode {mode}, {frame_of(seen.sample)}, scale {scale_of(sample, chosen):.3f}, input px"
    )
    note = "Black is padding. How large is the smallest object here?"
    return [
        sample_scene(sample, reader.class_names, before),
        sample_scene(seen.sample, reader.class_names, after, note, seen.rows),
    ]


def explain(reader: Reader, config: Config, index: int = 0, mode: str = "square", side: int = 0) -> list[str]:
    """Tell the scale with its numbers, and what becomes of the smallest object."""
    sample, chosen = reader[index], configured(config, mode, side)
    molding, scale = chosen.molding, scale_of(sample, chosen)
    height, width = sample.image.shape[:2]
    lines = [f"scale = {scale:.4f} network-input px an image px, from {width} x {height} px"]
    if mode != "none":
        lines[0] = (
            f"scale = max(1, min_dim / short side, min_scale) = max(1, {molding.min_dim} / {min(height, width)}, "
            f"{molding.min_scale:g})"
            + (
                f", at most max_dim / long side = {molding.max_dim} / {max(height, width)}"
                if mode == "square"
                else ""
            )
            + f" = {scale:.4f}"
        )
    sides = (sample.boxes[:, 2:] - sample.boxes[:, :2]).min(axis=1, initial=np.inf)
    if not len(sides):
        return lines
    row, short = int(sides.argmin()), float(sides.min())
    small = f"the smallest object, number {row}, has a side of {short:.0f} px, preprocessed {short * scale:.1f} px"
    return [*lines, small + (": hardly more than a cell of P2" if short * scale < SMALL else "")]


def configured(config: Config, mode: str, side: int) -> Config:
    """Return ``config`` with another mode of preprocessing, and with ``side`` px as its size if that is not 0."""
    molding = replace(config.molding, mode=mode)
    if mode == "crop" and not molding.min_dim:
        molding = replace(molding, min_dim=molding.max_dim)
    if side:
        molding = replace(molding, min_dim=min(side, molding.min_dim or side), max_dim=side)
        molding = replace(molding, min_dim=side) if mode == "crop" else molding
    return replace(config, molding=molding)


VIEW = View(
    "Resizing: from the image to the network's input",
    "Look for objects that shrink to a few pixels, and for a window that leaves most of the network input empty.",
    draw,
    explain,
    stage="molding",
)


def widget(reader: Reader, config: Config) -> DataPanel:
    """Return the live view: sample, mode of preprocessing and size."""
    choices = {
        "index": slider("sample", len(reader) - 1),
        "mode": selector("mode", MODES, value=config.molding.mode),
        "side": selector(
            "largest side", [("as configured", 0), *((f"{side} px", side) for side in (64, 128, 256, 512, 1024))]
        ),
    }  # fmt: skip
    return DataPanel(VIEW, (reader, config), choices)


def snapshot(reader: Reader, config: Config, **choices: object) -> list[Part]:
    """Return the parts of a page without a kernel."""
    return still_once(VIEW, (reader, config), **{"mode": config.molding.mode, **choices})
