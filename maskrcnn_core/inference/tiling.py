"""Tiling: pictures much larger than what a network sees at once, cut into tiles and put together again.

Enters: a model and a picture. Leaves: one ``Result`` in picture px. Why: scaled down to the network's size, the
objects of a large micrograph vanish; a tile keeps them at the size that the model was trained on. Tiles overlap, so
that an object no larger than the overlap lies whole in at least one; ``seams`` counts once what several tiles see.

Shapes: d instances; yxyx picture px; y, x rows and columns.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..data.reading.images import Picture, load_picture
from ..geometry import boxes as box_algebra
from ..stages.composing import Result
from ..stages.pasting import blank_masks, require_masks
from .seams import Piece, merge

if TYPE_CHECKING:
    from ..model import MaskRCNN

EDGE = 2.0  # px from an inner edge of its tile within which a box is cut by it; box regression ends a little short
EDGE_SHARE = 0.05  # the same as a share of the box's side: errors of large boxes are larger


class Tile(NamedTuple):
    """A part of a picture. Both (yxyx) px; ``core`` is its central region, infinite at the picture's border."""

    box: np.ndarray
    core: np.ndarray


def detect_tiled(model: MaskRCNN, picture: Any, tile: int, overlap: int) -> Result:
    """Return the instances of ``picture``, found tile by tile, best first.

    tile: px, side of a tile. overlap: px, what neighbours share at least: the size of the largest object or more.
    ``detections.max_count`` limits each tile, not the whole.
    Raises: ValueError for an overlap that is not 1 to half a tile, and for what is no picture.
    Law: of a picture not larger than a tile it is exactly ``model.detect``.
    """
    require_tiling(tile, overlap)
    loaded = load_picture(picture, model.config.molding.channels)
    size = loaded.pixels.shape[:2]
    if max(size) <= tile:
        result: Result = model.detect(loaded)
        return result
    pieces: list[Piece] = []
    for part in make_tiles(size, tile, overlap):
        y1, x1, y2, x2 = (int(v) for v in part.box)
        pieces += pieces_of(model.detect(Picture(loaded.pixels[y1:y2, x1:x2], loaded.source)), part)
    return assemble(merge(pieces), size, model.config.class_names)


def require_tiling(tile: int, overlap: int) -> None:
    """Raise ValueError where tiles of ``tile`` px cannot overlap by ``overlap`` px."""
    if not 1 <= overlap <= tile // 2:
        raise ValueError(
            f"wanted tiles that overlap by 1 px to half their side, received a side of {tile} px and an overlap of "
            f"{overlap} px; take the size of the largest object as overlap, and four times that as side"
        )


def make_tiles(size: tuple[int, int], tile: int, overlap: int) -> list[Tile]:
    """Return tiles that cover a picture of ``size`` (y, x), row by row.

    Laws: all have the same size, none leaves the picture, neighbours share ``overlap`` px or more, cores share nothing
    and cover all.
    """
    rows, columns = (_spans(length, tile, overlap) for length in size)
    return [
        Tile(np.array([y[0], x[0], y[1], x[1]]), np.array([y[2], x[2], y[3], x[3]]))
        for y, x in itertools.product(rows, columns)
    ]


def _spans(length: int, tile: int, overlap: int) -> list[tuple[float, float, float, float]]:
    """Return the tiles of one axis: start, end, start and end of the core."""
    if length <= tile:
        return [(0, length, -np.inf, np.inf)]
    count = -(-(length - overlap) // (tile - overlap))
    starts = np.linspace(0, length - tile, count).astype(int)
    middles = (starts[1:] + starts[:-1] + tile) / 2
    return list(zip(starts, starts + tile, [-np.inf, *middles], [*middles, np.inf], strict=True))


def pieces_of(result: Result, tile: Tile) -> list[Piece]:
    """Return the instances that were found on ``tile``, in picture px."""
    bounds = box_algebra.from_masks(result.masks)
    return [_piece(result, tile, row, bounds[row]) for row in range(len(result))]


def _piece(result: Result, tile: Tile, row: int, bounds: np.ndarray) -> Piece:
    """Return one instance; ``bounds`` (yxyx) of its mask, tile px."""
    (y1, x1, y2, x2), core = bounds, tile.core
    box = np.rint(result.boxes[row] + np.tile(tile.box[:2], 2)).astype(np.int32)
    centre, inner = (box[:2] + box[2:]) / 2, np.isfinite(core)
    near = np.maximum(EDGE, EDGE_SHARE * np.tile(box[2:] - box[:2], 2))
    return Piece(
        tile.box,
        box,
        int(result.class_ids[row]),
        float(result.scores[row]),
        result.masks[row, y1:y2, x1:x2].copy(),  # a view would keep all masks of the tile
        (int(y1 + tile.box[0]), int(x1 + tile.box[1])),
        float(np.abs(np.tile(centre, 2) - tile.box)[inner].min()),
        bool((np.abs(box - tile.box) <= near)[inner].any()),
        bool((centre >= core[:2]).all() and (centre < core[2:]).all()),
    )


def assemble(objects: list[Piece], size: tuple[int, int], class_names: tuple[str, ...]) -> Result:
    """Return ``objects`` as a result, best first: masks of picture ``size`` (y, x) are made here, once."""
    objects = sorted(objects, key=lambda piece: -piece.score)
    boxes = np.array([[*p.corner, *np.add(p.corner, p.mask.shape)] for p in objects]).reshape(-1, 4)
    require_masks(boxes, size)
    masks = blank_masks(len(objects), size)
    for mask, piece in zip(masks, objects, strict=True):
        (top, left), (height, width) = piece.corner, piece.mask.shape
        mask[top : top + height, left : left + width] = piece.mask
    return Result(
        np.array([piece.box for piece in objects], np.int32).reshape(-1, 4),
        np.array([piece.class_id for piece in objects], np.int32),
        np.array([piece.score for piece in objects], np.float32),
        masks,
        class_names,
    )
