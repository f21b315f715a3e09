"""Pasting: detections and their small masks back onto the picture.

Enters: boxes in molded px and mask probabilities. Leaves: boxes in whole picture px and masks at picture size. Why
here: a mask head answers on a grid of 28x28 whatever the object's size; the picture wants pixels (Mask R-CNN,
section 3.1).

Shapes: d detections; yxyx; y, x of the grid or the picture.
"""

from __future__ import annotations

import mmap
from typing import NamedTuple

import numpy as np

from ..config import Config
from ..recording.trace import Tap, passthrough
from ..runtime.memory import require_memory


class Pasted(NamedTuple):
    """Fields are the tensors ``pasting.*``."""

    boxes: np.ndarray  # (d, yxyx) int32, picture px, lower-right corner exclusive
    masks: np.ndarray  # (d, y, x) bool


def paste(
    boxes: np.ndarray,
    probs: np.ndarray,
    window: np.ndarray,
    size: tuple[int, int],
    config: Config,
    tap: Tap = passthrough,
) -> Pasted:
    """Bring ``boxes`` (d, yxyx) in molded px and ``probs`` (d, y, x) to a picture of ``size`` (y, x) px.

    A box without area gets an empty mask. Raises: MemoryError where the masks need more than is free.
    """
    placed = tap("pasting.boxes", unmold_boxes(boxes, window, size, config.box_corner))
    require_masks(placed, size)
    masks = blank_masks(len(placed), size)
    for mask, box, grid in zip(masks, placed, probs, strict=True):
        paste_mask(mask, grid, box, config.pasting.threshold)
    return Pasted(placed, tap("pasting.masks", masks))


def require_masks(boxes: np.ndarray, size: tuple[int, int]) -> None:
    """Raise MemoryError where masks of ``size`` (y, x) with pixels in ``boxes`` (d, yxyx) alone need more than is free.

    Counted are the pages that hold those pixels: the rest of ``blank_masks`` takes none.
    """
    height, width = (boxes[:, 2:] - boxes[:, :2]).astype(np.int64).T
    needed = np.minimum(height * (width // mmap.PAGESIZE + 2) * mmap.PAGESIZE, size[0] * size[1]).sum()
    what = f"{len(boxes)} masks of an image of {size[0]} x {size[1]} px"
    require_memory(int(needed), what, "a higher --min-score (detections.min_score), or scale the image down")


def blank_masks(count: int, size: tuple[int, int]) -> np.ndarray:
    """Return (count, y, x) bool of False that takes memory only for pages that are written.

    Raises: MemoryError where the system gives no addresses for them.

    ``np.zeros`` asks for pages of 2 MiB, so that one object of a few pixels fills two whole masks of 1024 px.
    """
    pixels = count * size[0] * size[1]
    if not pixels:
        return np.zeros((count, *size), bool)
    try:
        pages = mmap.mmap(-1, pixels, access=mmap.ACCESS_COPY)
    except (OSError, OverflowError) as error:  # no addresses left: a limit of the system's, whatever is free
        raise MemoryError(
            f"wanted addresses for {pixels / 1e9:.1f} GB of masks, {count} of an image of {size[0]} x {size[1]} px, "
            f"received none ({error}); take a higher --min-score (detections.min_score), or scale the image down"
        ) from error
    return np.frombuffer(pages, bool).reshape(count, *size)


def unmold_boxes(boxes: np.ndarray, window: np.ndarray, size: tuple[int, int], corner: float) -> np.ndarray:
    """Return (d, yxyx) int32 boxes in picture px, rounded half to even, cut at the picture.

    The window is stretched onto the picture: y = (y_molded - top) * (H - corner) / (window height - corner).
    """
    edge = np.array([0, 0, corner, corner], np.float32)
    top_left = np.concatenate([window[:2], window[:2]])
    extent = np.maximum(window[2:] - window[:2] - corner, 1e-6)
    picture = np.array(size, np.float32)
    stretch = np.tile((picture - corner) / extent, 2)
    placed = np.around((np.asarray(boxes, np.float32) - edge - top_left) * stretch + edge)
    return np.clip(np.nan_to_num(placed), 0, np.tile(picture, 2)).astype(np.int32)


def paste_mask(target: np.ndarray, probs: np.ndarray, box: np.ndarray, threshold: float) -> None:
    """Set the pixels of ``target`` (y, x) in ``box`` (yxyx) where the resized ``probs`` (y, x) reach ``threshold``."""
    top, left, bottom, right = (int(v) for v in box)
    if bottom > top and right > left:
        target[top:bottom, left:right] = resize_probs(probs, (bottom - top, right - left)) >= threshold


def resize_probs(probs: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return ``probs`` (y, x) at ``size`` (y, x): bilinear, half-pixel centres.

    Beyond the outermost centres it falls towards 0, but nowhere below the least value that went in (scikit-image's
    ``clip``, which the classic code used): a mask of nothing but ones fills its box to the corners.
    """
    rows, columns = (stretch(source, target) for source, target in zip(probs.shape, size, strict=True))
    return np.maximum(rows @ probs @ columns.T, probs.min())


def stretch(source: int, target: int) -> np.ndarray:
    """Return the matrix (target, source) float32 that resizes a line: bilinear, half-pixel centres, 0 outside.

    Row i holds the hat function max(0, 1 - |x_i - j|) around x_i = (i + 1/2) * source / target - 1/2.
    """
    centres = (np.arange(target, dtype=np.float64) + 0.5) * (source / target) - 0.5
    hat = 1.0 - np.abs(centres[:, None] - np.arange(source)[None, :])
    return np.maximum(hat, 0.0).astype(np.float32)
