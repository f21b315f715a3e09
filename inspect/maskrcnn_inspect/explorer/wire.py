"""Questions for tensors and their answers, as JSON and bytes: only what is shown leaves Python.

Inputs: wants, each a name with an optional part: ``rows`` of the first axis, or a ``channel`` of the last. Outputs: for
each what its bytes are (name, dtype, shape) and the bytes, in C order, little endian. Booleans become uint8, float64
becomes float32, all integers but uint8 int32: what a browser has arrays for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .readings import Run

Want = Mapping[str, Any]
MOST_WANTS = 200  # of one question
TYPES = {"f": np.float32, "i": np.int32, "u": np.int32, "b": np.uint8}


def answer(run: Run, wants: Sequence[Want]) -> tuple[list[dict[str, Any]], list[bytes]]:
    """Return the headers and the bytes of what is wanted, in the order of the wants.

    Raises: ValueError for a want that is none; KeyError for a name that the run does not have; IndexError for a row or
    channel that is not there.
    """
    if len(wants) > MOST_WANTS:
        raise ValueError(f"wanted at most {MOST_WANTS} tensors in one question, received {len(wants)}")
    arrays = [browser_array(part_of(run, want)) for want in wants]
    headers = [{"dtype": array.dtype.name, "shape": list(array.shape)} for array in arrays]
    return headers, [array.tobytes() for array in arrays]


def part_of(run: Run, want: Want) -> np.ndarray:
    """Return the tensor or reading of a want, or the part of it that is wanted."""
    if not isinstance(want, Mapping) or not isinstance(want.get("name"), str):
        raise ValueError(f"wanted {{name, rows or channel}}, received {want!r:.80}")
    values, rows, channel = run[want["name"]], want.get("rows"), want.get("channel")
    if rows is not None:
        return np.asarray(values[_indices(rows, values.shape[:1], want["name"])])
    if channel is not None:
        (place,) = _indices([channel], values.shape[-1:], want["name"])
        return np.asarray(values[..., place])
    return values


def browser_array(values: np.ndarray) -> np.ndarray:
    """Return ``values`` as uint8, int32 or float32, in C order."""
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    return np.ascontiguousarray(values, TYPES[values.dtype.kind])


def _indices(given: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Return indices below the length of an axis, from what a browser sent."""
    if not isinstance(given, list) or not all(isinstance(one, int) for one in given):
        raise ValueError(f"{name}: wanted a list of integers, received {given!r:.80}")
    length = shape[0] if shape else 0
    for one in given:
        if not 0 <= one < length:
            raise IndexError(f"{name}: wanted 0 to {length - 1}, received {one}")
    return np.asarray(given, np.intp)
