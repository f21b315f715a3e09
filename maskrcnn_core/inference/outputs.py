"""What a run leaves: overlays, cut-outs, splashes, COCO results and areas. Arrays in, arrays and rows out.

Shapes: d instances; y, x image px.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..config import Composing
from ..geometry import boxes as box_algebra
from ..geometry.boxed_masks import Masks
from ..geometry.rle import as_text, encode_masks
from ..stages.composing import Result, colour_of, compose, covered, take

# what follows an image's name: no two names with these endings are equal, and none is the image's own
OVERLAY, SPLASH, CUTOUT = ".overlay.png", ".splash.png", ".cutout_{}.png"
LONGEST = 200  # bytes of a name, so that with ending, number and that of a file in the making it is below 255
LEGIBLE = 512  # px of the shorter side from which labels leave something to see


class Area(NamedTuple):
    """How much of an image one class covers; pixels under several instances of it count once."""

    class_name: str
    instances: int
    pixels: int
    share: float  # of the image, 0 to 1


def areas(result: Result) -> list[Area]:
    """Return the area of every class that was found, by class id, and of the background, last."""
    size = result.masks.shape[1] * result.masks.shape[2]
    rows, union = [], np.zeros(result.masks.shape[1:], bool)
    for class_id in sorted(set(result.class_ids.tolist())):
        of_class = np.flatnonzero(result.class_ids == class_id).tolist()
        of_this = covered(take(result.masks, of_class))
        union |= of_this
        pixels = int(of_this.sum())
        rows.append(Area(result.class_names[class_id], len(of_class), pixels, pixels / size))
    free = size - int(union.sum())
    return [*rows, Area("background", 0, free, free / size)]


def overlay(
    image: np.ndarray, result: Result, config: Composing | None = None, letters: float | None = None
) -> np.ndarray:
    """Return ``image`` (y, x, rgb) uint8 with masks, boxes and labels, each instance in its colour.

    A small image is enlarged by a whole factor, so that labels can be read and leave something to see.
    letters: size of the labels in px; by default a 40th of the shorter side, 11 px at least.
    """
    composed = compose(image, result.masks, config or Composing(), result.ranks)
    factor = enlargement(composed)
    canvas = Image.fromarray(composed.repeat(factor, axis=0).repeat(factor, axis=1))
    draw, width = ImageDraw.Draw(canvas), max(1, round(min(canvas.size) / 250))
    font = ImageFont.load_default(size=letters or max(11.0, min(canvas.size) / 40))
    for row in reversed(range(len(result))):  # the best on top
        y1, x1, y2, x2 = (int(v) * factor for v in result.boxes[row])
        colour = colour_of(result.ranks[row])
        draw.rectangle((x1, y1, max(x1, x2 - 1), max(y1, y2 - 1)), outline=colour, width=width)
        text = f"{result.ranks[row]} {result.labels[row]} {result.scores[row]:.2f}"
        _label(draw, (x1, y1), text, colour, font)
    return np.asarray(canvas)


def enlargement(image: np.ndarray) -> int:
    """Return the whole factor by which ``overlay`` enlarges ``image`` (y, x, rgb)."""
    return max(1, LEGIBLE // min(image.shape[:2]))


def _label(
    draw: ImageDraw.ImageDraw, corner: tuple[int, int], text: str, colour: tuple[int, ...], font: Any
) -> None:
    """Write ``text`` on a dark ground above ``corner`` (x, y), inside the image."""
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    width, height = right - left + 4, bottom - top + 4
    x = max(0, min(corner[0], draw.im.size[0] - width))
    y = max(0, corner[1] - height)
    draw.rectangle((x, y, x + width, y + height), fill=(20, 20, 20), outline=colour)
    draw.text((x + 2 - left, y + 2 - top), text, fill="white", font=font)


def splash(image: np.ndarray, masks: Masks) -> np.ndarray:
    """Return ``image`` (y, x, rgb) uint8 in grey, with colour where any of ``masks`` (d, y, x) is."""
    grey = np.asarray(Image.fromarray(image).convert("L"))[..., None]
    inside = covered(masks)[..., None]
    return np.where(inside, image, grey)


def cutout(image: np.ndarray, mask: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Return the pixels of ``box`` (yxyx) as (y, x, rgba) uint8, transparent where ``mask`` (y, x) is not."""
    (y1, x1), (y2, x2) = np.floor(box[:2]).astype(int), np.ceil(box[2:]).astype(int)
    alpha = np.where(mask[y1:y2, x1:x2], 255, 0).astype(np.uint8)
    return np.dstack([image[y1:y2, x1:x2], alpha])


def coco_results(
    result: Result, image_id: Any, category_ids: list[int] | None = None
) -> list[dict[str, Any]]:
    """Return the instances as COCO results.

    category_ids: COCO's id of each class id from 1 on; the class ids themselves by default.
    """
    rows = zip(
        result.class_ids,
        result.scores,
        box_algebra.to_xywh(result.boxes),
        encode_masks(result.masks),
        strict=True,
    )
    return [
        {
            "image_id": image_id,
            "category_id": category_ids[int(class_id) - 1] if category_ids else int(class_id),
            "bbox": [float(v) for v in box],
            "score": round(float(score), 6),
            "segmentation": as_text(code),
        }
        for class_id, score, box, code in rows
    ]


def unique_names(images: Sequence[Path]) -> list[str]:
    """Return a name for each image: its own without the ending, cut where too long, numbered where it is taken."""

    def fresh() -> Iterator[str]:
        taken: dict[
            str, int
        ] = {}  # name -> the number tried last, so that thousands of equal names cost no n²
        for path in images:
            stem = _shortened(path.stem)
            name, number = stem, taken.get(_folded(stem), 1)
            while _folded(name) in taken:
                number += 1
                name = f"{stem}.{number}"
            taken[_folded(stem)] = number
            taken.setdefault(_folded(name), 1)
            yield name

    return list(fresh())


def _folded(name: str) -> str:
    """Return what names share that some file systems take for one: A and a, an umlaut in one sign or two."""
    return unicodedata.normalize("NFC", name).casefold()


def _shortened(stem: str) -> str:
    """Return ``stem`` cut to ``LONGEST`` bytes, between two characters."""
    encoded = stem.encode("utf-8", "surrogateescape")
    return stem if len(encoded) <= LONGEST else encoded[:LONGEST].decode("utf-8", "ignore")
