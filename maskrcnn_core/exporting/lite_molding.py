"""Preprocessing inside a graph for images of one size, in whole numbers and float32: LiteRT counts in no other.

Inputs: the image, (y, x, channel) uint8. Outputs: what ``stages.molding.mold`` returns. What depends on the size alone
is computed by the stage's own functions while the graph is made.

The rules ``pillow``, ``opencv`` and ``torch`` are exact. So is ``skimage`` where nothing is resized; elsewhere a grey
level that is whole is one lower in scikit-image where float64 falls short of it.

Shapes: y, x rows and columns; t, s pixels of a line of the resized image and of the image.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from ..config import Molding
from ..stages.molding import Layout, Molded, layout
from .graph_molding import molded_by
from .graph_resizing import BITS, resize_in_graph

MOST = 2**31  # what a sum of whole numbers has to stay below


def mold_of_size(image: Any, size: tuple[int, int], config: Molding) -> Molded:
    """Return what ``stages.molding.mold`` returns of an ``image`` (y, x, channel) uint8 of ``size`` (y, x)."""
    place = layout(size, config)
    colours = image if config.channel_order == "rgb" else tf.reverse(image, [2])
    molded = molded_by(
        colours,
        config,
        lambda levels: _resized(levels, place, config.resizer),
        lambda content: _padded(tf.cast(content, tf.float32), place),
    )
    window = np.array([*place.offset, *np.add(place.offset, place.content)], np.float32)
    return Molded(molded, tf.constant(window), tf.constant(place.scale, tf.float32))


def _padded(content: Any, place: Layout) -> Any:
    sides = zip(place.offset, place.content, place.shape, strict=True)
    around = [[before, whole - before - inside] for before, inside, whole in sides]
    return content if not np.any(around) else tf.pad(content, [*around, [0, 0]])


def _resized(image: Any, place: Layout, resizer: str) -> Any:
    """Return ``image`` at the size of the content, in grey levels int32 or, by torch, what it is in."""
    if place.size == place.content:
        return image
    if resizer == "skimage":
        return _by_skimage(tf.cast(image, tf.int32), place)
    if resizer == "pillow":
        return _by_pillow(tf.cast(image, tf.int32), place)
    return resize_in_graph(image, tf.constant(place.content), resizer)


def _by_skimage(levels: Any, place: Layout) -> Any:
    """Bilinear, half-pixel centres, 0 outside, cut off: with weights in whole halves of a target pixel."""
    lines = [_halves(source, target) for source, target in zip(place.size, place.content, strict=True)]
    units = [2 * target for target in place.content]
    if 255 * units[0] * units[1] >= MOST:
        raise ValueError(
            f"wanted an image that is resized to at most {MOST // 1020} px in all, received "
            f"{place.content[0]} x {place.content[1]}; take a --size that needs no resizing"
        )
    sums = _weighted(_weighted(levels, lines[1], 1), lines[0], 0)
    clipped = tf.minimum(sums // (units[0] * units[1]), tf.reduce_max(levels))
    # what lies outside counts as 0, yet no level falls below the least of the image, but for one that is 0
    least = tf.reduce_min(levels)
    return tf.where(sums > 0, tf.maximum(clipped, least), 0)


def _halves(source: int, target: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for each of ``target`` pixels its two neighbours of ``source``, each an index and a weight int32."""
    place = (2 * np.arange(target) + 1) * source - target  # in units of 1 / (2 target)
    low = place // (2 * target)
    share = place - low * 2 * target
    return [_inside(low, 2 * target - share, source), _inside(low + 1, share, source)]


def _inside(index: np.ndarray, weight: np.ndarray, source: int) -> tuple[np.ndarray, np.ndarray]:
    there = (index >= 0) & (index < source)
    return np.clip(index, 0, source - 1).astype(np.int32), np.where(there, weight, 0).astype(np.int32)


def _weighted(levels: Any, taps: list[tuple[np.ndarray, np.ndarray]], axis: int) -> Any:
    """Return the sums of rows or columns of ``levels`` (y, x, channel) int32, each times its weight."""
    shape = [-1, 1, 1] if axis == 0 else [1, -1, 1]
    return sum(tf.gather(levels, index, axis=axis) * weight.reshape(shape) for index, weight in taps)


def _by_pillow(levels: Any, place: Layout) -> Any:
    """A downscaled pixel is the mean of all that lie under it; columns first, then rows, whole levels between."""
    for axis in (1, 0):
        sums = _weighted(levels, _taps(place.size[axis], place.content[axis]), axis)
        levels = tf.minimum((sums + 2 ** (BITS - 1)) // 2**BITS, 255)
    return levels


def _taps(source: int, target: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return Pillow's triangle, see ``graph_resizing``: for each pixel under it an index and a weight (t,) int32."""
    scale = source / target
    reach = max(scale, 1.0)
    centre = (np.arange(target) + 0.5) * scale
    first = np.maximum(np.floor(centre - reach + 0.5), 0).astype(np.int32)
    end = np.minimum(np.floor(centre + reach + 0.5), source).astype(np.int32)
    pixel = first[:, None] + np.arange((end - first).max())
    weight = np.maximum(1.0 - np.abs((pixel - centre[:, None] + 0.5) * (1.0 / reach)), 0.0)
    weight = np.where(pixel < end[:, None], weight, 0.0)
    whole = np.floor(weight / weight.sum(axis=1, keepdims=True) * 2.0**BITS + 0.5).astype(np.int32)
    indices = np.minimum(pixel, source - 1).astype(np.int32)
    return list(zip(indices.T, whole.T, strict=True))
