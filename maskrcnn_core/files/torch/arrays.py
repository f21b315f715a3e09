"""numpy's arrays, scalars and types as they are pickled, under the module names of numpy 1 and 2, and by Python 2."""

from __future__ import annotations

from math import prod
from typing import Any, Literal

import numpy as np

from .opened import OpenedFile
from .pickle_machine import Stateful
from .stack import Maker
from .stream import Stored
from .tensors import ELEMENTS, check_shape, native

KINDS = {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}
ORDERS: dict[str | None, Literal["<", ">", "="]] = {"<": "<", ">": ">", "=": "=", "|": "<"}


class PickledType(Stateful):
    """A numpy type; its byte order comes with the state."""

    def __init__(self, code: str):
        if code not in KINDS:
            raise ValueError(f"wanted an array of numbers, received numpy type {code[:40]!r}")
        self.dtype = np.dtype(code)

    def set_state(self, state: Any) -> None:
        """Take the byte order, second of numpy's eight values."""
        order = as_text(state[1]) if type(state) is tuple and len(state) > 1 else None
        if order not in ORDERS:
            raise ValueError("a numpy type has no byte order that makes sense; the file is damaged")
        self.dtype = self.dtype.newbyteorder(ORDERS[order])


class PickledArray(Stateful):
    """A numpy array; what it is comes with the state."""

    shape: tuple[int, ...] | None = None

    def set_state(self, state: Any) -> None:
        """Take version, shape, type, order and content. Raises: ValueError where they do not fit each other."""
        match state:
            case (*_, tuple() as shape, PickledType() as kind, bool() as columns_first, content):
                backwards = tuple(range(len(shape)))[::-1]
                if columns_first:
                    self.take(shape[::-1], kind, backwards, content)
                else:
                    self.take(shape, kind, backwards[::-1], content)
            case _:
                raise ValueError(
                    "a numpy array has no state that makes sense; wanted shape, type and content"
                )

    def take(self, shape: tuple[int, ...], kind: PickledType, axes: tuple[int, ...], content: Any) -> None:
        """Take what the array is: rows of ``shape`` one after the other, to be turned by ``axes``.

        The content is bytes, text in latin1, or where these lie.
        """
        check_shape(shape)
        if len(axes) != len(shape) or set(axes) != set(range(len(shape))):
            raise ValueError("a numpy array has an order of axes that makes no sense; the file is damaged")
        self._stored, self._rows, self._axes, self._content = kind.dtype, shape, axes, content
        self.dtype = kind.dtype.newbyteorder("=")
        wanted = prod(shape) * kind.dtype.itemsize
        if isinstance(content, Stored):
            size, exact = content.place.size, not content.latin1  # UTF-8 takes one byte or two a character
        elif isinstance(content, str | bytes):
            size, exact = len(content), True
        else:
            raise ValueError("a numpy array holds objects; wanted numbers")
        if size < wanted or (exact and size != wanted):
            raise ValueError(
                f"an array of shape {shape} wants {wanted} bytes, received {size}; the file is damaged"
            )
        self.shape = tuple(shape[axis] for axis in axes)

    def check(self, file: OpenedFile) -> tuple[int, ...]:
        """Return the shape. Raises: ValueError where the file gave no content."""
        if self.shape is None:
            raise ValueError("a numpy array has no content; the file is damaged")
        return self.shape

    def read(self, file: OpenedFile) -> np.ndarray:
        """Return the array: C-contiguous, this machine's byte order. Raises: ValueError for damage."""
        shape = self.check(file)
        content = _bytes(self._content, file)
        if len(content) != prod(shape) * self._stored.itemsize:
            raise ValueError(f"an array of shape {shape} has {len(content)} bytes; the file is damaged")
        flat = np.frombuffer(content, self._stored if self.dtype.kind != "b" else np.uint8)
        array = flat.reshape(self._rows).transpose(self._axes)
        return np.array(native(array, ELEMENTS[self.dtype.name]), order="C")


def as_text(value: Any) -> str | None:
    """Return text, which Python 2 wrote as bytes; None for anything else."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.decode("latin1")
    return value if isinstance(value, str) else None


def _bytes(content: Any, file: OpenedFile) -> bytes:
    """Return an array's content; pickles of protocol 2 have bytes as text, one character a byte."""
    if isinstance(content, Stored):
        found = file.read(content.place).tobytes()
        content = found.decode() if content.latin1 else found  # UnicodeError is a ValueError
    return latin1(content) if isinstance(content, str) else content


def latin1(text: str) -> bytes:
    """Return text of one byte a character as bytes. Raises: ValueError for other text."""
    try:
        return text.encode("latin1")
    except UnicodeEncodeError:
        raise ValueError("bytes written as text hold characters beyond latin1; the file is damaged") from None


def _encode(arguments: tuple[Any, ...]) -> Any:
    """Protocol 2 has no bytes: they are text and the call that makes bytes of it, or bytes() where there are none."""
    match arguments:
        case (str() as text, "latin1" | "latin-1"):
            return latin1(text)
        case (Stored(latin1=True) as stored, "latin1" | "latin-1"):
            return stored
        case (bytes() as content,):
            return content
        case ():
            return b""
    raise ValueError("wanted bytes written as text in latin1, received something else; the file is damaged")


def _type(arguments: tuple[Any, ...]) -> PickledType:
    code = as_text(arguments[0]) if arguments else None
    if code is None:
        raise ValueError("wanted a numpy type by name, received something else; the file is damaged")
    return PickledType(code)


def _from_buffer(arguments: tuple[Any, ...]) -> PickledArray:
    array = PickledArray()
    match arguments:
        case (content, PickledType() as kind, tuple() as shape, "C" | "F" as order):
            array.set_state((shape, kind, order == "F", content))
        case (content, PickledType() as kind, tuple() as shape, "K", tuple() as axes) if _all_whole(axes):
            array.take(shape, kind, axes, content)  # numpy 2: the shape is that of the rows
        case _:
            raise ValueError("wanted a numpy array's buffer, type, shape and order; the file is damaged")
    return array


def _all_whole(numbers: tuple[Any, ...]) -> bool:
    return all(type(number) is int for number in numbers)


def _scalar(arguments: tuple[Any, ...]) -> Any:
    match arguments:
        case (PickledType(dtype=dtype), str() | bytes() as content):
            content = latin1(content) if isinstance(content, str) else content
            if len(content) == dtype.itemsize:
                return np.frombuffer(content, dtype)[0].item()
    raise ValueError("wanted a numpy scalar's type and bytes; the file is damaged")


_NDARRAY = Maker("numpy.ndarray", lambda arguments: PickledArray())
NAMES: dict[tuple[str, str], Maker] = {
    ("numpy", "ndarray"): _NDARRAY,
    ("numpy", "dtype"): Maker("numpy.dtype", _type),
    ("_codecs", "encode"): Maker("_codecs.encode", _encode),
}
for _builtins in ("builtins", "__builtin__"):
    for _name in ("bytes", "bytearray"):
        NAMES[_builtins, _name] = Maker(_name, _encode)
for _core in ("numpy.core", "numpy._core"):
    NAMES |= {
        (f"{_core}.multiarray", "_reconstruct"): Maker(
            "numpy's _reconstruct", lambda arguments: PickledArray()
        ),
        (f"{_core}.multiarray", "scalar"): Maker("numpy's scalar", _scalar),
        (f"{_core}.numeric", "_frombuffer"): Maker("numpy's _frombuffer", _from_buffer),
    }
