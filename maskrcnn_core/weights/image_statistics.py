"""What a checkpoint knows of the images that its model learned from: a mean and a covariance, a handful of KB.

Stored in our files beside the weights, as arrays ``mean``, ``covariance`` and ``threshold`` of ``image_statistics``;
``inference.familiarity`` makes them and judges by them.

Shapes: channel, those of the backbone's C2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import h5py
import numpy as np

from ..files.h5_sums import write_array
from ..files.h5_writing import changing_h5

GROUP = "image_statistics"
PARTS = ("mean", "covariance", "threshold")


@dataclass(frozen=True)
class ImageStatistics:
    """mean (channel,), covariance (channel, channel) float32; threshold: the distance from which an image is far."""

    mean: np.ndarray
    covariance: np.ndarray
    threshold: np.ndarray  # () float32

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what is stored, by name."""
        return {name: np.asarray(value, np.float32) for name, value in asdict(self).items()}


def statistics_of(arrays: Mapping[str, np.ndarray]) -> ImageStatistics | None:
    """Return the statistics that stored ``arrays`` hold, None without any.

    Raises: ValueError for arrays that are missing, do not fit each other, or are not numbers.
    """
    if not arrays:
        return None
    shapes = {name: array.shape for name, array in arrays.items()}
    channels = shapes.get("mean", (0,))[:1]
    if shapes != {"mean": channels, "covariance": channels * 2, "threshold": ()}:
        raise ValueError(
            f"wanted {GROUP} of mean (channel,), covariance (channel, channel), threshold (), received {shapes}"
        )
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ValueError(f"wanted numbers as {GROUP}, received NaN or infinity")
    return ImageStatistics(*(arrays[name] for name in PARTS))


def write_statistics(file: h5py.File, statistics: ImageStatistics) -> None:
    """Write ``statistics`` into an open file, in place of those that are there."""
    if GROUP in file:
        del file[GROUP]
    group = file.create_group(GROUP)
    for name, array in statistics.arrays().items():
        write_array(group, name, array)


def add_statistics(path: Path, statistics: ImageStatistics) -> None:
    """Put ``statistics`` into a file of ours, whose weights stay as they are, to the byte; whole or not at all."""
    with changing_h5(path, libver=("v108", "v110")) as file:
        write_statistics(file, statistics)
