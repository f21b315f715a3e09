"""Checksums in our own HDF5 files: bytes that flip on a disk or on the way are found when they are read.

Inputs: an array and its dataset, or an open file. Outputs: attributes ``crc32``, of each dataset and of the root, which
covers the root's other attributes; on reading, nothing or an error that names the array. A root with a checksum means
that every array has one: files of earlier releases have none, and are read without.
"""

from __future__ import annotations

import zlib
from typing import Any

import h5py
import numpy as np

SUM = "crc32"  # the attribute


def write_array(group: h5py.Group, name: str, array: Any, **options: Any) -> h5py.Dataset:
    """Write ``array`` and its checksum as ``name``. options: of ``create_dataset``."""
    values = np.asarray(array)
    dataset = group.create_dataset(name, data=values, **options)
    dataset.attrs[SUM] = np.uint32(checksum(values))
    return dataset


def seal(file: h5py.File) -> None:
    """Note the checksum of the root's attributes; last of all, after arrays by ``write_array`` alone."""
    file.attrs[SUM] = np.uint32(_of_attributes(file))


def require_seal(file: h5py.File) -> None:
    """Raise ValueError where the root's attributes are not those that were sealed."""
    if SUM in file.attrs and not _equals(file.attrs[SUM], _of_attributes(file)):
        raise ValueError(_changed("the description (configuration, class names, provenance)"))


def require_sum(dataset: h5py.Dataset, array: np.ndarray, name: str) -> None:
    """Raise ValueError where ``array``, the whole content of ``dataset``, is not what was written."""
    given = dataset.attrs.get(SUM)
    if given is None and SUM not in dataset.file.attrs:
        return  # an earlier release's
    if not _equals(given, checksum(array)):
        raise ValueError(f"{name}: {_changed('the array')}")


def checksum(array: np.ndarray) -> int:
    """Return the CRC-32 of an array's type, shape and bytes."""
    described = zlib.crc32(f"{array.dtype.str} {array.shape}".encode())
    return zlib.crc32(np.ascontiguousarray(array).data, described)


def _of_attributes(file: h5py.File) -> int:
    texts = [f"{name}={file.attrs[name]}\n" for name in sorted(file.attrs) if name != SUM]
    return zlib.crc32("".join(texts).encode("utf-8", "surrogateescape"))


def _equals(stored: Any, wanted: int) -> bool:
    """Compare what a file says, which may be anything."""
    return isinstance(stored, np.integer) and int(stored) == wanted


def _changed(what: str) -> str:
    return f"{what} is not what was written: its checksum differs; copy the file again, or save it again"
