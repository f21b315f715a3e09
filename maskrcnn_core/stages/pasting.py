"""Pasting: detections and their small masks back onto the image.

Inputs: boxes in network-input px and mask probabilities. Outputs: boxes in image px and masks at image size. Why here:
a mask head answers on a grid of 28x28 whatever the object's size; the image wants pixels (Mask R-CNN, section 3.1).
Three rules:

- ``box``: the box is rounded to whole px and the grid stretched over it (classic).
- ``padded``: a cell of 0 is put around the grid, the box grows with it and is cut to whole px (torchvision).
- ``grid``: every pixel's centre asks the grid where it lies in the real box, 0 outside (detectron2, MMDetection).

Shapes: d detections; yxyx; y, x of the grid or the image.
"""

from __future__ import annotations

import mmap
from typing import NamedTuple

import numpy as np

from ..config import Config
from ..geometry.boxed_masks import BoxedMasks, Masks, Part, pack
from ..recording.trace import Tap, passthrough
from ..runtime.memory import require_memory
from .resizing import line
from .spec import StageSpec

NOWHERE = (slice(0, 0), slice(0, 0))


class Pasted(NamedTuple):
    """Fields are the tensors ``pasting.*``."""

    boxes: np.ndarray  # (d, yxyx) image px, corner exclusive: int32 by rule box, float32 by the others
    masks: Masks  # (d, y, x) bool


SPECS = (
    StageSpec(
        "pasting",
        Pasted,
        reads=("detections.boxes", "mask_head.probs", "molding.window"),
        settings=("pasting.*",),
        in_graph=False,
    ),
)


def paste(
    boxes: np.ndarray,
    probs: np.ndarray,
    window: np.ndarray,
    size: tuple[int, int],
    config: Config,
    tap: Tap = passthrough,
) -> Pasted:
    """Bring ``boxes`` (d, yxyx) in network-input px and ``probs`` (d, y, x) to an image of ``size`` (y, x) px.

    A box without area gets an empty mask. Raises: MemoryError where the masks need more than is free.
    """
    placed = _place(boxes, window, size, config, tap)
    require_masks(np.around(placed).astype(np.int32), size)
    masks, put = blank_masks(len(placed), size), PASTE[config.pasting.rule]
    for mask, grid, box in zip(masks, probs, placed, strict=True):
        put(mask, grid, box, config.pasting.threshold)
    return Pasted(placed, tap("pasting.masks", masks))


def paste_boxed(
    boxes: np.ndarray,
    probs: np.ndarray,
    window: np.ndarray,
    size: tuple[int, int],
    config: Config,
    tap: Tap = passthrough,
) -> Pasted:
    """Do as ``paste``, with masks as ``BoxedMasks``, of which ``tap`` sees none."""
    placed = _place(boxes, window, size, config, tap)
    _require(
        int(np.prod(np.ceil(placed[:, 2:] - placed[:, :2]), axis=1).clip(0).sum()) // 8, len(placed), size
    )
    return Pasted(placed, _put(placed, probs, size, config))


def _place(
    boxes: np.ndarray, window: np.ndarray, size: tuple[int, int], config: Config, tap: Tap
) -> np.ndarray:
    """Return boxes in image px."""
    real, whole = stretch_boxes(boxes, window, size, config.box_corner), config.pasting.rule == "box"
    placed: np.ndarray = tap("pasting.boxes", np.around(real).astype(np.int32) if whole else real)
    return placed


def _put(placed: np.ndarray, probs: np.ndarray, size: tuple[int, int], config: Config) -> BoxedMasks:
    """Put each of ``probs`` on an empty image and take it off inside its box; the image is wiped for the next."""
    image, put, crops = np.zeros(size, bool), PASTE[config.pasting.rule], []
    for box, grid in zip(placed, probs, strict=True):
        part = put(image, grid, box, config.pasting.threshold)
        crops.append(pack(image, part))
        image[part] = False
    return BoxedMasks(crops, size)


