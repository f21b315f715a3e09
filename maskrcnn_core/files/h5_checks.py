"""HDF5 files from outside, read with care.

A file of weights or of a trace may be truncated, or made to harm: a small file that unpacks to terabytes, links that
lead to other files or in circles, tables where numbers are wanted. Everything here looks at the description of an
object before it reads, follows no link but the hard ones inside the file, and raises ValueError in words.
Laws: nothing outside the file is opened; no array larger than ``MAX_ARRAY_BYTES`` is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from .h5_heaps import DamageError, longest_text
from .h5_known import is_known
from .h5_sums import require_sum
from .h5_trial import require_readable

MAX_ARRAY_BYTES = 2**31  # the largest layer of the classic ResNet-101 has 51 MB
ALIGNMENT, LARGE = 64, 2**16  # bytes: of a tensor's memory in TensorFlow; from which a copy matters
MAX_NAMES = 20_000  # entries of a list of names; ResNet-101 has some 400 layers
MAX_TEXT_BYTES = 2**24  # of a text attribute
# deflate packs at most 1032 to 1, trained weights about 1.1 to 1; small arrays of zeros may pack better
MAX_PACKING = 100
PACKING_MATTERS_BYTES = 2**24
DAMAGE = (OSError, RuntimeError, KeyError)  # what h5py raises where a file's bytes make no sense


@contextmanager
def open_h5(path: str | Path) -> Iterator[h5py.File]:
    """Open an HDF5 file; the block that follows should do nothing but read it.

    One that is not known is read by a child process first.
    Raises: ValueError for a path that is no file, a file that is no HDF5 or is truncated, or breaks while being read,
    and for one that HDF5 does not survive.
    """
    path = Path(path)
    _require_hdf5(path)
    require_readable(path)
    with opened_h5(path) as file:
        yield file


@contextmanager
def opened_h5(path: Path) -> Iterator[h5py.File]:
    """Open an HDF5 file as it is. Raises: DamageError, a ValueError, where it breaks."""
    try:
        with h5py.File(path, "r", locking=False) as file:  # locks fail on read-only and network drives
            yield file
    except DAMAGE as error:
        raise DamageError(f"{path}: the file is truncated or damaged: {error}") from error


def _require_hdf5(path: Path) -> None:
    """Raise ValueError for what is no file of HDF5."""
    if not path.is_file():
        raise ValueError(
            f"{path}: wanted a file, received {'a folder' if path.is_dir() else 'a name without a file'}"
        )
    try:
        if path.stat().st_size == 0:
            raise ValueError(f"{path}: wanted HDF5, received an empty file")
        if not h5py.is_hdf5(path):
            raise ValueError(f"{path}: wanted HDF5, received {_content(path)}")
    except DAMAGE as error:
        raise ValueError(f"{path}: the file is truncated or damaged: {error}") from error


def child(group: h5py.Group, name: str) -> h5py.Group | h5py.Dataset | None:
    """Return the object ``name`` (parts separated by /) inside ``group``, None where there is none.

    A leading / means ``group``, and .. is a name like any other, so that no name leads out of the group.
    Raises: ValueError for soft and external links.
    """
    found: Any = group
    for part in (part for part in name.split("/") if part not in ("", ".")):
        if not isinstance(found, h5py.Group):
            return None
        link = found.get(part, getlink=True)
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            kind = "another file" if isinstance(link, h5py.ExternalLink) else "another name"
            raise ValueError(
                f"{found.name}/{part}: a link to {kind} is not followed; wanted the object itself"
            )
        try:
            found = _opened(found, part)
        except DAMAGE as error:
            raise DamageError(f"{found.name}/{part}: the entry is damaged: {error}") from error
    return found


def _opened(group: h5py.Group, name: str) -> Any:
    """Return ``group[name]``; an array without the file object that h5py makes for each, a fifth of loading weights."""
    found = h5py.h5o.open(group.id, name.encode())
    return h5py.Dataset(found, readonly=True) if isinstance(found, h5py.h5d.DatasetID) else group[name]


def children(group: h5py.Group) -> list[str]:
    """Return the names in a group, of links that are not followed as well, at most ``MAX_NAMES``."""
    if len(group) > MAX_NAMES:
        raise ValueError(f"{group.name}: wanted at most {MAX_NAMES} entries, received {len(group)}")
    return list(group)


def check_dataset(dataset: Any, name: str, kinds: str = "f", packing: int = MAX_PACKING) -> tuple[int, ...]:
    """Return the shape of ``dataset`` if it can be read safely.

    kinds: numpy's letters of the types wanted, "f" floating point, "iu" whole numbers, "b" booleans.
    packing: how many bytes a stored one may stand for, in large arrays.
    Raises: ValueError for what is no dataset, for other types, for content kept in other files, and for shapes that
    claim much more than the file stores.
    """
    if not isinstance(dataset, h5py.Dataset):
        raise ValueError(
            f"{name}: wanted an array, received {'a group' if isinstance(dataset, h5py.Group) else 'nothing'}"
        )
    if (
        dataset.external or dataset.is_virtual
    ):  # before shape: a virtual one would open its sources to tell it
        raise ValueError(f"{name}: its content lies in other files, which are not opened")
    dtype = dtype_of(dataset)
    if dtype is None or dtype.kind not in kinds or dtype.itemsize > 8:
        raise ValueError(f"{name}: wanted {_in_words(kinds)}, received {dtype or 'an unknown type'}")
    if dataset.shape is None:
        raise ValueError(f"{name}: wanted an array, received an empty dataspace")
    size = prod(dataset.shape) * dtype.itemsize
    chunk = prod(dataset.chunks) * dtype.itemsize if dataset.chunks else 0  # is unpacked whole
    stored = dataset.id.get_storage_size()
    if max(size, chunk) > MAX_ARRAY_BYTES:
        raise ValueError(
            f"{name}: claims {max(size, chunk)} bytes, more than the {MAX_ARRAY_BYTES} that are read"
        )
    if size > stored == 0 or max(size, chunk) > max(PACKING_MATTERS_BYTES, packing * stored):
        raise ValueError(f"{name}: claims {max(size, chunk)} bytes and stores {stored}")
    return tuple(dataset.shape)


def read_array(dataset: h5py.Dataset, name: str, kinds: str = "f") -> np.ndarray:
    """Return a dataset's content after ``check_dataset``. Raises: ValueError for damage as well, see ``h5_sums``."""
    check_dataset(dataset, name, kinds)
    array = _aligned(dataset, name) if dataset.nbytes >= LARGE else read_part(dataset, name, ())
    require_sum(dataset, array, name)
    return array


