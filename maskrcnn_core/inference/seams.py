"""Seams: instances of overlapping tiles become the objects of one image, each once.

Inputs: pieces, the instances that each tile shows. Outputs: those that stay, joined where an edge cut them. The rule:

1. an instance at an inner edge of its tile is *cut*, any other is *whole*
2. of whole ones of a class that are the same (IoU of masks >= ``SAME``) the one stays whose box centre lies deepest in
   its tile
3. a cut one is left out where a whole one of any class covers it (>= ``SAME`` of its pixels): that tile saw more of it
4. cut ones of a class that are the same (shared pixels >= ``SAME`` of the smaller) are pieces of one object: joined
5. what no other tile confirms stays if its box centre lies in the central region of its tile, which no other tile sees
   better; central regions meet in the middle of the overlaps

Masks are compared where both tiles see: there, and only there, both had the chance to find the same pixels.

Shapes: yxyx image px; y, x rows and columns.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np

from ..geometry import boxes as box_algebra

SAME = 0.5  # share of pixels from which two masks are taken for one object


@dataclass(frozen=True)
class Piece:
    """An instance as one tile shows it; its mask is held within its own bounds, whatever the image's size.

    box: (yxyx) int32, image px. mask: (y, x) bool, its upper-left pixel at ``corner`` (y, x), image px. depth: px
    from the box's centre to the nearest inner edge of the tile. cut: at such an edge. central: centre in the core.
    vector: (channel,) of the instance, where vectors are asked for.
    """

    tile: np.ndarray
    box: np.ndarray
    class_id: int
    score: float
    mask: np.ndarray
    corner: tuple[int, int]
    depth: float
    cut: bool
    central: bool
    vector: np.ndarray | None = None


def merge(pieces: list[Piece]) -> list[Piece]:
    """Return each object once, by the rule above. Law: the order of ``pieces`` decides between equals alone."""
    kept, confirmed = list[Piece](), set[int]()
    for piece in sorted((p for p in pieces if not p.cut), key=lambda p: (-p.depth, -p.score)):
        same = next((k for k in meeting(piece, kept) if is_same(piece, kept[k])), None)
        if same is None:
            kept.append(piece)
        else:
            confirmed.add(same)
    left = []
    for piece in (p for p in pieces if p.cut):
        covering = [k for k in meeting(piece, kept) if is_covered(piece, kept[k])]
        confirmed.update(covering)
        if not covering:
            left.append(piece)
    whole = [piece for k, piece in enumerate(kept) if piece.central or k in confirmed]
    return whole + [joined(group) for group in groups_of(left) if len(group) > 1 or group[0].central]


def meeting(piece: Piece, others: list[Piece]) -> list[int]:
    """Return the indices of ``others`` that come from another tile and share a box's pixel with ``piece``."""
    if not others:
        return []
    boxes = np.stack([other.box for other in others])
    near = np.flatnonzero(box_algebra.intersection(piece.box[None], boxes)[0] > 0)
    return [int(i) for i in near if (others[i].tile != piece.tile).any()]


def is_same(a: Piece, b: Piece) -> bool:
    """Tell whether two whole instances are one object."""
    both, of_a, of_b = seen_by_both(a, b)
    return a.class_id == b.class_id and both > 0 and both >= SAME * (of_a + of_b - both)


def is_covered(cut: Piece, whole: Piece) -> bool:
    """Tell whether ``whole`` is what ``cut`` is a piece of."""
    both, of_cut, _ = seen_by_both(cut, whole)
    return both > 0 and both >= SAME * of_cut


def is_continued(a: Piece, b: Piece) -> bool:
    """Tell whether two cut instances are pieces of one object."""
    both, of_a, of_b = seen_by_both(a, b)
    return a.class_id == b.class_id and both > 0 and both >= SAME * min(of_a, of_b)


def seen_by_both(a: Piece, b: Piece) -> tuple[int, int, int]:
    """Return the pixels of both masks, of ``a`` and of ``b`` in the part of the image that both tiles show."""
    view = np.concatenate([np.maximum(a.tile, b.tile)[:2], np.minimum(a.tile, b.tile)[2:]])
    if (view[2:] <= view[:2]).any():
        return 0, 0, 0
    one, other = window(a, view), window(b, view)
    return int((one & other).sum()), int(one.sum()), int(other.sum())


def window(piece: Piece, view: np.ndarray) -> np.ndarray:
    """Return the mask of ``piece`` in ``view`` (yxyx), (y, x) bool."""
    (top, left), (height, width) = piece.corner, piece.mask.shape
    pixels = np.zeros(np.maximum(view[2:] - view[:2], 0), bool)
    y1, x1 = max(top, view[0]), max(left, view[1])
    y2, x2 = min(top + height, view[2]), min(left + width, view[3])
    if y2 > y1 and x2 > x1:
        inside = piece.mask[y1 - top : y2 - top, x1 - left : x2 - left]
        pixels[y1 - view[0] : y2 - view[0], x1 - view[1] : x2 - view[1]] = inside
    return pixels


def groups_of(pieces: list[Piece]) -> list[list[Piece]]:
    """Return ``pieces`` in groups, each of one object, which may run through several tiles."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        touching = [group for group in groups if any(is_continued(piece, p) for p in group)]
        groups = [group for group in groups if not any(group is other for other in touching)]
        groups.append([*itertools.chain(*touching), piece])
    return groups


def joined(group: list[Piece]) -> Piece:
    """Return the object of ``group``: all its pixels, with the best score."""
    if len(group) == 1:
        return group[0]
    boxes = np.stack([piece.box for piece in group])
    corners = np.array([piece.corner for piece in group])
    ends = corners + [piece.mask.shape for piece in group]
    view = np.concatenate([corners.min(axis=0), ends.max(axis=0)])
    mask = np.logical_or.reduce([window(piece, view) for piece in group])
    best = max(group, key=lambda piece: piece.score)
    box = np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
    corner = (int(view[0]), int(view[1]))
    return replace(best, box=box, mask=mask, corner=corner, cut=False, central=True)
