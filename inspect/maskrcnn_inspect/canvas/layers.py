"""What a canvas can draw, one frozen dataclass a kind, in the order in which they lie on the image.

Inputs: arrays in the pixels of the canvas's image. Outputs: ``state(size)``, JSON and bytes for the browser.

A row of ``Boxes``, ``Masks`` or ``Points`` is one thing a person can point at. ``of`` says what the rows are and
``index`` which of them each row is, so that ``selected == {"detections": 3}`` means the same row in every view.
``lineage`` names what a row came from or became, {"proposals": (row,) index, -1 = none}, and is selected with it.

Shapes: row; y, x image px or cells; yxyx; frame = one of the canvas's baked ``Frames``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import arrays

NEUTRAL = -1  # a colour index: grey, for rows that are no instance
STYLES = ("solid", "dotted")


@dataclass(frozen=True)
class Frames:
    """A slider whose every position was computed beforehand: ``Frames("NMS threshold", ("0.3", "0.5"))``."""

    name: str
    labels: Sequence[str]
    start: int = 0  # the position shown first
    of: str = ""  # the kind of row that each position stands for: selecting such a row moves the slider there
    rows: Sequence[int] = ()  # the row of each position

    def state(self) -> dict[str, Any]:
        """Return the JSON of the slider. Raises: ValueError for a start that is no position."""
        labels = arrays.texts(self.labels, None, f"frames {self.name!r}, labels")
        if not 0 <= self.start < len(labels):
            raise ValueError(
                f"frames {self.name!r}: wanted a start below {len(labels)}, received {self.start}"
            )
        if self.rows and len(self.rows) != len(labels):
            raise ValueError(
                f"frames {self.name!r}, rows: wanted {len(labels)}, one a label, received {len(self.rows)}"
            )
        return {"name": self.name, "labels": labels, "of": self.of, "rows": [int(row) for row in self.rows]}


@dataclass(frozen=True, eq=False)
class Rows:
    """What boxes, masks and points have in common.

    of, index, lineage: see the module. scores: (row,); the sliders for score and number act on them.
    colours: (row,) int or one int, rank of the instance, ``NEUTRAL`` for grey; default ``index``.
    class_ids: (row,) into class_names. labels: a text a row, in place of class and score.
    frames: one array of row numbers for each of the canvas's frames; default: all rows in all frames.
    filtered: whether the sliders for score and number act on this layer.
    """

    _: KW_ONLY
    of: str = ""
    index: ArrayLike | None = None
    lineage: Mapping[str, ArrayLike] = field(default_factory=dict)
    scores: ArrayLike | None = None
    colours: ArrayLike | None = None
    class_ids: ArrayLike | None = None
    class_names: Sequence[str] = ()
    labels: Sequence[str] = ()
    frames: Sequence[ArrayLike] = ()
    visible: bool = True
    filtered: bool = True

    def _rows_state(self, kind: str, name: str, count: int) -> dict[str, Any]:
        def where(part: str) -> str:
            return f"{kind} {name!r}, {part}"

        index = np.arange(count) if self.index is None else self.index
        index = arrays.indices(index, count, where("index"))
        colours = index if self.colours is None else arrays.indices(self.colours, count, where("colours"))
        lineage = {
            key: arrays.indices(value, count, where(f"lineage[{key!r}]")).tobytes()
            for key, value in self.lineage.items()
        }
        frames = [
            arrays.rows(kept, count, where(f"frames[{i}]")).tobytes() for i, kept in enumerate(self.frames)
        ]
        return {
            "kind": kind,
            "name": name,
            "of": self.of or name,
            "count": count,
            "index": index.tobytes(),
            "lineage": lineage,
            "colours": colours.tobytes(),
            "frames": frames,
            "labels": arrays.texts(self.labels, count, where("labels")) if len(self.labels) else [],
            "filtered": self.filtered,
            **self._classes_state(count, where("class_ids")),
            **({} if self.scores is None else {"scores": _scores(self.scores, count, where("scores"))}),
        }

    def _classes_state(self, count: int, where: str) -> dict[str, Any]:
        if self.class_ids is None:
            return {}
        names = arrays.texts(self.class_names, None, where.replace("class_ids", "class_names"))
        ids = arrays.rows(self.class_ids, len(names), where)
        return {"class_ids": arrays.indices(ids, count, where).tobytes(), "class_names": names}


def _scores(values: ArrayLike, count: int, where: str) -> bytes:
    return arrays.numbers(values, (count,), where).tobytes()


@dataclass(frozen=True, eq=False)
class Boxes(Rows):
    """Boxes (row, yxyx) float, px; or (step, row, yxyx) with ``steps`` naming the ends of a slider between them.

    style: solid, dotted, or one of them a row. numbered: whether a tag with number, class and score is drawn.
    """

    boxes: ArrayLike
    name: str = "boxes"
    steps: Sequence[str] = field(default=(), kw_only=True)
    style: str | Sequence[str] = field(default="solid", kw_only=True)
    numbered: bool = field(default=True, kw_only=True)

    def state(self, size: tuple[int, int]) -> dict[str, Any]:
        """Return JSON and bytes. Raises: ValueError or TypeError naming the part that does not fit."""
        where = f"boxes {self.name!r}"
        steps = arrays.texts(self.steps, None, f"{where}, steps")
        if len(steps) == 1:
            raise ValueError(
                f"{where}, steps: wanted none, or two or more to slide between, received {steps}"
            )
        shape = (len(steps), "row", 4) if steps else ("row", 4)
        boxes = arrays.numbers(self.boxes, shape, where)
        count = boxes.shape[-2]
        dotted = np.array([style == "dotted" for style in self._styles(count, where)], np.uint8)
        return {
            **self._rows_state("boxes", self.name, count),
            "boxes": boxes.tobytes(),
            "steps": steps,
            "dotted": dotted.tobytes(),
            "numbered": self.numbered,
        }

    def _styles(self, count: int, where: str) -> list[str]:
        given = [self.style] * count if isinstance(self.style, str) else self.style
        styles = arrays.texts(given, count, f"{where}, style")
        wrong = sorted(set(styles) - set(STYLES))
        if wrong:
            raise ValueError(f"{where}, style: wanted {' or '.join(STYLES)}, received {wrong[0]!r}")
        return styles


@dataclass(frozen=True, eq=False)
class Masks(Rows):
    """Soft masks (row, y, x), uint8 or float probabilities, stretched over ``boxes`` (row, yxyx) px.

    The browser resizes and thresholds them as ``stages.pasting`` does; 256 grey levels may move an edge by a pixel.
    """

    probs: ArrayLike
    boxes: ArrayLike
    name: str = "masks"

    def state(self, size: tuple[int, int]) -> dict[str, Any]:
        """Return JSON and bytes. Raises: ValueError or TypeError naming the part that does not fit."""
        where = f"masks {self.name!r}"
        probs = arrays.probabilities(self.probs, ("row", "y", "x"), where)
        boxes = arrays.numbers(self.boxes, (len(probs), 4), f"{where}, boxes")
        return {
            **self._rows_state("masks", self.name, len(probs)),
            "probs": probs.tobytes(),
            "grid": list(probs.shape[1:]),
            "boxes": boxes.tobytes(),
        }


@dataclass(frozen=True, eq=False)
class Points(Rows):
    """Points (row, yx) float, px; ``weights`` (row,) 0 to 1 make them larger and are read out."""

    points: ArrayLike
    name: str = "points"
    weights: ArrayLike | None = field(default=None, kw_only=True)

    def state(self, size: tuple[int, int]) -> dict[str, Any]:
        """Return JSON and bytes. Raises: ValueError or TypeError naming the part that does not fit."""
        where = f"points {self.name!r}"
        points = arrays.numbers(self.points, ("row", 2), where)
        weights = np.ones(len(points)) if self.weights is None else self.weights
        return {
            **self._rows_state("points", self.name, len(points)),
            "points": points.tobytes(),
            "weights": arrays.numbers(weights, (len(points),), f"{where}, weights").tobytes(),
            "weighted": self.weights is not None,
        }
