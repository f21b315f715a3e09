"""Void: where nobody says what is there.

Inputs: a mask of pixels to be ignored. Outputs: masks of regions, each of which fills half of its box or more. Why
pieces: training passes over every anchor and proposal that touches the box of such a region, and the void of a label
map is often a thin outline around each object, whose one box is the whole image. What is thinner than ``THIN`` holds no
object of its own, and is background to nobody's harm.

Shapes: y, x rows and columns.
"""

from __future__ import annotations

import numpy as np

THIN = 8  # px: a void narrower than this hides no object
FILLED = 0.5  # share of its box that a region fills at least


def regions_of(void: np.ndarray) -> list[np.ndarray]:
    """Return the masks (y, x) bool of the regions of ``void`` (y, x) bool; none overlap."""
    from scipy import ndimage  # not there where only an engine is

    thick = ndimage.binary_opening(void, np.ones((THIN, THIN), bool))
    components, count = ndimage.label(thick, np.ones((3, 3), bool))
    found = []
    for number, box in enumerate(ndimage.find_objects(components, count), start=1):
        if box is not None:
            found += _pieces(components == number, box)
    return found


def _pieces(mask: np.ndarray, box: tuple[slice, ...]) -> list[np.ndarray]:
    """Return the part of ``mask`` in ``box`` whole if it fills it, else in halves of the longer side."""
    part = mask[box]
    if not part.any():
        return []
    y, x = (
        slice(outer.start + int(seen[0]), outer.start + int(seen[-1]) + 1)
        for outer, seen in zip(box, (np.flatnonzero(part.any(axis)) for axis in (1, 0)), strict=True)
    )
    height, width = y.stop - y.start, x.stop - x.start
    if mask[y, x].mean() >= FILLED or max(height, width) < 2 * THIN:
        whole = np.zeros_like(mask)
        whole[y, x] = mask[y, x]
        return [whole]
    if height >= width:
        middle = y.start + height // 2
        halves = ((slice(y.start, middle), x), (slice(middle, y.stop), x))
    else:
        middle = x.start + width // 2
        halves = ((y, slice(x.start, middle)), (y, slice(middle, x.stop)))
    return [piece for half in halves for piece in _pieces(mask, half)]
