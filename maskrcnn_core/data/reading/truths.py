"""Ground-truth objects: one image's objects while a reader collects them.

Inputs: outlines and masks as formats hold them, one at a time. Outputs: a ``Sample`` with what can be used, and a
finding for each thing that cannot or that had to be repaired. Why one place: all formats then treat a two-point polygon
or a mask of nothing alike.

Shapes: y, x rows and columns; p points of a ring; xy a point, px.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...geometry.polygons import draw, reach_outside
from .drawn import Drawn, Part
from .files import UnusableError, relative
from .frames import Canvas, Fit, open_canvas
from .reader import Finding
from .sample import IGNORED, Sample
from .void import regions_of

MAX_BYTES = 1 << 31  # of all masks of an image, one byte a pixel and object: more is no image to train on
SMALL_IMAGE = 8  # px of the shorter side, from which nobody draws an object within the first pixel
MAX_OBJECTS = 20_000  # of an image, whatever its size: each costs time
# of an outline: one that follows every edge of every pixel has fewer
POINTS_A_PIXEL, POINTS = 4, 10_000


def with_numbers(
    image: Path, root: Path, file: Path, named: str, read: Callable[[Path], np.ndarray], what: str
) -> tuple[Truths, np.ndarray, Fit]:
    """Open ``image`` and read the map of numbers (y, x) in ``file``: the objects to collect, the map, how it fits.

    named, what: ``file`` and its content in findings. Raises: UnusableError for a map that cannot be read.
    """
    canvas, found = open_canvas(image, relative(image, root))
    truths = Truths(canvas, named)
    truths.findings += found
    try:
        numbers = read(file)
    except ValueError as error:
        raise UnusableError("unreadable-mask", named, str(error)) from None
    fit, found = canvas.fit((numbers.shape[0], numbers.shape[1]), what)
    truths.findings += found
    return truths, numbers, fit


class Truths:
    """The objects of one image.

    canvas: the image; file: what findings name; what: an object's name in findings, e.g. ``region 3``.
    """

    def __init__(self, canvas: Canvas, file: str = "") -> None:
        self.canvas = canvas
        self.file = file or canvas.file
        self.findings: list[Finding] = []
        self._masks: list[np.ndarray] = []
        self._class_ids: list[int] = []
        self._is_crowd: list[bool] = []

    def drop(self, kind: str, detail: str) -> None:
        """Say that something is left out."""
        self.findings.append(Finding(kind, "error", self.file, detail))

    def warn(self, kind: str, detail: str) -> None:
        """Say that something was repaired."""
        self.findings.append(Finding(kind, "warning", self.file, detail))

    def add_rings(
        self, rings: list[np.ndarray], fit: Fit, class_id: int, what: str, is_crowd: bool = False
    ) -> None:
        """Add one object from its outlines, each (p, xy) in the frame of ``fit``."""
        self.add(Drawn(what, None, rings, is_crowd=is_crowd), fit, class_id)

    def add(self, one: Drawn, fit: Fit, class_id: int) -> None:
        """Add one object from all its pieces, in the frame of ``fit``."""
        whole = np.zeros(fit.size, bool)
        if one.rings or not one.parts:
            drawn = self._draw(one.rings, fit, one.what)
            if drawn is None and not one.parts:
                return
            whole = whole if drawn is None else drawn
        for part in one.parts:
            self._paste(part, whole, one.what)
        holes = [ring for ring in one.holes if len(np.unique(ring, axis=0)) >= 3]
        if holes:
            try:
                whole &= ~draw(holes, fit.size)
            except ValueError as error:
                return self.drop("bad-coordinates", f"{one.what}: {error}; left out")
        self.add_mask(whole, fit, class_id, one.what, one.is_crowd)

    def _draw(self, rings: list[np.ndarray], fit: Fit, what: str) -> np.ndarray | None:
        """Return the union of outlines as (y, x) bool; None, and say why, where it covers nothing."""
        most = POINTS_A_PIXEL * fit.size[0] * fit.size[1] + POINTS
        if (points := max((len(ring) for ring in rings), default=0)) > most:
            size = f"an image of {fit.size[0]} x {fit.size[1]} px"
            self.drop(
                "bad-coordinates",
                f"{what}: wanted {most} points at most on {size}, received {points}; left out",
            )
            return None
        usable = [ring for ring in rings if len(np.unique(ring, axis=0)) >= 3]
        if not usable:
            self.drop("few-points", f"{what}: wanted 3 different points or more, received {points}; left out")
            return None
        if len(usable) < len(rings):
            self.warn(
                "few-points",
                f"{what}: {len(rings) - len(usable)} of {len(rings)} parts have < 3 points; parts left out",
            )
        if min(fit.size) >= SMALL_IMAGE and all(ring.min() >= 0 and ring.max() <= 1 for ring in usable):
            detail = "all coordinates are of 0 to 1: are they shares of the image's sides, not px?"
            self.drop("bad-coordinates", f"{what}: {detail}; left out")
            return None
        try:
            mask = draw(usable, fit.size)
        except ValueError as error:
            self.drop("bad-coordinates", f"{what}: {error}; left out")
            return None
        outside = max(reach_outside(ring, fit.size) for ring in usable)
        if not mask.any():
            kind = "outside-image" if outside else "zero-area"
            self.drop(kind, f"{what}: covers no pixel of the image; left out")
            return None
        if outside:
            self.warn("outside-image", f"{what}: reaches {outside:.1f} px out of the image; clipped")
        return mask

    def _paste(self, part: Part, whole: np.ndarray, what: str) -> None:
        """Add the pixels of ``part`` to ``whole`` (y, x) bool; say what lies outside."""
        top, left = (max(0, edge) for edge in part.corner)
        inside = part.mask[max(0, -part.corner[0]) :, max(0, -part.corner[1]) :]
        inside = inside[: max(0, whole.shape[0] - top), : max(0, whole.shape[1] - left)]
        whole[top : top + inside.shape[0], left : left + inside.shape[1]] |= inside
        if inside.sum() < part.mask.sum():
            self.warn("outside-image", f"{what}: its mask reaches out of the image; clipped")

    def add_mask(self, mask: np.ndarray, fit: Fit, class_id: int, what: str, is_crowd: bool = False) -> None:
        """Add one object from its mask, (y, x) bool in the frame of ``fit``.

        Raises: UnusableError if the masks of the image become too large to hold.
        """
        placed = fit.place(mask)
        if not placed.any():
            return self.drop("zero-area", f"{what}: its mask is empty; left out")
        if len(self._masks) == MAX_OBJECTS or (len(self._masks) + 1) * placed.size > MAX_BYTES:
            detail = f"has more than {len(self._masks)} objects of {placed.size} px each, which is too much to hold"
            raise UnusableError("too-many-objects", self.file, detail)
        self._masks.append(placed)
        self._class_ids.append(class_id)
        self._is_crowd.append(is_crowd or class_id == IGNORED)

    def add_void(self, void: np.ndarray, fit: Fit, what: str) -> None:
        """Add what is to be ignored, (y, x) bool in the frame of ``fit``: its thick parts; outlines hide nothing."""
        for region in regions_of(fit.place(void)):
            self.add_mask(region, Fit(region.shape, 1, region.shape), IGNORED, what)

    def fit_mask(self, size: tuple[int, int], what: str) -> Fit | None:
        """Return how a mask file of ``size`` fits the image; say so and return None if it does not."""
        try:
            fit, found = self.canvas.fit(size, what)
        except UnusableError as error:
            self.drop(error.finding.kind, f"{error.finding.detail}; left out")
            return None
        if found and found[0].kind not in {
            finding.kind for finding in self.findings
        }:  # once an image is enough
            self.findings += found
        return fit

    def sample(self, source: str) -> tuple[Sample, list[Finding]]:
        """Return what was collected."""
        image = self.canvas.image
        masks = np.stack(self._masks) if self._masks else np.zeros((0, *image.shape[:2]), bool)
        class_ids, is_crowd = np.array(self._class_ids, np.int32), np.array(self._is_crowd, bool)
        return Sample(image, class_ids, masks, is_crowd, source=source), self.findings
