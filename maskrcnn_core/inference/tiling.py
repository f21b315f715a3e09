"""Tiling: images much larger than what a network sees at once, cut into tiles and put together again.

Inputs: a model and an image. Outputs: one ``Result`` in image px. Why: scaled down to the network's size, the
objects of a large micrograph vanish; a tile keeps them at the size that the model was trained on. Tiles overlap, so
that an object no larger than the overlap lies whole in at least one; ``seams`` counts once what several tiles see.

Shapes: d instances; yxyx image px; y, x rows and columns.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..data.reading.images import SourceImage, load_image
from ..geometry.boxed_masks import BoxedMasks, Crop, Masks, Part, inside
from ..stages.composing import Result
from ..stages.pasting import blank_masks, require_masks
from .seams import Piece, merge

if TYPE_CHECKING:
    from ..model import MaskRCNN

EDGE = 2.0  # px from an inner edge of its tile within which a box is cut by it; box regression ends a little short
EDGE_SHARE = 0.05  # the same as a share of the box's side: errors of large boxes are larger


class Tile(NamedTuple):
    """A part of an image. Both (yxyx) px; ``core`` is its central region, infinite at the image's border."""

    box: np.ndarray
    core: np.ndarray


def detect_tiled(model: MaskRCNN, image: Any, tile: int, overlap: int, boxed: bool = False) -> Result:
    """Return the instances of ``image``, found tile by tile, best first.

    tile: px, side of a tile. overlap: px, what neighbours share at least: the size of the largest object or more.
    boxed: as of ``model.detect``. ``detections.max_count`` limits each tile, not the whole.
    Raises: ValueError for an overlap that is not 1 to half a tile, and for what is no image.
    Law: of an image not larger than a tile it is exactly ``model.detect``.
    """
    loaded, parts = _cut(model, image, tile, overlap)
    if not parts:
        result: Result = model.detect(loaded, boxed=boxed)
        return result
    found = [piece for part, seen in parts for piece in pieces_of(model.detect(seen), part)]
    return assemble(merge(found), loaded.pixels.shape[:2], model.config.class_names, boxed)


def detect_tiled_features(
    model: MaskRCNN, image: Any, tile: int, overlap: int, boxed: bool = False
) -> tuple[Result, np.ndarray]:
    """Return the ``Result`` of ``detect_tiled`` and a vector (d, channel) float32 for each instance.

    It is that of ``model.detect_features`` in the tile whose instance stayed; of joined pieces, in that of the best
    score. Law: of an image not larger than a tile it is exactly ``model.detect_features``.
    """
    loaded, parts = _cut(model, image, tile, overlap)
    if not parts:
        whole: tuple[Result, np.ndarray] = model.detect_features(loaded, boxed=boxed)
        return whole
    found = [piece for part, seen in parts for piece in pieces_of(*_with_vectors(model, seen, part))]
    objects = best_first(merge(found))
    none = np.zeros((0, model.config.box_head.channels), np.float32)
    known = [piece.vector for piece in objects if piece.vector is not None]  # all: each piece came with one
    vectors = np.stack(known) if known else none
    return assemble(objects, loaded.pixels.shape[:2], model.config.class_names, boxed), vectors


def _with_vectors(model: MaskRCNN, seen: SourceImage, part: Tile) -> tuple[Result, Tile, np.ndarray]:
    result, vectors = model.detect_features(seen)
    return result, part, vectors


def _cut(
    model: MaskRCNN, image: Any, tile: int, overlap: int
) -> tuple[SourceImage, list[tuple[Tile, SourceImage]]]:
    """Return the loaded ``image`` and its tiles, each with its pixels; none where the image fits into one."""
    require_tiling(tile, overlap)
    loaded = load_image(image, model.config.molding.channels)
    size = loaded.pixels.shape[:2]
    if max(size) <= tile:
        return loaded, []
    parts = []
    for part in make_tiles(size, tile, overlap):
        y1, x1, y2, x2 = (int(v) for v in part.box)
        parts.append((part, SourceImage(loaded.pixels[y1:y2, x1:x2], loaded.source)))
    return loaded, parts


def require_tiling(tile: int, overlap: int) -> None:
    """Raise ValueError where tiles of ``tile`` px cannot overlap by ``overlap`` px."""
    if not 1 <= overlap <= tile // 2:
        raise ValueError(
            f"wanted tiles that overlap by 1 px to half their side, received a side of {tile} px and an overlap of "
            f"{overlap} px; take the size of the largest object as overlap, and four times that as side"
        )


def make_tiles(size: tuple[int, int], tile: int, overlap: int) -> list[Tile]:
    """Return tiles that cover an image of ``size`` (y, x), row by row.

    Laws: all have the same size, none leaves the image, neighbours share ``overlap`` px or more, cores share nothing
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


def pieces_of(result: Result, tile: Tile, vectors: np.ndarray | None = None) -> list[Piece]:
    """Return the instances that were found on ``tile``, in image px, with their ``vectors`` (d, channel) if given."""
    rows = range(len(result))
    return [_piece(result, tile, row, None if vectors is None else vectors[row]) for row in rows]


def _piece(result: Result, tile: Tile, row: int, vector: np.ndarray | None) -> Piece:
    """Return one instance."""
    (rows, columns), mask = inside(result.masks, row)
    core = tile.core
    box = np.rint(result.boxes[row] + np.tile(tile.box[:2], 2)).astype(np.int32)
    centre, inner = (box[:2] + box[2:]) / 2, np.isfinite(core)
    near = np.maximum(EDGE, EDGE_SHARE * np.tile(box[2:] - box[:2], 2))
    return Piece(
        tile.box,
        box,
        int(result.class_ids[row]),
        float(result.scores[row]),
        mask.copy(),  # a view would keep all masks of the tile
        (int(rows.start + tile.box[0]), int(columns.start + tile.box[1])),
        float(np.abs(np.tile(centre, 2) - tile.box)[inner].min()),
        bool((np.abs(box - tile.box) <= near)[inner].any()),
        bool((centre >= core[:2]).all() and (centre < core[2:]).all()),
        vector,
    )


def best_first(objects: list[Piece]) -> list[Piece]:
    """Return ``objects`` by score."""
    return sorted(objects, key=lambda piece: -piece.score)


def assemble(
    objects: list[Piece], size: tuple[int, int], class_names: tuple[str, ...], boxed: bool = False
) -> Result:
    """Return ``objects`` as a result, best first: masks of image ``size`` (y, x) are made here, once."""
    objects = best_first(objects)
    boxes = np.array([[*p.corner, *np.add(p.corner, p.mask.shape)] for p in objects]).reshape(-1, 4)
    pairs = zip(objects, boxes, strict=True)
    crops = BoxedMasks((Crop(_part(box), np.packbits(piece.mask, axis=1)) for piece, box in pairs), size)
    masks: Masks = crops
    if not boxed:
        require_masks(boxes, size)
        masks = crops.write(blank_masks(len(objects), size))
    return Result(
        np.array([piece.box for piece in objects], np.int32).reshape(-1, 4),
        np.array([piece.class_id for piece in objects], np.int32),
        np.array([piece.score for piece in objects], np.float32),
        masks,
        class_names,
    )


def _part(box: np.ndarray) -> Part:
    top, left, bottom, right = (int(v) for v in box)
    return slice(top, bottom), slice(left, right)
