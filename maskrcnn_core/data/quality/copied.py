"""Copied: the looks of a data set's images and objects, and which objects of two images are the same.

Inputs: samples, an image after the other. Outputs: pairs of images with the objects that they have in common, where the
images are not copies of each other as a whole: objects that were cut out and pasted, or tiles that overlap.

Shapes: n objects of all images; k of one image, or of a pair of images.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..reading.sample import Sample
from .looks import look_of
from .near_copies import Copy
from .object_copies import ObjectCopy, object_copies
from .object_looks import OBJECT_LOOK, object_looks
from .verdict import some

OVERLAP = 2  # px by which the ways between copied objects differ at most where two images are parts of one


@dataclass
class Looks:
    """Looks of images and of their objects, added an image at a time.

    places: of the images in their data set; images: a look each; objects: (k,) looks of its objects each.
    """

    places: list[int] = field(default_factory=list)
    images: list[bytes] = field(default_factory=list)
    objects: list[np.ndarray] = field(default_factory=list)

    def add(self, place: int, sample: Sample) -> None:
        """Add the looks of an image."""
        self.add_looks(place, look_of(sample.image), object_looks(sample))

    def add_looks(self, place: int, image: bytes, objects: np.ndarray) -> None:
        """Add looks that there are."""
        self.places.append(place)
        self.images.append(image)
        self.objects.append(objects)

    def all_objects(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the looks (n,) of all objects, and the row of each one's image (n,)."""
        rows = np.repeat(np.arange(len(self.objects)), [len(one) for one in self.objects])
        return np.concatenate([np.zeros(0, OBJECT_LOOK), *self.objects]), rows


class Against(NamedTuple):
    """Another part of the data. copies: those among its own images."""

    looks: Looks
    copies: Sequence[Copy]


@dataclass(frozen=True)
class CopiedObjects:
    """Objects of one image that are copies of objects of another, by the rows of both images.

    numbers: of an object and of the one that it is a copy of, in their images. copies: how alike they are, the surest
    first. way: (y, x) px from the first to the second where the images seem to be parts of one that overlap, else None.
    """

    image: int
    of: int
    numbers: tuple[tuple[int, int], ...]
    copies: tuple[ObjectCopy, ...]
    way: tuple[int, int] | None

    @property
    def each_how(self) -> list[str]:
        """Return in words how alike the two objects of each copy are."""
        overlap = "" if self.way is None else ", {:+d} px down and {:+d} px right".format(*self.way)
        return [
            f"{copy.alike:.3f} alike" + f", {copy.turn}" * bool(copy.turn) + overlap for copy in self.copies
        ]

    @property
    def how(self) -> str:
        """Return in words which objects they are, how alike, and what that suggests."""
        pairs = [f"{one} is {of} ({how})" for (one, of), how in zip(self.numbers, self.each_how, strict=True)]
        return some(pairs) + ("; do the images overlap?" if self.way else "")


def copied_objects(
    looks: Looks, copies: Sequence[Copy], against: Against | None = None
) -> Iterator[CopiedObjects]:
    """Yield the objects that are copies of those of an earlier image, or of one of ``against``, by pairs of images.

    copies: of the images as a whole, whose objects are left out; of images of ``against``, where that is given.
    """
    (ours, images), others = looks.all_objects(), None if against is None else against.looks.all_objects()
    theirs, their_images = others or (ours, images)
    alike_as_a_whole = _alike_as_a_whole(copies, against)
    pairs: dict[tuple[int, int], list[ObjectCopy]] = defaultdict(list)
    for copy in object_copies(ours, images, None if others is None else theirs):
        pair = int(images[copy.object]), int(their_images[copy.of])
        if not alike_as_a_whole(*pair):
            pairs[pair].append(copy)
    for (image, of), found in sorted(pairs.items()):
        found.sort(key=lambda copy: -copy.alike)
        rows, their_rows = [copy.object for copy in found], [copy.of for copy in found]
        numbers = zip(ours["number"][rows].tolist(), theirs["number"][their_rows].tolist(), strict=True)
        way = _way(found, theirs["centre"][their_rows] - ours["centre"][rows])
        yield CopiedObjects(image, of, tuple(numbers), tuple(found), way)


def _alike_as_a_whole(copies: Sequence[Copy], against: Against | None) -> Callable[[int, int], bool]:
    """Return what tells whether two images, by their rows, are copies, or both copies of a third."""
    ours = _first_of(copies)
    if against is None:
        return lambda image, of: ours.get(image, image) == ours.get(of, of)
    theirs = _first_of(against.copies)
    first = {copy.image: theirs.get(copy.of, copy.of) for copy in copies}
    return lambda image, of: first.get(image) == theirs.get(of, of)


def _first_of(copies: Sequence[Copy]) -> dict[int, int]:
    """Return of each image that is a copy of one before it the first of which all are."""
    first: dict[int, int] = {}
    for copy in copies:  # ascending
        first[copy.image] = first.get(copy.of, copy.of)
    return first


def _way(copies: Sequence[ObjectCopy], ways: np.ndarray) -> tuple[int, int] | None:
    """Return the way (y, x) that several copies have in common, of each one's (k, yx), px; None where there is none."""
    if len(copies) < 2 or any(copy.turn for copy in copies) or np.ptp(ways, axis=0).max() > OVERLAP:
        return None
    down, right = np.rint(np.median(ways, axis=0)).astype(int).tolist()
    return down, right
