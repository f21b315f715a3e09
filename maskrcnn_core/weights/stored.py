"""Weights in a file as every layout describes them: arrays by flat name, with their shapes, unread.

Arrays are read one at a time, when they are asked for, so that a checkpoint of hundreds of megabytes can be looked
through. Needs no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ..config import Config
from ..files.h5_checks import check_dataset, read_array
from .image_statistics import ImageStatistics


@dataclass(frozen=True)
class StoredArray:
    """An array in an open file. ``read`` gives it, float32 unless it is wider."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]  # in the file
    load: Callable[[], np.ndarray] = field(repr=False)

    @classmethod
    def checked(cls, name: str, dataset: Any) -> StoredArray:
        """Describe ``dataset``. Raises: ValueError for what cannot be read safely as weights."""
        shape = check_dataset(dataset, name)
        return cls(name, shape, dataset.dtype, lambda: read_array(dataset, name))

    def read(self) -> np.ndarray:
        """Return the content in native byte order. Raises: ValueError where the file is damaged."""
        array = self.load()
        return array.astype(np.float64 if array.dtype.itemsize > 4 else np.float32, copy=False)


@dataclass(frozen=True)
class StoredWeights:
    """The weights of an open file by flat name, and what the file says about itself."""

    path: Path
    layout: str  # classic | own | torchvision | detectron2 | mmdetection
    arrays: dict[str, StoredArray]
    # own files carry it; a state dict's names, shapes and neighbours say most of it
    config: Config | None = None
    provenance: dict[str, Any] = field(default_factory=dict)
    image_statistics: ImageStatistics | None = None  # own files may carry them


@dataclass(frozen=True)
class WeightFormat:
    """A layout of weights inside an HDF5 file, offered under the entry-point group ``maskrcnn.weights``.

    fits: whether an open file has this layout. read: describes its arrays under our flat names (see ``names``); raises
    ValueError for what cannot be read safely.
    """

    name: str
    fits: Callable[[h5py.File], bool]
    read: Callable[[h5py.File, Path], StoredWeights]
