"""Weights in a file: what is there, without reading it yet.

``open_weights`` tells the layout of a file and gives every array by flat name, with its shape; arrays are read one at a
time, when they are asked for, so that a checkpoint of hundreds of megabytes can be looked through. Needs no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ..config import Config
from ..files.h5_checks import check_dataset, children, open_h5, read_array


@dataclass(frozen=True)
class StoredArray:
    """An array in an open file. ``read`` gives it, float32 unless it is wider."""

    name: str
    dataset: h5py.Dataset = field(repr=False)
    shape: tuple[int, ...]

    @classmethod
    def checked(cls, name: str, dataset: Any) -> StoredArray:
        """Describe ``dataset``. Raises: ValueError for what cannot be read safely as weights."""
        return cls(name, dataset, check_dataset(dataset, name))

    def read(self) -> np.ndarray:
        """Return the content in native byte order. Raises: ValueError where the file is damaged."""
        array = read_array(self.dataset, self.name)
        return array.astype(np.float64 if array.dtype.itemsize > 4 else np.float32, copy=False)


@dataclass(frozen=True)
class StoredWeights:
    """The weights of an open file by flat name, and what the file says about itself."""

    path: Path
    layout: str  # classic | own
    arrays: dict[str, StoredArray]
    config: Config | None = None  # own files carry it
    provenance: dict[str, Any] = field(default_factory=dict)


@contextmanager
def open_weights(path: str | Path) -> Iterator[StoredWeights]:
    """Open a file of weights in any layout that is known; its arrays can be read inside the block.

    Raises: ValueError, naming the file, for anything else, with what was found.
    """
    from .formats.classic import has_layer_names, read_classic
    from .formats.native import is_native, read_native

    path = Path(path)
    with open_h5(path) as file:
        try:
            if is_native(file):
                stored = read_native(file, path)
            elif has_layer_names(file):
                stored = read_classic(file, path)
            else:
                raise ValueError(
                    "wanted this project's weights or the classic layout (attribute layer_names), "
                    f"received a file that holds {_listing(file)}"
                )
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        yield stored


def _listing(file: h5py.File) -> str:
    """Say what lies at the root of a file, shortened."""
    entries = [f"{len(file)} entries"] if len(file) > 1000 else children(file)
    attributes = [f"attribute {name}" for name in list(file.attrs)[:4]]
    shown = ", ".join([*entries[:6], *(["…"] if len(entries) > 6 else []), *attributes])
    return shown or "nothing"
