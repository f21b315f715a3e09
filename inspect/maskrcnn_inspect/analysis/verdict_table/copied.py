"""Copies among a data set's images, exact or near, by the looks that its records carry.

Inputs: records. Outputs: pairs of images, the surest first. A record of before there were looks has none.
"""

from __future__ import annotations

import base64
from typing import Any, NamedTuple

from maskrcnn_core.data.quality.near_copies import near_copies

LOOK = "look"  # of a record, in base64


class CopiedImage(NamedTuple):
    """An image of the data set and the one before it that it is a copy of, by their indices; how, in words."""

    image: int
    of: int
    alike: float
    how: str


class Looks:
    """The looks of a data set, added an image at a time."""

    def __init__(self) -> None:
        self.images: list[int] = []
        self.looks: list[bytes] = []

    def add(self, record: dict[str, Any]) -> None:
        """Add an image's look, if its record has one."""
        if LOOK in record:
            self.images.append(record["index"])
            self.looks.append(base64.b64decode(record[LOOK]))

    def copies(self) -> list[CopiedImage]:
        """Return the images that are copies of one before them."""
        found = [
            CopiedImage(self.images[one.image], self.images[one.of], one.alike, one.how)
            for one in near_copies(self.looks)
        ]
        return sorted(found, key=lambda one: -one.alike)
