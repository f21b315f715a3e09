"""Values from outside: numbers, sizes and texts that nobody has checked.

Inputs: what somebody else's file holds. Outputs: floats and short texts, or a ValueError that shows the value, cut.
"""

from __future__ import annotations

import re

import numpy as np

DECIMAL = re.compile(r"[+-]?(\d{1,20}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)
LARGEST = 1e7  # px: no image is larger; a coordinate beyond it is an error


def number(value: object, what: str) -> float:
    """Return a number that can be a coordinate, px, also from its text; raise ValueError otherwise."""
    if isinstance(value, str) and DECIMAL.fullmatch(value.strip()):  # some programs write numbers as text
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"wanted a number for {what}, received {shorten(value)}")
    if not -LARGEST <= value <= LARGEST:  # NaN is not either
        plain = value if isinstance(value, int) else float(value)  # numpy's own says its type
        raise ValueError(f"wanted a number within ±{LARGEST:.0e} for {what}, received {shorten(plain)}")
    return float(value)


def numbers(values: object, what: str) -> np.ndarray:
    """Return a list of such numbers as (n,) float64; raise ValueError otherwise."""
    if isinstance(values, np.ndarray) and values.dtype == np.float64 and (np.abs(values) <= LARGEST).all():
        return values.ravel()
    if not isinstance(values, list | tuple | np.ndarray):
        raise ValueError(f"wanted a list of numbers for {what}, received {shorten(values)}")
    return np.array([number(value, what) for value in values], np.float64)


def recorded_size(height: object, width: object) -> tuple[int, int] | None:
    """Return the image size (y, x) that an annotation states; None if it states none that can be."""
    try:
        size = int(number(height, "height")), int(number(width, "width"))
    except ValueError:
        return None
    return size if min(size) > 0 and max(size) < 1 << 20 else None


def size_doubt(height: object, width: object) -> str:
    """Say that a size which an annotation states cannot be that of an image; "" where it can, or none is stated."""
    if height is None or width is None or recorded_size(height, width) is not None:
        return ""
    return f"says {shorten(width)} x {shorten(height)} px, which no image can be of; the image's own size is taken"


def shorten(value: object, length: int = 60) -> str:
    """Return ``repr(value)``, cut: what a hostile file holds must not fill the screen."""
    text = repr(value) if not isinstance(value, int) or abs(value) < 1 << 64 else "an integer of many digits"
    return text if len(text) <= length else text[: length - 1] + "…"
