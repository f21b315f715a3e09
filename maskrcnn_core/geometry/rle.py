"""Run-length masks of COCO: counts of pixels outside and inside by turns, column after column.

Enters: ``{"size": [y, x], "counts": [...] or text}``. Leaves: a mask, and codes of masks. Why pycocotools does not
decode: it trusts what it decodes.
A text that ends in the middle of a number is read past its end there, and counts that sum to more than the size are
written past it; a file from outside must do neither. A test holds the two decoders against each other.

Shapes: n runs; y, x the size of the frame.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pycocotools import mask as run_length

from ..files.values import recorded_size, shorten


def decode_rle(rle: Any, size: tuple[int, int]) -> np.ndarray:
    """Return the (y, x) bool mask of a compressed or uncompressed run-length object.

    size: (y, x) of the frame that it was drawn in, known from elsewhere: a size that the object only claims could
    be a terabyte.
    Raises: ValueError unless the object is of this size and its runs fill it exactly.
    """
    if not isinstance(rle, dict) or not isinstance(rle.get("size"), list | tuple) or len(rle["size"]) != 2:
        raise ValueError(f"wanted runs with counts and size [height, width], received {shorten(rle)}")
    if recorded_size(*rle["size"]) != tuple(size):
        raise ValueError(f"wanted runs of size {list(size)}, received {shorten(rle['size'])}")
    counts = rle.get("counts")
    runs = _from_text(counts) if isinstance(counts, str | bytes) else _from_list(counts)
    total, wanted = int(runs.sum()), size[0] * size[1]
    if total != wanted:
        raise ValueError(f"wanted runs that sum to {size[0]} x {size[1]} = {wanted} px, received {total} px")
    inside = np.arange(len(runs)) % 2 == 1  # the first run is outside
    return np.repeat(inside, runs).reshape(size[1], size[0]).T


def _from_list(counts: Any) -> np.ndarray:
    """Return (n,) int64 from a list of counts."""
    if isinstance(counts, np.ndarray):
        counts = counts.tolist()
    if not isinstance(counts, list) or not all(
        type(count) is int and 0 <= count < 1 << 40 for count in counts
    ):
        raise ValueError(f"wanted counts of at least 0, received {shorten(counts)}")
    return np.array(counts, np.int64)


def _from_text(text: str | bytes) -> np.ndarray:
    """Return (n,) int64 from COCO's text: 5 bits a character, lowest first, bit 5 = more follow, bit 4 = sign.

    From the fourth on a number is the difference to the number two before (``rleToString`` of pycocotools).
    """
    codes = text.encode("ascii", "replace") if isinstance(text, str) else text
    counts: list[int] = []
    value = shift = 0
    for code in codes:
        bits = code - 48
        if not 0 <= bits < 64 or shift > 40:
            raise ValueError(f"wanted counts in COCO's text, received {shorten(text)}")
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
        if not 0 <= counts[-1] < 1 << 40:
            raise ValueError(f"wanted counts of at least 0, received {shorten(text)}")
        value = shift = 0
    if shift:
        raise ValueError(
            f"wanted counts in COCO's text, received one that ends within a number: {shorten(text)}"
        )
    return np.array(counts, np.int64)


def encode_masks(masks: np.ndarray) -> tuple[dict[str, Any], ...]:
    """Return COCO's run-length codes of ``masks`` (n, y, x) bool, one after the other: a copy of all is large."""
    return tuple(run_length.encode(np.asfortranarray(mask, np.uint8)) for mask in masks)


def as_text(code: dict[str, Any]) -> dict[str, Any]:
    """Return a run-length code with its counts as text, ready for JSON."""
    counts = code["counts"]
    return {
        "size": [int(side) for side in code["size"]],
        "counts": counts.decode("ascii") if isinstance(counts, bytes) else counts,
    }
