"""A weights format: an HDF5 file marked ``flat`` with a dataset a variable at its root, under our flat names."""

from pathlib import Path

import h5py

from maskrcnn_core.weights.stored import StoredArray, StoredWeights, WeightFormat


def fits(file: h5py.File) -> bool:
    """Return whether the file says that it is of this format."""
    return bool(file.attrs.get("flat", False))


def read(file: h5py.File, path: Path) -> StoredWeights:
    """Describe the arrays of the file."""
    return StoredWeights(path, "flat", {name: StoredArray.checked(name, file[name]) for name in file})


FORMAT = WeightFormat("flat", fits, read)
