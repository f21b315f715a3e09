"""Molding in words: how scale and padding came about, and the grey levels of a place in both frames.

Shapes: p places; y, x.
"""

from __future__ import annotations

import numpy as np

from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.molding import Layout, layout, mold_boxes

from ....session import Selection
from ...framework.common import config_of

Place = tuple[str, float, float]  # frame ("picture" or "molded"), y, x px


def explain(trace: Trace, selection: Selection, place: Place | None = None) -> list[str]:
    """Tell how scale and padding came about, what they make of the selected object, and of the place."""
    laid, mean = laid_out(trace), np.asarray(config_of(trace).molding.mean)
    (height, width), (rows, columns), (top, left) = laid.size, laid.content, laid.offset
    bottom, right = laid.shape[0] - top - rows, laid.shape[1] - left - columns
    share = rows * columns / (laid.shape[0] * laid.shape[1])
    lines = [
        *_scale_lines(trace, laid),
        f"picture {height} x {width} px (y, x) * {laid.scale:.4g} -> {rows} x {columns} in {laid.shape[0]} x"
        f" {laid.shape[1]} molded px: window fills {share:.0%}",
        f"padding: {top} above, {bottom} below, {left} left, {right} right px of grey level 0, then minus the mean",
        f"mean subtracted (grey levels): {', '.join(f'{value:g}' for value in mean)}",
    ]
    if selection.detection is not None and "detections.boxes" in trace:
        y1, x1, y2, x2 = trace["detections.boxes"][selection.detection]
        lines.append(
            f"detection {selection.detection}: {y2 - y1:.1f} x {x2 - x1:.1f} molded px (y, x) / {laid.scale:.4g} ="
            f" {(y2 - y1) / laid.scale:.1f} x {(x2 - x1) / laid.scale:.1f} picture px"
        )
    return [*lines, *_place_lines(trace, laid, mean, place)]


def laid_out(trace: Trace) -> Layout:
    """Return where the picture lies in its molded image: the stage's own function, on the recorded size."""
    return layout(trace.shape("image.original")[:2], config_of(trace).molding)


def to_molded(places: np.ndarray, laid: Layout) -> np.ndarray:
    """Return ``places`` (p, yx) picture px in molded px, stretched as boxes are."""
    return mold_boxes(np.tile(places, 2), laid)[:, :2]


def to_picture(places: np.ndarray, laid: Layout) -> np.ndarray:
    """Return ``places`` (p, yx) molded px in picture px. Law: ``to_picture(to_molded(p)) == p``."""
    return (np.asarray(places, float) - laid.offset) * np.divide(laid.size, laid.content)


def places_of(laid: Layout, place: Place | None = None) -> np.ndarray:
    """Return (p, yx) picture px: the chosen place, or the middle; then the centres of the corner pixels."""
    height, width = laid.size
    chosen = np.array([[height / 2, width / 2]])
    if place is not None:
        frame, y, x = place
        point = np.array([[y, x]])
        chosen = point if frame == "picture" else to_picture(point, laid)
    corners = [(0.5, 0.5), (0.5, width - 0.5), (height - 0.5, 0.5), (height - 0.5, width - 0.5)]
    return np.concatenate([chosen, np.array(corners)])


def _scale_lines(trace: Trace, laid: Layout) -> list[str]:
    """Write the scale's formula with its numbers, as the mode has it."""
    own, (short, long) = config_of(trace).molding, (min(laid.size), max(laid.size))
    if own.mode == "none":
        return ["mode none: scale 1, the picture as it is"]
    wanted = f"max(1, {own.min_dim} / {short})" if own.min_dim else "1"
    if own.min_scale:
        wanted = f"max({wanted}, {own.min_scale:g})"
    scale = max(1.0, own.min_dim / short if own.min_dim else 1.0, own.min_scale)
    line = (
        f"mode {own.mode}: scale = {wanted} = {scale:.4g} (least side {own.min_dim}, shorter side {short} px)"
    )
    if laid.scale != scale:
        return [
            line,
            f"but {long} * {scale:.4g} > {own.max_dim}: scale = {own.max_dim} / {long} = {laid.scale:.4g}",
        ]
    return [line]


def _place_lines(trace: Trace, laid: Layout, mean: np.ndarray, place: Place | None) -> list[str]:
    """Write the grey levels of the chosen place on their way."""
    y, x = places_of(laid, place)[0]
    inside = to_molded(np.array([[y, x]]), laid)[0]
    image, picture = trace["molding.image"], trace["image.original"]
    here, there = np.floor([y, x]).astype(int), np.floor(inside).astype(int)
    lines = [f"place: picture y {y:.1f}, x {x:.1f} <-> molded y {inside[0]:.1f}, x {inside[1]:.1f}"]
    if (here >= 0).all() and (here < picture.shape[:2]).all():
        lines.append(f"  picture pixel {_pixel(here)}: grey levels {_numbers(picture[tuple(here)])}")
    else:
        lines.append("  outside the picture: padding")
    if (there >= 0).all() and (there < image.shape[:2]).all():
        read = image[tuple(there)]
        lines.append(
            f"  molded pixel {_pixel(there)}: {_numbers(read + mean)} - mean {_numbers(mean)} = {_numbers(read)}"
        )
    return lines


def _pixel(place: np.ndarray) -> str:
    return f"({place[0]}, {place[1]})"


def _numbers(values: np.ndarray) -> str:
    return " ".join(f"{float(value):.4g}" for value in values)
