"""Preprocessing in words: how scale and padding came about, and the grey levels of a place in both frames.

Shapes: p places; y, x.
"""

from __future__ import annotations

import numpy as np

from maskrcnn_core.config import Molding
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.molding import Layout, grey_levels, layout, mold_boxes

from ....session import Selection

Place = tuple[str, float, float]  # frame ("image" or "molded"), y, x px


def explain(trace: Trace, selection: Selection, place: Place | None = None) -> list[str]:
    """Tell how scale and padding came about, what they make of the selected object, and of the place."""
    laid, own = laid_out(trace), config_of(trace).molding
    (height, width), (rows, columns), (top, left) = laid.size, laid.content, laid.offset
    bottom, right = laid.shape[0] - top - rows, laid.shape[1] - left - columns
    share = rows * columns / (laid.shape[0] * laid.shape[1])
    lines = [
        *_scale_lines(trace, laid),
        f"image {height} x {width} px (y, x) * {laid.scale:.4g} -> {rows} x {columns} in {laid.shape[0]} x"
        f" {laid.shape[1]} network-input px: window fills {share:.0%}",
        f"padding: {top} above, {bottom} below, {left} left, {right} right px"
        f" {'of 0, after the rest' if own.mode == 'corner' else 'of grey level 0, then minus the mean'}",
        *_normalising_lines(own),
    ]
    if selection.detection is not None and "detections.boxes" in trace:
        y1, x1, y2, x2 = trace["detections.boxes"][selection.detection]
        lines.append(
            f"detection {selection.detection}: {y2 - y1:.1f} x {x2 - x1:.1f} network-input px / {laid.scale:.4g} ="
            f" {(y2 - y1) / laid.scale:.1f} x {(x2 - x1) / laid.scale:.1f} image px"
        )
    return [*lines, *_place_lines(trace, laid, place)]


def laid_out(trace: Trace) -> Layout:
    """Return where the image lies in its network input: the stage's own function, on the recorded size."""
    return layout(trace.shape("image.original")[:2], config_of(trace).molding)


def to_molded(places: np.ndarray, laid: Layout) -> np.ndarray:
    """Return ``places`` (p, yx) image px in network-input px, stretched as boxes are."""
    return mold_boxes(np.tile(places, 2), laid)[:, :2]


def to_image(places: np.ndarray, laid: Layout) -> np.ndarray:
    """Return ``places`` (p, yx) network-input px in image px. Law: ``to_image(to_molded(p)) == p``."""
    return (np.asarray(places, float) - laid.offset) * np.divide(laid.size, laid.content)


def places_of(laid: Layout, place: Place | None = None) -> np.ndarray:
    """Return (p, yx) image px: the chosen place, or the middle; then the centres of the corner pixels."""
    height, width = laid.size
    chosen = np.array([[height / 2, width / 2]])
    if place is not None:
        frame, y, x = place
        point = np.array([[y, x]])
        chosen = point if frame == "image" else to_image(point, laid)
    corners = [(0.5, 0.5), (0.5, width - 0.5), (height - 0.5, 0.5), (height - 0.5, width - 0.5)]
    return np.concatenate([chosen, np.array(corners)])


def _scale_lines(trace: Trace, laid: Layout) -> list[str]:
    """Write the scale's formula with its numbers, as the mode has it."""
    own, (short, long) = config_of(trace).molding, (min(laid.size), max(laid.size))
    if own.mode == "none":
        return ["mode none: scale 1, the image as it is"]
    if own.mode == "corner":
        return _corner_lines(own, laid, short, long)
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


def _corner_lines(own: Molding, laid: Layout, short: int, long: int) -> list[str]:
    """Write the scale of mode corner, and how the sides are rounded: each library in its own way."""
    if not own.min_dim:
        return ["mode corner: scale 1, the image as it is"]
    sides = " x ".join(f"{side} * {laid.scale:.6g}" for side in laid.size)
    how = {"torch": "cut off"}.get(own.resizer, "rounded half up")
    return [
        f"mode corner: scale = min({own.min_dim} / {short}, {own.max_dim} / {long}) = {laid.scale:.4g}",
        f"sides {sides} {how} = {laid.content[0]} x {laid.content[1]} px, resized as {own.resizer} does,"
        f" padded below and right to multiples of {own.multiple} px",
    ]


def _normalising_lines(own: Molding) -> list[str]:
    """Write what becomes of a grey level: order of channels, scale, mean, std."""
    lines = [f"mean subtracted (grey levels): {', '.join(f'{value:g}' for value in own.mean)}"]
    if own.full_scale != 1.0:
        lines = [
            f"grey levels / {own.full_scale:g}, then the mean subtracted: {', '.join(f'{v:g}' for v in own.mean)}"
        ]
    if set(own.std) != {1.0}:
        lines.append(f"then divided by {', '.join(f'{value:g}' for value in own.std)}")
    return [*lines, *(["channels in the order blue, green, red"] if own.channel_order == "bgr" else [])]


def _read_line(there: np.ndarray, read: np.ndarray, own: Molding) -> str:
    """Write how the numbers ``read`` (channel,) at a place came of grey levels: the formula that ran."""
    levels = grey_levels(read[None, None], own)[0, 0]
    levels = levels if own.channel_order == "rgb" else levels[::-1]
    words = _numbers(levels) if own.full_scale == 1.0 else f"({_numbers(levels)}) / {own.full_scale:g}"
    words = f"{words} - mean {_numbers(np.asarray(own.mean))}"
    words = words if set(own.std) == {1.0} else f"({words}) / {_numbers(np.asarray(own.std))}"
    return f"  preprocessed pixel {_pixel(there)}: {words} = {_numbers(read)}"


def _place_lines(trace: Trace, laid: Layout, place: Place | None) -> list[str]:
    """Write the grey levels of the chosen place on their way."""
    y, x = places_of(laid, place)[0]
    inside = to_molded(np.array([[y, x]]), laid)[0]
    network_input, image = trace["molding.image"], trace["image.original"]
    here, there = np.floor([y, x]).astype(int), np.floor(inside).astype(int)
    lines = [f"place: image y {y:.1f}, x {x:.1f} <-> preprocessed y {inside[0]:.1f}, x {inside[1]:.1f}"]
    if (here >= 0).all() and (here < image.shape[:2]).all():
        lines.append(f"  image pixel {_pixel(here)}: grey levels {_numbers(image[tuple(here)])}")
    else:
        lines.append("  outside the image: padding")
    if (there >= 0).all() and (there < network_input.shape[:2]).all():
        lines.append(_read_line(there, network_input[tuple(there)], config_of(trace).molding))
    return lines


def _pixel(place: np.ndarray) -> str:
    return f"({place[0]}, {place[1]})"


def _numbers(values: np.ndarray) -> str:
    return " ".join(f"{float(value):.4g}" for value in values)
