"""Copies among a data set's images and objects, exact or near, by the looks that its records carry.

Inputs: records. Outputs: pairs of images, and of objects of two images that are no copies as a whole, the surest first.
A record of before there were looks has none.
"""

from __future__ import annotations

import base64
from typing import Any, NamedTuple

from maskrcnn_core.data.quality.copied import Looks as LooksOfDataset
from maskrcnn_core.data.quality.copied import copied_objects
from maskrcnn_core.data.quality.looks import LENGTH
from maskrcnn_core.data.quality.near_copies import near_copies
from maskrcnn_core.data.quality.object_looks import looks_of_bytes

LOOK, OBJECT_LOOKS = "look", "object_looks"  # of a record, in base64


class CopiedImage(NamedTuple):
    """An image of the data set and the one before it that it is a copy of, by their indices; how, in words."""

    image: int
    of: int
    alike: float
    how: str


class CopiedObject(NamedTuple):
    """An object and the one of an earlier image that it is a copy of, each by image and number; how, in words."""

    object: tuple[int, int]
    of: tuple[int, int]
    alike: float
    how: str


class Looks:
    """The looks of a data set, added an image at a time."""

    def __init__(self) -> None:
        self._looks = LooksOfDataset()

    def add(self, record: dict[str, Any]) -> None:
        """Add an image's look and those of its objects, if its record has them."""
        if LOOK in record:
            objects = base64.b64decode(record.get(OBJECT_LOOKS, ""))
            image = base64.b64decode(record[LOOK])
            self._looks.add_looks(record["index"], image, looks_of_bytes(objects, len(record["truths"])))

    def copies(self) -> tuple[list[CopiedImage], list[CopiedObject]]:
        """Return the images that are copies of one before them, and such objects."""
        places, copies = self._looks.places, near_copies(self._looks.images)
        images = [CopiedImage(places[one.image], places[one.of], one.alike, one.how) for one in copies]
        objects = [
            CopiedObject((places[pair.image], number), (places[pair.of], of), copy.alike, how)
            for pair in copied_objects(self._looks, copies)
            for (number, of), copy, how in zip(pair.numbers, pair.copies, pair.each_how, strict=True)
        ]
        return sorted(images, key=lambda one: -one.alike), sorted(objects, key=lambda one: -one.alike)


def sound_looks(record: dict[str, Any]) -> bool:
    """Tell whether a record's looks are what they should be. Raises: KeyError, TypeError or ValueError if not."""
    objects = base64.b64decode(record[OBJECT_LOOKS], validate=True)
    looks_of_bytes(objects, len(record["truths"]))
    return len(base64.b64decode(record[LOOK], validate=True)) == LENGTH
