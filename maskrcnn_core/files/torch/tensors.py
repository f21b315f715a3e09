"""Tensors as torch.save describes them: a stretch of memory, and a view of it by offset, shape and strides.

A tensor is checked against its storage when it is described and read when it is asked for.
Law: no array is made that holds more bytes than the file has (bfloat16 doubles when it becomes float32).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from .opened import OpenedFile, Place

MAX_AXES = 64  # numpy's limit, and torch's
MAX_EXTENT = 2**48  # of one axis, and of all together where one of them is empty


@dataclass(frozen=True)
class Element:
    """A type of elements: torch's name, as it is stored, and as it is given; numpy has no bfloat16."""

    name: str
    stored: np.dtype[Any]
    given: np.dtype[Any]


def _element(name: str, stored: str, given: str | None = None) -> Element:
    return Element(name, np.dtype(stored), np.dtype(given or name))


ELEMENTS = {
    element.name: element
    for element in (
        _element("float16", "<f2"),
        _element("float32", "<f4"),
        _element("float64", "<f8"),
        _element("bfloat16", "<u2", "float32"),
        _element("int8", "<i1"),
        _element("int16", "<i2"),
        _element("int32", "<i4"),
        _element("int64", "<i8"),
        _element("uint8", "<u1"),
        _element("uint16", "<u2"),
        _element("uint32", "<u4"),
        _element("uint64", "<u8"),
        _element("bool", "<u1"),
    )
}


@dataclass
class Storage:
    """Memory of ``count`` elements; ``place`` is where it lies, None until a legacy file has told."""

    key: str
    element: Element
    count: int
    place: Place | None = None

    def settle(self, place: Place) -> None:
        """Take the place. Raises: ValueError where its size is another than was claimed."""
        wanted = self.count * self.element.stored.itemsize
        if place.size != wanted:
            raise ValueError(
                f"storage {self.key!r}: wanted {self.count} of {self.element.name}, {wanted} bytes, received "
                f"{place.size}; the file is damaged"
            )
        self.place = place


@dataclass(frozen=True)
class Tensor:
    """A view of a storage; offset and strides count elements. Raises: ValueError where it reaches beyond it."""

    storage: Storage
    element: Element
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def __post_init__(self) -> None:
        check_shape(self.shape)
        if len(self.strides) != len(self.shape) or not all(_count(number) for number in self.strides):
            raise ValueError(
                f"a tensor of {len(self.shape)} axes has strides that make no sense; wanted one an axis"
            )
        if not _count(self.offset) or self._end() * self.element.stored.itemsize > self._storage_bytes():
            raise ValueError(
                f"a tensor reaches to element {self._end()} of {self.element.name}, its storage "
                f"{self.storage.key!r} holds {self._storage_bytes()} bytes; the file is damaged"
            )

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type that ``read`` gives."""
        return self.element.given

    def check(self, file: OpenedFile) -> tuple[int, ...]:
        """Return the shape. Raises: ValueError where the file does not hold what the tensor shows."""
        if self.storage.place is None:
            raise ValueError(f"storage {self.storage.key!r} is not in the file; it is cut")
        if prod(self.shape) * self.element.stored.itemsize > file.size:
            raise ValueError(
                f"a tensor of shape {self.shape} repeats few elements to more bytes than the file's {file.size}; "
                "if it is meant so, save it with .contiguous()"
            )
        return self.shape

    def read(self, file: OpenedFile) -> np.ndarray:
        """Return the elements as an array of its own, row after row. Raises: ValueError for damage."""
        self.check(file)
        assert self.storage.place is not None
        if 0 in self.shape:
            return np.empty(self.shape, self.dtype)
        item = self.element.stored.itemsize
        content = file.read(self.storage.place, self.offset * item, (self._end() - self.offset) * item)
        # the stride of an axis of one element is never walked, and may be any number
        strides = [stride * item if extent > 1 else item for stride, extent in self._axes()]
        return native(np.ndarray(self.shape, self.element.stored, content.data, 0, strides), self.element)

    def _axes(self) -> list[tuple[int, int]]:
        return list(zip(self.strides, self.shape, strict=True))

    def _end(self) -> int:
        """Return the element behind the last one that the view reaches."""
        if 0 in self.shape:
            return self.offset
        reach = sum((extent - 1) * stride for stride, extent in self._axes())
        return self.offset + reach + 1

    def _storage_bytes(self) -> int:
        return self.storage.count * self.storage.element.stored.itemsize


def native(stored: np.ndarray, element: Element) -> np.ndarray:
    """Return an array as it is given: C-contiguous, this machine's byte order, bfloat16 as float32."""
    if element.name == "bfloat16":  # the upper half of a float32
        return np.asarray(stored.astype(np.uint32, order="C") << 16).view(np.float32)
    if element.name == "bool":
        return np.asarray(stored != 0, order="C")
    return stored.astype(element.given, order="C", copy=False)


def check_shape(shape: Any) -> None:
    """Raise ValueError unless ``shape`` is a tuple of extents that an array can have."""
    if type(shape) is not tuple or len(shape) > MAX_AXES or not all(_count(extent) for extent in shape):
        raise ValueError(
            f"wanted a shape of at most {MAX_AXES} extents, received none such; the file is damaged"
        )
    if prod(extent or 1 for extent in shape) > MAX_EXTENT:
        raise ValueError("a tensor claims more elements than any file holds; the file is damaged")


def _count(number: Any) -> bool:
    return type(number) is int and 0 <= number <= MAX_EXTENT
