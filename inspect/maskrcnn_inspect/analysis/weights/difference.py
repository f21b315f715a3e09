"""The difference of two sets of weights: what moved, how far, in which direction, and what was frozen.

Inputs: two files of weights, of the same layout or not, read together one variable at a time. Outputs: a
``Difference`` with a line a variable, in the order of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from maskrcnn_core.weights.names import layer_of
from maskrcnn_core.weights.opening import open_weights
from maskrcnn_core.weights.report import fits

from .findings import json_number
from .network import in_network_order

Shapes = Mapping[str, tuple[int, ...]]
Read = Callable[[str], np.ndarray]


@dataclass(frozen=True)
class VariableDifference:
    """How one variable differs."""

    name: str
    relative: (
        float  # ||after - before|| / ||before||; infinity from a zero tensor, NaN with values not finite
    )
    cosine: float  # of the two as vectors; NaN if one is zero
    largest: float  # max |after - before|
    norm_before: float
    norm_after: float
    frozen: bool  # equal bit by bit


@dataclass(frozen=True)
class Difference:
    """Two sets of weights held against each other."""

    before: str
    after: str
    variables: tuple[VariableDifference, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    reshaped: tuple[str, ...]  # in both, of another shape

    @property
    def frozen_layers(self) -> tuple[str, ...]:
        """Return the layers none of whose variables changed."""
        moved = {layer_of(each.name) for each in self.variables if not each.frozen}
        return tuple(layer for layer in self.layers if layer not in moved)

    @property
    def layers(self) -> tuple[str, ...]:
        """Return the layers that both have, in the order of the network."""
        return tuple(dict.fromkeys(layer_of(each.name) for each in self.variables))

    def as_json(self) -> dict[str, Any]:
        """Return the difference for a JSON file."""
        lines = [{key: json_number(value) for key, value in asdict(each).items()} for each in self.variables]
        return asdict(self) | {"variables": lines, "frozen_layers": self.frozen_layers}


def compare_files(before: str | Path, after: str | Path) -> Difference:
    """Return the difference of two files. Raises: ValueError for a file that cannot be read as weights."""
    with open_weights(before) as first, open_weights(after) as second:
        shapes = [{name: array.shape for name, array in stored.arrays.items()} for stored in (first, second)]
        readers = [lambda name, stored=stored: stored.arrays[name].read() for stored in (first, second)]
        return _compare(str(before), str(after), shapes, readers)


def compare_arrays(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> Difference:
    """Return the difference of two sets of arrays by flat name."""
    shapes = [{name: array.shape for name, array in arrays.items()} for arrays in (before, after)]
    return _compare("before", "after", shapes, [before.__getitem__, after.__getitem__])


def difference(name: str, before: np.ndarray, after: np.ndarray) -> VariableDifference:
    """Return how ``after`` differs from ``before``, arrays of as many values, summed in float64."""
    one, other = before.ravel().astype(np.float64), after.ravel().astype(np.float64)
    frozen = bool(np.array_equal(one, other, equal_nan=True))
    norms = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    with np.errstate(invalid="ignore"):
        dot = float(one @ other)
        other -= one
        change, largest = float(np.linalg.norm(other)), float(np.abs(other).max(initial=0.0))
    if frozen:
        change = largest = 0.0
    relative = change / norms[0] if norms[0] > 0 else (float("inf") if change else 0.0)
    cosine = dot / (norms[0] * norms[1]) if norms[0] * norms[1] > 0 else float("nan")
    return VariableDifference(name, relative, float(np.clip(cosine, -1, 1)), largest, *norms, frozen)


def _compare(
    before: str, after: str, shapes: Sequence[dict[str, tuple[int, ...]]], readers: Sequence[Read]
) -> Difference:
    first, second = shapes
    both = [name for name in in_network_order(first) if name in second]
    alike = [name for name in both if fits(first[name], second[name]) or fits(second[name], first[name])]
    return Difference(
        before=before,
        after=after,
        variables=tuple(difference(name, *(read(name) for read in readers)) for name in alike),
        only_before=tuple(name for name in in_network_order(first) if name not in second),
        only_after=tuple(name for name in in_network_order(second) if name not in first),
        reshaped=tuple(name for name in both if name not in set(alike)),
    )
