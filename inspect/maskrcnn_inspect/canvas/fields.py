"""The layers that are not made of rows: heat maps, grids of cells, and links between the rows of other layers."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import arrays
from .tables import colour_table, limits_of

Extent = tuple[float, float, float, float]  # yxyx, image px


@dataclass(frozen=True, eq=False)
class Heat:
    """A map of numbers over the image: (y, x) cells, or (frame, y, x) with one map for each of the canvas's frames.

    extent: yxyx px the map covers; default the whole image. of: what a click on a cell selects, by y * width + x.
    colours: cividis, diverging (symmetric around 0), or any name of a matplotlib table.
    limits: values at the ends of the table; default: least and greatest finite value of all frames.
    NaN and infinities are hatched in colours of their own, never clipped.
    """

    values: ArrayLike
    name: str = "heat"
    _: KW_ONLY
    extent: Extent | None = None
    of: str = ""
    colours: str = "cividis"
    limits: tuple[float, float] | None = None
    unit: str = ""
    visible: bool = True

    def state(self, size: tuple[int, int]) -> dict[str, Any]:
        """Return JSON and bytes for an image of ``size`` (y, x) px."""
        where = f"heat {self.name!r}"
        framed = np.ndim(self.values) == 3
        values = arrays.numbers(self.values, ("frame", "y", "x") if framed else ("y", "x"), where)
        if values.size == 0:
            raise ValueError(f"{where}: wanted at least one cell, received {values.shape}")
        limits = (
            limits_of(values, symmetric=self.colours == "diverging") if self.limits is None else self.limits
        )
        return {
            "kind": "heat",
            "name": self.name,
            "of": self.of,
            "values": values.tobytes(),
            "grid": list(values.shape[-2:]),
            "maps": len(values) if framed else 1,
            "framed": framed,
            "extent": _extent(self.extent, size, where),
            "table": colour_table(self.colours),
            "limits": [float(limits[0]), float(limits[1])],
            "unit": self.unit,
        }


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of a feature level: ``rows`` times ``columns`` over ``extent``; with ``of``, a click selects one."""

    rows: int
    columns: int
    name: str = "grid"
    _: KW_ONLY
    extent: Extent | None = None
    of: str = ""
    visible: bool = True

    def state(self, size: tuple[int, int]) -> dict[str, Any]:
        """Return the JSON for an image of ``size`` (y, x) px."""
        where = f"grid {self.name!r}"
        if self.rows < 1 or self.columns < 1:
            raise ValueError(f"{where}: wanted at least one cell, received {self.rows} x {self.columns}")
        return {
            "kind": "grid",
            "name": self.name,
            "of": self.of,
            "grid": [int(self.rows), int(self.columns)],
            "extent": _extent(self.extent, size, where),
        }


@dataclass(frozen=True, eq=False)
class Links:
    """Arrows from rows ``of`` one kind to rows of another: ``Links(pairs, "anchors", "proposals")``.

    pairs: (link, 2) int: index of the source, index of the target. only_selected: draw none but the selected lineage.
    """

    pairs: ArrayLike
    source: str
    target: str
    _: KW_ONLY
    name: str = ""
    only_selected: bool = True
    visible: bool = True

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", f"{self.source} → {self.target}")

    def state(self, size: tuple[int, int]) -> dict[str, Any]:
        """Return JSON and bytes; ``size`` does not matter."""
        where = f"links {self.name!r}"
        pairs = np.asarray(self.pairs)
        if pairs.size and (pairs.ndim != 2 or pairs.shape[1] != 2):
            raise ValueError(f"{where}: wanted shape (link, 2), received {pairs.shape}")
        flat = np.zeros(0, np.int32) if pairs.size == 0 else pairs.reshape(-1)
        return {
            "kind": "links",
            "name": self.name,
            "source": self.source,
            "target": self.target,
            "pairs": arrays.indices(flat, flat.size, where).tobytes(),
            "count": flat.size // 2,
            "only_selected": self.only_selected,
        }


def _extent(extent: Extent | None, size: tuple[int, int], where: str) -> list[float]:
    top, left, bottom, right = map(float, extent or (0, 0, *size))
    if not (bottom > top and right > left):
        raise ValueError(f"{where}, extent: wanted y1 < y2 and x1 < x2, received {extent}")
    return [top, left, bottom, right]
