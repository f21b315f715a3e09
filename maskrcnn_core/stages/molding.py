"""Preprocessing: an image of any size becomes the network's input.

Inputs: the image, (y, x, channel) uint8. Outputs: the network input (resized, padded, mean subtracted), the window in
it that is image, and the scale. Why: the network wants whole strides and a known range of values, and boxes have to
find their way back (Mask R-CNN, section 3.1; conventions of the classic implementation).

Shapes: y, x rows and columns; yxyx a box in network-input px, lower-right corner exclusive.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..config import Molding
from ..recording.trace import Tap, passthrough
from .resizing import fitted, resize
from .spec import StageSpec

STRIDE = 64  # px: sides of a network input in mode pad64 are multiples of the coarsest stride


class Molded(NamedTuple):
    """Fields are the tensors ``molding.*``."""

    image: np.ndarray  # (y, x, channel) float32, grey levels minus the mean
    window: np.ndarray  # (yxyx) float32, network-input px
    scale: np.ndarray  # () float32, network-input px an image px


SPECS = (StageSpec("molding", Molded, reads=("image.original",), settings=("molding.*",), in_graph=False),)


class Layout(NamedTuple):
    """Where an image lands in its network input."""

    scale: float
    content: tuple[int, int]  # (y, x) size of the resized image
    shape: tuple[int, int]  # (y, x) size of the network input
    offset: tuple[int, int]  # (y, x) of the image's first pixel
    size: tuple[int, int]  # (y, x) of the image itself


def mold(image: np.ndarray, config: Molding, tap: Tap = passthrough) -> Molded:
    """Resize, pad and place the grey levels of ``image`` (y, x, channel) uint8.

    The classic order is padded with 0 first, then the mean is subtracted, so that padding is minus the mean. In mode
    corner padding is 0; the resizer torch stretches what the mean was subtracted from, the others whole grey levels.
    """
    place = layout(image.shape[:2], config)
    top, left = place.offset
    height, width = place.content
    if config.mode == "corner":
        molded = np.zeros((*place.shape, image.shape[2]), np.float32)
        molded[:height, :width] = corner_content(image, place.content, config)
    else:
        colours = _ordered(image, config)
        placed = np.zeros((*place.shape, image.shape[2]), image.dtype)
        placed[top : top + height, left : left + width] = resize(colours, place.content, config.resizer)
        molded = normalise(placed, config)
    window = np.array([top, left, top + height, left + width], np.float32)
    return Molded(
        tap("molding.image", molded),
        tap("molding.window", window),
        tap("molding.scale", np.asarray(place.scale, np.float32)),
    )


def corner_content(image: np.ndarray, size: tuple[int, int], config: Molding) -> np.ndarray:
    """Return ``image`` (y, x, channel) uint8 at ``size`` (y, x) and normalised, float32, as mode corner has it."""
    colours, early = _ordered(image, config), config.resizer == "torch"
    content = resize(normalise(colours, config) if early else colours, size, config.resizer)
    return content if early else normalise(content, config)


def _ordered(image: np.ndarray, config: Molding) -> np.ndarray:
    return image if config.channel_order == "rgb" else image[..., ::-1]


def normalise(image: np.ndarray, config: Molding) -> np.ndarray:
    """Return (grey levels / full_scale - mean) / std of ``image`` (y, x, channel), float32."""
    levels = image.astype(np.float32)
    if config.full_scale != 1.0:
        levels /= np.float32(config.full_scale)
    levels = levels - np.asarray(config.mean, np.float32)
    return levels if set(config.std) == {1.0} else levels / np.asarray(config.std, np.float32)


def grey_levels(molded: np.ndarray, config: Molding) -> np.ndarray:
    """Return the grey levels (y, x, channel) float32, RGB, that ``molded`` was made of: ``normalise`` undone."""
    levels = molded * np.asarray(config.std, np.float32) + np.asarray(config.mean, np.float32)
    levels = levels * np.float32(config.full_scale)
    return levels if config.channel_order == "rgb" else levels[..., ::-1]


def layout(size: tuple[int, ...], config: Molding) -> Layout:
    """Return scale, size and place of an image of ``size`` (y, x) px in its network input.

    Scale = max(1, min_dim / short side), at least min_scale; in mode square capped so that the long side fits
    max_dim. Sizes by Python's round (half to even), padding centred with the odd pixel below and right. In mode corner
    the scale is what fits both, also below 1, sizes are the resizer's and all padding is below and right.
    """
    size = height, width = int(size[0]), int(size[1])
    if config.mode == "none":
        return Layout(1.0, size, size, (0, 0), size)
    if config.mode == "corner":
        scale, content = fitted(size, config)
        shape = (_next_multiple(content[0], config.multiple), _next_multiple(content[1], config.multiple))
        return Layout(scale, content, shape, (0, 0), size)
    if config.mode not in ("square", "pad64"):
        raise ValueError(
            f"wanted molding.mode square, pad64 or none, or corner, when detecting, received {config.mode!r}"
        )
    scale = max(1.0, config.min_dim / min(height, width)) if config.min_dim else 1.0
    scale = max(scale, config.min_scale)
    if config.mode == "square" and round(max(height, width) * scale) > config.max_dim:
        scale = config.max_dim / max(height, width)
    content = (max(1, round(height * scale)), max(1, round(width * scale)))
    if config.mode == "square":
        shape = (config.max_dim, config.max_dim)
    else:
        shape = (_next_multiple(content[0], STRIDE), _next_multiple(content[1], STRIDE))
    offset = ((shape[0] - content[0]) // 2, (shape[1] - content[1]) // 2)
    return Layout(scale, content, shape, offset, size)


def mold_boxes(boxes: np.ndarray, place: Layout) -> np.ndarray:
    """Return image boxes (g, yxyx) in network-input px: stretched as the pixels are, from image to whole content.

    Law: ``unmold_boxes(mold_boxes(b)) == b`` for whole pixels and edges as corners.
    """
    stretch = np.tile(np.divide(place.content, place.size), 2)
    return (np.asarray(boxes, np.float32) * stretch + np.tile(place.offset, 2)).astype(np.float32)


def mold_masks(masks: np.ndarray, place: Layout) -> np.ndarray:
    """Return image masks (g, y, x) bool at preprocessed size: nearest neighbour, False in the padding."""
    molded = np.zeros((len(masks), *place.shape), bool)
    rows, columns = (_nearest(n, m) for n, m in zip(masks.shape[1:], place.content, strict=True))
    top, left = place.offset
    molded[:, top : top + len(rows), left : left + len(columns)] = masks[:, rows][:, :, columns]
    return molded


def _nearest(source: int, target: int) -> np.ndarray:
    """Return the source index of each target pixel as ``scipy.ndimage.zoom(order=0)`` takes it: corners aligned.

    At one size in 25 scipy's last index rounds to just outside and its last row is empty; ours never is.
    """
    step = (source - 1) / (target - 1) if target > 1 else 0.0
    return np.floor(np.arange(target) * step + 0.5).astype(np.intp)


def _next_multiple(length: int, step: int) -> int:
    return -(-length // step) * step
