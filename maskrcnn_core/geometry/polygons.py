"""Outlines to masks: the one place where a polygon, box, circle or ellipse becomes pixels.

Inputs: rings of points. Outputs: a mask. Why one place: every format then means the same pixels by the same numbers.
The rule is pycocotools' ``frPyObjects``: coordinates are edges, so that pixel (row r, column c) is the square from
(c, r) to (c + 1, r + 1) and the ring (0,0) (4,0) (4,4) (0,4) covers exactly the pixels 0 to 3; pixels that the outline
crosses are decided at a fifth of a pixel. Rings of one object are united.

Shapes: p points; xy a point, px, x to the right, y down; y, x the size of the frame.
"""

from __future__ import annotations

import math

import numpy as np
from pycocotools import mask as coco_mask

from ..files.values import numbers
from .rle import decode_rle

FAR = 4  # sides of the frame: a ring that reaches further is clipped before it is drawn, see clip_ring
MAX_LENGTH = 10_000_000  # px of outline: pycocotools allocates 5 points a px
CHORD_ERROR = 0.02  # px between a circle and the polygon that stands for it


def ring_from_points(points: object, what: str = "points") -> np.ndarray:
    """Return (p, xy) float64 from a list of (x, y); raise ValueError for anything else."""
    if not isinstance(points, list) or not all(
        isinstance(point, list | tuple) and len(point) == 2 for point in points
    ):
        raise ValueError(f"wanted a list of (x, y) for {what}, received something else")
    return numbers([value for point in points for value in point], what).reshape(-1, 2)


def ring_from_flat(values: object, what: str = "polygon") -> np.ndarray:
    """Return (p, xy) float64 from COCO's ``[x, y, x, y, …]``; raise ValueError for anything else."""
    flat = numbers(values, what)
    if len(flat) % 2:
        raise ValueError(f"wanted x and y for each point of {what}, received {len(flat)} numbers")
    return flat.reshape(-1, 2)


def rectangle(x1: float, y1: float, x2: float, y2: float) -> np.ndarray:
    """Return the ring of a box between two opposite corners, in whatever order."""
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float64)


def ellipse(cx: float, cy: float, rx: float, ry: float, theta: float = 0.0) -> np.ndarray:
    """Return the ring of an ellipse with radii ``rx``, ``ry`` px, turned by ``theta`` rad from x towards y."""
    radius = max(abs(rx), abs(ry), 1.0)
    count = min(
        max(math.ceil(math.pi / math.acos(1 - CHORD_ERROR / radius)) if radius < 1e6 else 720, 16), 720
    )
    angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    along, across = rx * np.cos(angle), ry * np.sin(angle)
    cosine, sine = math.cos(theta), math.sin(theta)
    return np.stack([cx + along * cosine - across * sine, cy + along * sine + across * cosine], axis=-1)


def reach_outside(ring: np.ndarray, size: tuple[int, int]) -> float:
    """Return how far (px) a ring (p, xy) reaches out of a frame of ``size`` (y, x); 0 if it does not."""
    limits = np.array([size[1], size[0]], np.float64)
    return float(max(0.0, (ring - limits).max(initial=0.0), (-ring).max(initial=0.0)))


def draw(rings: list[np.ndarray], size: tuple[int, int]) -> np.ndarray:
    """Return the (y, x) bool mask of the union of ``rings``, each (p >= 3, xy), clipped to ``size``.

    Raises: ValueError for an outline so long that drawing it would exhaust the memory.
    """
    near = [clip_ring(ring, size) if _is_far(ring, size) else ring for ring in rings]
    near = [ring for ring in near if len(ring) >= 3]
    if not near:
        return np.zeros(size, bool)
    length = sum(float(np.abs(np.diff(ring, axis=0, append=ring[:1])).sum()) for ring in near)
    if length > MAX_LENGTH:
        raise ValueError(f"wanted an outline of at most {MAX_LENGTH} px, received one of {length:.0f} px")
    parts = coco_mask.frPyObjects([ring.ravel().tolist() for ring in near], *size)
    return decode_rle(coco_mask.merge(parts), size)


def clip_ring(ring: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a ring cut to the frame and one pixel around it, by Sutherland and Hodgman, side by side.

    pycocotools clips by itself, but walks every outline point by point: coordinates of 1e9 would take all memory.
    """
    for axis, limit in ((0, size[1] + 1.0), (1, size[0] + 1.0)):
        ring = _cut(ring, axis, -1.0, 1.0)
        ring = _cut(ring, axis, 1.0, limit)
    return ring


def _cut(ring: np.ndarray, axis: int, sign: float, limit: float) -> np.ndarray:
    """Return the part of a ring where ``sign * coordinate <= limit``."""
    if not len(ring):
        return ring
    following = np.roll(ring, -1, axis=0)
    here, there = limit - sign * ring[:, axis], limit - sign * following[:, axis]  # >= 0 inside
    share = np.divide(here, here - there, out=np.zeros_like(here), where=(here - there) != 0)
    crossing = ring + share[:, None] * (following - ring)
    crossing[:, axis] = sign * limit  # exactly, whatever the line above has lost
    kept = np.stack([here >= 0, (here >= 0) != (there >= 0)], axis=1).ravel()
    return np.stack([ring, crossing], axis=1).reshape(-1, 2)[kept]


def _is_far(ring: np.ndarray, size: tuple[int, int]) -> bool:
    return reach_outside(ring, size) > FAR * max(size)
