"""Mosaic: many small parts of one image side by side, as one image for the canvas.

Inputs: an image and boxes. Outputs: a tile a box, nearest neighbour, so that pixels stay pixels, and where boxes lie in
it. Why: ten close-ups that can be clicked and zoomed take a hundredth of the time of ten charts.

Shapes: n tiles; y, x px of the image or of the mosaic; yxyx.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

SIDE = 144  # px of a tile
GAP = 6  # px between tiles
LEAST = 8.0  # px: a smaller box is shown with as much around it as one of this side
GROUND, BEYOND = 255, 229  # grey level between tiles, and of what lies outside the image


@dataclass(frozen=True)
class Mosaic:
    """Tiles in rows, with what takes a box of the image to its tile.

    image: (y, x, rgb) uint8. scale: (n,) mosaic px an image px. start: (n, yx) image px at a tile's corner.
    corner: (n, yx) mosaic px of that corner.
    """

    image: np.ndarray
    scale: np.ndarray
    start: np.ndarray
    corner: np.ndarray

    def place(self, boxes: np.ndarray, tiles: np.ndarray | None = None) -> np.ndarray:
        """Return ``boxes`` (n, yxyx) px of the image in their ``tiles``, cut at the tile; by default one a tile."""
        own = np.arange(len(boxes)) if tiles is None else np.asarray(tiles, np.intp)
        points = np.nan_to_num(np.asarray(boxes, np.float64)).reshape(-1, 2, 2)
        moved = (points - self.start[own, None]) * self.scale[own, None, None]
        return np.asarray((np.clip(moved, 0, SIDE) + self.corner[own, None]).reshape(-1, 4))

    def beside(self, others: list[np.ndarray], columns: int) -> Mosaic:
        """Return the mosaic with the tile ``others[i]`` to the right of each tile, ``columns`` pairs in a row."""
        own = [self.image[top : top + SIDE, left : left + SIDE] for top, left in self.corner]
        pairs = [tile for pair in zip(own, others, strict=True) for tile in pair]
        image, corner = arranged(pairs, 2 * columns)
        return replace(self, image=image, corner=corner[::2])


def mosaic(image: np.ndarray, boxes: np.ndarray, margin: float = 0.6, columns: int = 5) -> Mosaic:
    """Return a square tile around each of ``boxes`` (n, yxyx), with ``margin`` times its longer side all around."""
    boxes = np.nan_to_num(np.asarray(boxes, np.float64)).reshape(-1, 4)
    half = np.maximum((boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=LEAST), LEAST) * (0.5 + margin)
    start = (boxes[:, :2] + boxes[:, 2:]) / 2 - half[:, None]
    scale = SIDE / (2 * half)
    tiles = [_tile(image, corner, size) for corner, size in zip(start, scale, strict=True)]
    whole, corner = arranged(tiles, columns)
    return Mosaic(whole, scale, start, corner)


def arranged(tiles: list[np.ndarray], columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ``tiles``, each (SIDE, SIDE, rgb), in rows of ``columns``, and each one's corner (n, yx)."""
    columns = max(1, min(columns, len(tiles)))
    rows, step = max(1, -(-len(tiles) // columns)), SIDE + GAP
    whole = np.full((rows * step - GAP, columns * step - GAP, 3), GROUND, np.uint8)
    corner = (
        np.array([divmod(number, columns) for number in range(len(tiles))], np.intp).reshape(-1, 2) * step
    )
    for tile, (top, left) in zip(tiles, corner, strict=True):
        whole[top : top + SIDE, left : left + SIDE] = tile
    return whole, corner


def mask_tile(mask: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Return a small ``mask`` (y, x) of 0 and 1 as a tile in its ``colour``."""
    rows, columns = (np.arange(SIDE) * length // SIDE for length in mask.shape)
    inside = np.asarray(mask)[rows][:, columns] > 0
    return np.where(inside[..., None], np.array(colour, np.uint8), np.uint8(BEYOND - 180))


def _tile(image: np.ndarray, start: np.ndarray, scale: float) -> np.ndarray:
    """Return the tile (SIDE, SIDE, rgb) whose corner is ``start`` (yx), px of the image."""
    places = np.floor(start + (np.arange(SIDE)[:, None] + 0.5) / scale).astype(np.intp)  # (SIDE, yx)
    size = np.array(image.shape[:2])
    kept = np.clip(places, 0, size - 1)
    tile = image[kept[:, 0]][:, kept[:, 1]]
    inside = (places >= 0) & (places < size)
    return np.where((inside[:, None, 0] & inside[None, :, 1])[..., None], tile, np.uint8(BEYOND))