def _aligned(dataset: h5py.Dataset, name: str) -> np.ndarray:
    """Return all of ``dataset`` in memory that begins where TensorFlow wants a tensor's, or it would copy it there."""
    memory = np.empty(dataset.nbytes + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    array = memory[start : start + dataset.nbytes].view(dataset.dtype).reshape(dataset.shape)
    with _telling_damage(name):
        dataset.read_direct(array)
    return array


def read_part(dataset: h5py.Dataset, name: str, part: Any) -> np.ndarray:
    """Return ``dataset[part]`` of what ``check_dataset`` has found sound. Raises: DamageError."""
    with _telling_damage(name):
        return np.asarray(dataset[part])


@contextmanager
def _telling_damage(name: str) -> Iterator[None]:
    """Raise DamageError, naming the array, for what HDF5 raises of a damaged one in the block."""
    try:
        yield
    except DAMAGE as error:
        raise DamageError(f"{name}: the array is damaged: {error}") from error


def text_list(node: h5py.Group, attribute: str) -> list[str] | None:
    """Return an attribute that lists names; None where there is none.

    Keras splits a list over 64 kB into ``attribute0``, ``attribute1`` …, and writes empty lists as numbers.
    Raises: ValueError for anything but text, and for more than ``MAX_NAMES``.
    """
    if attribute in node.attrs:
        return texts(node, attribute)
    names: list[str] | None = None
    number = 0
    while f"{attribute}{number}" in node.attrs:
        names = (names or []) + texts(node, f"{attribute}{number}")
        number += 1
        if len(names) > MAX_NAMES:
            raise ValueError(f"{node.name}: {attribute} lists more than {MAX_NAMES} names")
    return names


def text(node: h5py.Group, attribute: str) -> str | None:
    """Return a text attribute; None where there is none. Raises: ValueError for anything but one text."""
    if attribute not in node.attrs:
        return None
    found = texts(node, attribute)
    if len(found) != 1:
        raise ValueError(f"{node.name}: wanted one text as attribute {attribute}, received {len(found)}")
    return found[0]


def texts(node: h5py.Group, attribute: str) -> list[str]:
    """Read an attribute of texts, stored as bytes or str, one or many, after looking at its type and size.

    Raises: ValueError for anything but text, and for more than is read.
    """
    stored = node.attrs.get_id(attribute)
    count = prod(stored.shape) if stored.shape is not None else 0  # None: a null dataspace
    if count == 0:
        return []
    dtype = dtype_of(stored)
    if dtype is None or (dtype.kind != "S" and h5py.check_string_dtype(dtype) is None):
        raise ValueError(
            f"{node.name}: wanted text as attribute {attribute}, received {dtype or 'an unknown type'}"
        )
    if count > MAX_NAMES or stored.get_storage_size() > MAX_TEXT_BYTES:
        raise ValueError(f"{node.name}: attribute {attribute} has {count} entries, more than are read")
    if dtype.kind != "S" and _may_explode(Path(node.file.filename), count):
        raise ValueError(
            f"{node.name}: attribute {attribute} may unpack to more than {MAX_ARRAY_BYTES} bytes"
        )
    values = np.asarray(node.attrs[attribute]).ravel().tolist()
    try:  # bytes that are no UTF-8 come as surrogates in str
        return [(value if isinstance(value, bytes) else str(value).encode()).decode() for value in values]
    except UnicodeError:
        raise ValueError(
            f"{node.name}: wanted text in UTF-8 as attribute {attribute}, received other bytes"
        ) from None


def _may_explode(path: Path, count: int) -> bool:
    """Return whether ``count`` texts of a file may take more memory than is allowed.

    Raises: DamageError for heaps that are not sound; those of a known file are, and to look is to read all of it.
    """
    if is_known(path) and count * path.stat().st_size <= MAX_ARRAY_BYTES:
        return False
    return count * longest_text(path) > MAX_ARRAY_BYTES


def dtype_of(stored: Any) -> np.dtype[Any] | None:
    """Return numpy's type of a dataset or attribute, None where it has none."""
    try:
        return np.dtype(stored.dtype)
    except TypeError:
        return None


def _content(path: Path) -> str:
    """Say what a file that is no HDF5 looks like."""
    with path.open("rb") as file:
        start = file.read(512)
    if start.lstrip()[:1] == b"<":
        return "a web page"
    if start[:2] == b"PK":
        return "a zip archive (a .keras file?)"
    return "other bytes"


def _in_words(kinds: str) -> str:
    words = {"f": "floating point", "i": "whole", "u": "unsigned", "b": "boolean"}
    return " or ".join(words[kind] for kind in kinds) + (" numbers" if kinds != "b" else "")
