"""Colour tables of heat maps: 256 colours that the colour-blind can tell apart, and the values at their ends."""

from __future__ import annotations

import numpy as np

from ..palette import DIVERGING

ALIASES = {"diverging": DIVERGING}


def colour_table(name: str) -> bytes:
    """Return the 256 RGB colours of a matplotlib table. Raises: ValueError for a name it does not have."""
    from matplotlib import colormaps

    try:
        table = colormaps[ALIASES.get(name, name)]
    except KeyError:
        raise ValueError(
            f"colours: wanted cividis, diverging or a table of matplotlib, received {name!r}"
        ) from None
    return np.ascontiguousarray(table(np.linspace(0, 1, 256), bytes=True)[:, :3]).tobytes()


def limits_of(values: np.ndarray, symmetric: bool = False) -> tuple[float, float]:
    """Return the least and greatest finite value; ``symmetric`` makes 0 the middle. A flat map gets a range of 1."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if symmetric:
        high = max(abs(low), abs(high))
        low = -high
    return (low, high) if high > low else (low - 0.5, high + 0.5)
