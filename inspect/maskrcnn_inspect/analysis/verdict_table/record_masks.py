"""Masks in records: those of objects and detections, each as COCO's run-length code inside its box.

Inputs: masks with their boxes. Outputs: codes as text, some tens of characters an object, and the masks that they are.
A record of before there were masks has none.

Shapes: n masks; y, x the image's size, or that of a box; yxyx image px.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from maskrcnn_core.geometry.rle import as_text, decode_rle, encode_masks, require_runs

TRUTH_MASKS, DETECTION_MASKS = "truth_masks", "detection_masks"  # of a record
OF = {TRUTH_MASKS: "truths", DETECTION_MASKS: "detections"}


def codes_of(masks: Iterable[np.ndarray], boxes: np.ndarray) -> list[str]:
    """Return the codes of ``masks`` (n, y, x) inside ``boxes`` (n, yxyx); "" of a box without a pixel."""
    found = []
    for mask, box in zip(masks, boxes.tolist(), strict=True):
        y1, x1, y2, x2 = _pixels(box, mask.shape)
        part = mask[y1:y2, x1:x2]
        found.append(str(as_text(encode_masks(part[None])[0])["counts"]) if part.size else "")
    return found


def mask_of(code: str, box: Sequence[float], size: Sequence[int]) -> np.ndarray | None:
    """Return the mask (y, x) bool of a code inside ``box`` of an image of ``size``; None where there is none."""
    height, width = _size(box, size)
    return decode_rle({"size": [height, width], "counts": code}, (height, width)) if code else None


def sound_masks(record: dict[str, Any], size: Sequence[int]) -> bool:
    """Tell whether a record has a mask of each of its objects and detections. Raises: KeyError, ValueError if not."""
    for name, kind in OF.items():
        for code, one in zip(record[name], record[kind], strict=True):
            height, width = _size(one["box"], size)
            if code or height * width:
                require_runs({"size": [height, width], "counts": code}, (height, width))
    return True


def _size(box: Sequence[float], size: Sequence[int]) -> tuple[int, int]:
    y1, x1, y2, x2 = _pixels(box, size)
    return max(y2 - y1, 0), max(x2 - x1, 0)


def _pixels(box: Sequence[float], size: Sequence[int]) -> tuple[int, int, int, int]:
    """Return the rows and columns of an image of ``size`` that a box touches."""
    y1, x1, y2, x2 = box
    height, width = size
    return (
        max(math.floor(y1), 0),
        max(math.floor(x1), 0),
        min(math.ceil(y2), height),
        min(math.ceil(x2), width),
    )
