"""Drawn: one object as an annotator left it, in whatever pieces: outlines, holes, masks.

Inputs: what a format's file says of one object. Outputs: its parts in one shape, which ``Truths`` makes a mask of. Why:
whether a program draws an object in one piece or five, as outline or brush, must not change which pixels are learnt.

Shapes: p points of a ring; xy a point, px; y, x rows and columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Part(NamedTuple):
    """A mask (y, x) bool whose first pixel lies at ``corner`` (y, x) of the image."""

    mask: np.ndarray
    corner: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Drawn:
    """The union of ``rings``, each (p, xy), less ``holes``, each (p, xy), with ``parts``; or what a mask file holds.

    what: its name in findings; label: its class name, None = blank.
    """

    what: str
    label: str | None
    rings: list[np.ndarray] = field(default_factory=list)
    holes: list[np.ndarray] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    file: Path | None = None
    is_crowd: bool = False

    def joined(self, other: Drawn) -> Drawn:
        """Return this object with the pieces of another, which is a part of it."""
        return replace(
            self,
            rings=[*self.rings, *other.rings],
            holes=[*self.holes, *other.holes],
            parts=[*self.parts, *other.parts],
        )
