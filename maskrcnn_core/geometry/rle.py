"""Run-length masks of COCO: counts of pixels outside and inside by turns, column after column.

Inputs: ``{"size": [y, x], "counts": [...] or text}``. Outputs: a mask, and codes of masks. Why pycocotools does not
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
from .boxed_masks import Masks, inside


def decode_rle(rle: Any, size: tuple[int, int]) -> np.ndarray:
    """Return the (y, x) bool mask of a compressed or uncompressed run-length object.

    size: (y, x) of the frame that it was drawn in, known from elsewhere: a size that the object only claims could
    be a terabyte.
    Raises: ValueError unless the object is of this size and its runs fill it exactly.
    """
    runs = require_runs(rle, size)
    inside = np.arange(len(runs)) % 2 == 1  # the first run is outside
    return np.repeat(inside, runs).reshape(size[1], size[0]).T


def require_runs(rle: Any, size: tuple[int, int] | None = None) -> np.ndarray:
    """Return the runs (n,) int64 of a run-length object, outside and inside by turns.

    Raises: ValueError unless the object is of ``size``, its own where None is given, and its runs fill it exactly.
    """
    if not isinstance(rle, dict) or not isinstance(rle.get("size"), list | tuple) or len(rle["size"]) != 2:
        raise ValueError(f"wanted runs with counts and size [height, width], received {shorten(rle)}")
    own = recorded_size(*rle["size"])
    if own is None or (size is not None and own != tuple(size)):
        wanted_size = "of an image's size" if size is None else f"of size {list(size)}"
        raise ValueError(f"wanted runs {wanted_size}, received {shorten(rle['size'])}")
    counts = rle.get("counts")
    runs = _from_text(counts) if isinstance(counts, str | bytes) else _from_list(counts)
    total, wanted = int(runs.sum()), own[0] * own[1]
    if total != wanted:
        raise ValueError(f"wanted runs that sum to {own[0]} x {own[1]} = {wanted} px, received {total} px")
    return runs


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


def encode_masks(masks: Masks) -> tuple[dict[str, Any], ...]:
    """Return COCO's run-length codes of ``masks`` (n, y, x) bool, one after the other: a copy of all is large.

    Each is laid on one image in columns, as the encoder wants it, which is wiped for the next.
    """
    image, codes = np.zeros(masks.shape[1:], np.uint8, order="F"), []
    for row in range(len(masks)):
        part, pixels = inside(masks, row)
        image[part] = pixels
        codes.append(run_length.encode(image))
        image[part] = 0
    return tuple(codes)


def as_text(code: dict[str, Any]) -> dict[str, Any]:
    """Return a run-length code with its counts as text, ready for JSON."""
    counts = code["counts"]
    return {
        "size": [int(side) for side in code["size"]],
        "counts": counts.decode("ascii") if isinstance(counts, bytes) else counts,
    }