def require_masks(boxes: np.ndarray, size: tuple[int, int]) -> None:
    """Raise MemoryError where masks of ``size`` (y, x) with pixels in ``boxes`` (d, yxyx) alone need more than is free.

    Counted are the pages that hold those pixels: the rest of ``blank_masks`` takes none.
    """
    height, width = (boxes[:, 2:] - boxes[:, :2]).astype(np.int64).T
    needed = np.minimum(height * (width // mmap.PAGESIZE + 2) * mmap.PAGESIZE, size[0] * size[1]).sum()
    _require(int(needed), len(boxes), size)


def _require(needed: int, count: int, size: tuple[int, int]) -> None:
    what = f"{count} masks of an image of {size[0]} x {size[1]} px"
    require_memory(needed, what, "a higher --min-score (detections.min_score), or scale the image down")


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
    """Return (d, yxyx) int32 boxes in image px: ``stretch_boxes`` rounded half to even."""
    return np.around(stretch_boxes(boxes, window, size, corner)).astype(np.int32)


def stretch_boxes(boxes: np.ndarray, window: np.ndarray, size: tuple[int, int], corner: float) -> np.ndarray:
    """Return (d, yxyx) float32 boxes in image px, cut at the image.

    The window is stretched onto the image: y = (y_molded - top) * (H - corner) / (window height - corner).
    """
    edge = np.array([0, 0, corner, corner], np.float32)
    top_left = np.concatenate([window[:2], window[:2]])
    extent = np.maximum(window[2:] - window[:2] - corner, 1e-6)
    image = np.array(size, np.float32)
    stretch = np.tile((image - corner) / extent, 2)
    placed = (np.asarray(boxes, np.float32) - edge - top_left) * stretch + edge
    return np.clip(np.nan_to_num(placed), 0, np.tile(image, 2)).astype(np.float32)


def paste_mask(target: np.ndarray, probs: np.ndarray, box: np.ndarray, threshold: float) -> Part:
    """Set the pixels of ``target`` (y, x) in ``box`` (yxyx) where the resized ``probs`` (y, x) reach ``threshold``.

    Returns: the part of ``target`` that was written; the same for the other rules.
    """
    top, left, bottom, right = (int(v) for v in box)
    if bottom <= top or right <= left:
        return NOWHERE
    target[top:bottom, left:right] = resize_probs(probs, (bottom - top, right - left)) >= threshold
    return slice(top, bottom), slice(left, right)


def paste_padded(target: np.ndarray, probs: np.ndarray, box: np.ndarray, threshold: float) -> Part:
    """Set the pixels of ``target`` (y, x) that ``probs`` (y, x), with a cell of 0 around, reach in the grown ``box``.

    Its corners are cut towards 0 and its last pixel counts. Source: torchvision, ``paste_mask_in_image``.
    """
    grid = np.pad(probs, 1)
    half = (box[2:] - box[:2]) * np.float32(0.5)
    middle = (box[2:] + box[:2]) * np.float32(0.5)
    half = half * np.float32(grid.shape[0] / probs.shape[0])
    top, left = (middle - half).astype(np.int64)
    bottom, right = (middle + half).astype(np.int64) + 1
    spans = [(top, bottom, target.shape[0]), (left, right, target.shape[1])]
    lines = [_padded_line(n, *span) for n, span in zip(grid.shape, spans, strict=True)]
    (rows, inside_y), (columns, inside_x) = lines
    target[inside_y, inside_x] = rows @ grid @ columns.T >= threshold
    return inside_y, inside_x


def _padded_line(source: int, start: int, end: int, limit: int) -> tuple[np.ndarray, slice]:
    """Return the matrix (target, source) that resizes a line to start … end, and which pixels of the image it holds."""
    length = max(int(end - start), 1)
    low, high, share = line(source, length)
    matrix = np.zeros((length, source), np.float32)
    pixels = np.arange(length)
    np.add.at(matrix, (pixels, low), 1 - share)
    np.add.at(matrix, (pixels, high), share)
    first, last = max(int(start), 0), max(min(int(end), limit), max(int(start), 0))
    return matrix[first - int(start) : last - int(start)], slice(first, last)


def paste_grid(target: np.ndarray, probs: np.ndarray, box: np.ndarray, threshold: float) -> Part:
    """Set the pixels of ``target`` (y, x) whose centres read ``threshold`` or more from ``probs`` laid into ``box``.

    Source: detectron2, ``_do_paste_mask``, one mask at a time: a pixel around the box is read as well.
    """
    if (box[2:] <= box[:2]).any():
        return NOWHERE
    limits = zip(box[:2], box[2:], target.shape, strict=True)
    spans = [(max(int(np.floor(a)) - 1, 0), min(int(np.ceil(b)) + 1, n)) for a, b, n in limits]
    rows, columns = (
        _hats(n, np.arange(*span, dtype=np.float32), a, b)
        for n, span, a, b in zip(probs.shape, spans, box[:2], box[2:], strict=True)
    )
    (top, bottom), (left, right) = spans
    target[top:bottom, left:right] = rows @ probs @ columns.T >= threshold
    return slice(top, bottom), slice(left, right)


def _hats(source: int, pixels: np.ndarray, start: np.float32, end: np.float32) -> np.ndarray:
    """Return the matrix (target, source) float32 with which centres of ``pixels`` read a line from start to end."""
    place = (pixels + np.float32(0.5) - start) / (end - start) * 2 - 1
    cells = ((place + 1) * source - 1) / 2
    return np.maximum(1 - np.abs(cells[:, None] - np.arange(source, dtype=np.float32)), 0).astype(np.float32)


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


# rule -> how one mask is put where it belongs
PASTE = {"box": paste_mask, "padded": paste_padded, "grid": paste_grid}
