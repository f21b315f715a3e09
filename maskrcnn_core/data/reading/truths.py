"""Truths: one picture's objects while a reader collects them.

Enters: outlines and masks as formats hold them, one at a time. Leaves: a ``Sample`` with what can be used, and a
finding for each thing that cannot or that had to be repaired. Why one place: all formats then treat a two-point polygon
or a mask of nothing alike.

Shapes: y, x rows and columns; p points of a ring; xy a point, px.
"""

from __future__ import annotations

import numpy as np

from ...geometry.polygons import draw, reach_outside
from .files import UnusableError
from .frames import Canvas, Fit
from .reader import Finding
from .sample import Sample

MAX_BYTES = 1 << 31  # of all masks of a picture, one byte a pixel and object: more is no picture to train on


class Truths:
    """The objects of one picture.

    canvas: the picture; file: what findings name; what: an object's name in findings, e.g. ``region 3``.
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
        usable = [ring for ring in rings if len(np.unique(ring, axis=0)) >= 3]
        if not usable:
            most = max((len(ring) for ring in rings), default=0)
            return self.drop(
                "few-points", f"{what}: wanted 3 different points or more, received {most}; left out"
            )
        if len(usable) < len(rings):
            self.warn(
                "few-points",
                f"{what}: {len(rings) - len(usable)} of {len(rings)} parts have < 3 points; parts left out",
            )
        try:
            mask = draw(usable, fit.size)
        except ValueError as error:
            return self.drop("bad-coordinates", f"{what}: {error}; left out")
        outside = max(reach_outside(ring, fit.size) for ring in usable)
        if not mask.any():
            kind = "outside-picture" if outside else "zero-area"
            return self.drop(kind, f"{what}: covers no pixel of the picture; left out")
        if outside:
            self.warn("outside-picture", f"{what}: reaches {outside:.1f} px out of the picture; clipped")
        self.add_mask(mask, fit, class_id, what, is_crowd)

    def add_mask(self, mask: np.ndarray, fit: Fit, class_id: int, what: str, is_crowd: bool = False) -> None:
        """Add one object from its mask, (y, x) bool in the frame of ``fit``.

        Raises: UnusableError if the masks of the picture become too large to hold.
        """
        placed = fit.place(mask)
        if not placed.any():
            return self.drop("zero-area", f"{what}: its mask is empty; left out")
        if (len(self._masks) + 1) * placed.size > MAX_BYTES:
            detail = f"has more than {len(self._masks)} objects of {placed.size} px each, which is too much to hold"
            raise UnusableError("too-many-objects", self.file, detail)
        self._masks.append(placed)
        self._class_ids.append(class_id)
        self._is_crowd.append(is_crowd)

    def fit_mask(self, size: tuple[int, int], what: str) -> Fit | None:
        """Return how a mask file of ``size`` fits the picture; say so and return None if it does not."""
        try:
            fit, found = self.canvas.fit(size, what)
        except UnusableError as error:
            self.drop(error.finding.kind, f"{error.finding.detail}; left out")
            return None
        if found and found[0].kind not in {
            finding.kind for finding in self.findings
        }:  # once a picture is enough
            self.findings += found
        return fit

    def sample(self, source: str) -> tuple[Sample, list[Finding]]:
        """Return what was collected."""
        image = self.canvas.image
        masks = np.stack(self._masks) if self._masks else np.zeros((0, *image.shape[:2]), bool)
        class_ids, is_crowd = np.array(self._class_ids, np.int32), np.array(self._is_crowd, bool)
        return Sample(image, class_ids, masks, is_crowd, source=source), self.findings
