"""Crops: the place of each row of the verdict table, on sheets that a page loads as they come into sight.

Inputs: the table and the reader of its data set. Outputs: sheets, JPEG files of ``PER_SHEET`` tiles, row after row of
the table. Objects are dashed in blue, detections drawn through in orange, as in reports. An image that can no longer be
read leaves its tiles grey.

Shapes: yyxx image px; y, x tile px.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.evaluation.metrics.worst_cases import DETECTION_COLOUR, TRUTH_COLOUR
from maskrcnn_core.files.atomic import replacing

from ..analysis.verdict_table.rows import OBJECT, VerdictTable

TILE = 128  # px, a side
ACROSS = 8  # tiles in a row of a sheet
PER_SHEET = ACROSS * ACROSS
LEAST = 32  # px of the image that a tile shows at least
AROUND = 1.8  # times the longer side of the box
EMPTY = (128, 128, 128)
DASH = 6  # px
LINE = 2  # px
QUALITY = 82
PATTERN = "crops_*.jpg"  # of a sheet's name, its number for the star

Box = tuple[float, float, float, float]


Seen = Callable[[int, np.ndarray | None], object]


def write_crops(
    table: VerdictTable,
    reader: Reader,
    folder: Path,
    advance: Callable[[int], object] = lambda done: None,
    seen: Seen = lambda index, image: None,
) -> int:
    """Write the sheets of all rows into ``folder`` and return how many.

    advance: told the rows done. seen: shown each image that has rows once, None where it can no longer be read.
    """
    sheets, sheet = 0, _Sheet()
    for row, tile in enumerate(_tiles(table, reader, seen)):
        sheet.put(row % PER_SHEET, tile)
        advance(row + 1)
        if row % PER_SHEET == PER_SHEET - 1 or row == len(table) - 1:
            sheet.write(folder / PATTERN.replace("*", f"{sheets:05d}"))
            sheets, sheet = sheets + 1, _Sheet()
    return sheets


class _Sheet:
    """Tiles beside and below each other."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (ACROSS * TILE, ACROSS * TILE), EMPTY)

    def put(self, place: int, tile: Image.Image) -> None:
        self.image.paste(tile, (place % ACROSS * TILE, place // ACROSS * TILE))

    def write(self, path: Path) -> None:
        with replacing(path) as part:
            self.image.save(part, "JPEG", quality=QUALITY)


def _tiles(table: VerdictTable, reader: Reader, seen: Seen) -> Iterator[Image.Image]:
    """Yield the tile of each row; an image is read once for all its rows, which follow each other."""
    index, image = -1, None
    partners = _partners(table)
    for row in range(len(table)):
        if table["index"][row] != index:
            index = table["index"][row]
            pixels = _read(reader, index)
            seen(index, pixels)
            image = None if pixels is None else Image.fromarray(SourceImage(pixels).for_display())
        is_object = table["kind"][row] == OBJECT
        other = partners.get((index, not is_object, table["partner"][row]))
        yield tile_of(image, table.box(row), other, is_object)


def _partners(table: VerdictTable) -> dict[tuple[int, bool, int], Box]:
    """Return the boxes of all rows by image, whether an object, and number."""
    return {
        (table["index"][row], table["kind"][row] == OBJECT, table["number"][row]): table.box(row)
        for row in range(len(table))
    }


def _read(reader: Reader, index: int) -> np.ndarray | None:
    try:
        return reader.read(index)[0].image
    except (ValueError, OSError):
        return None


def tile_of(image: Image.Image | None, box: Box, other: Box | None, is_object: bool) -> Image.Image:
    """Return the square of ``image`` around ``box`` (yxyx) with its outline, and that of the ``other`` box it is about.

    Beyond the image's border the tile is grey.
    """
    if image is None:
        return Image.new("RGB", (TILE, TILE), EMPTY)
    y1, x1, y2, x2 = box
    side = max(LEAST, AROUND * max(y2 - y1, x2 - x1))
    top, left = (y1 + y2 - side) / 2, (x1 + x2 - side) / 2
    scale = TILE / side
    tile = image.transform(
        (TILE, TILE),
        Image.Transform.EXTENT,
        (left, top, left + side, top + side),
        Image.Resampling.BILINEAR,
        fillcolor=EMPTY,
    )
    draw = ImageDraw.Draw(tile)
    for each, is_truth in ((other, not is_object), (box, is_object)):
        if each is not None:
            y, x, yy, xx = (np.array(each) - [top, left, top, left]) * scale
            _outline(draw, (float(y), float(x), float(yy), float(xx)), is_truth)
    return tile


def _outline(draw: ImageDraw.ImageDraw, box: Box, is_truth: bool) -> None:
    """Draw a box (yxyx) of tile px, dashed for an object, on a dark line, so that it shows on every ground."""
    y1, x1, y2, x2 = box
    draw.rectangle((x1 - 2, y1 - 2, x2 + 2, y2 + 2), outline=(0, 0, 0))
    if not is_truth:
        draw.rectangle((x1 - 1, y1 - 1, x2 + 1, y2 + 1), outline=DETECTION_COLOUR, width=LINE)
        return
    for x in np.arange(x1, x2, 2 * DASH):
        for y in (y1, y2):
            draw.line((x, y, min(x + DASH, x2), y), fill=TRUTH_COLOUR, width=LINE)
    for y in np.arange(y1, y2, 2 * DASH):
        for x in (x1, x2):
            draw.line((x, y, x, min(y + DASH, y2)), fill=TRUTH_COLOUR, width=LINE)
