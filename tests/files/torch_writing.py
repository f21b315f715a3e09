"""Writes files as torch.save does, without torch: for cases that are too large, too odd or too hostile to keep."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

STORAGE_NAMES = {
    "float16": "HalfStorage",
    "float32": "FloatStorage",
    "float64": "DoubleStorage",
    "bfloat16": "BFloat16Storage",
    "int8": "CharStorage",
    "int16": "ShortStorage",
    "int32": "IntStorage",
    "int64": "LongStorage",
    "uint8": "ByteStorage",
    "bool": "BoolStorage",
}


@dataclass(frozen=True)
class Name:
    """A global as a pickle names it."""

    module: str
    name: str


@dataclass(eq=False)
class Memory:
    """A storage: its elements' type and its bytes; ``count`` is what the file claims."""

    kind: str
    content: bytes
    count: int
    type_name: Name | None = None


@dataclass(eq=False)
class Call:
    """A call that a pickle asks for, and the state it sets afterwards."""

    name: Name
    arguments: tuple[Any, ...]
    state: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        return (self.name, self.arguments) if self.state is None else (self.name, self.arguments, self.state)


REBUILD = Name("torch._utils", "_rebuild_tensor_v2")


def tensor(array: np.ndarray, kind: str = "", **changes: Any) -> Call:
    """Describe an array as torch does: its base's memory and a view of it. ``changes``: offset, shape, strides."""
    base = array
    while isinstance(base.base, np.ndarray):
        base = base.base
    assert base.flags.c_contiguous
    memory = Memory(kind or array.dtype.name, base.tobytes(), base.size)
    offset = (array.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // array.itemsize
    view = {
        "offset": offset,
        "shape": array.shape,
        "strides": tuple(stride // array.itemsize for stride in array.strides),
    }
    return view_of(memory, **{**view, **changes})


def view_of(memory: Memory, offset: Any, shape: Any, strides: Any) -> Call:
    return Call(REBUILD, (memory, offset, shape, strides, False, {}))


class Pickler(pickle._Pickler):  # the one in Python can be told how to write a name
    """Writes ``Name`` as a global without looking it up, and ``Memory`` as a persistent id."""

    dispatch: dict[type, Callable[..., None]] = dict(pickle._Pickler.dispatch)  # noqa: RUF012 pickle's own way

    def __init__(self, file: io.BytesIO, protocol: int, legacy: bool):
        super().__init__(file, protocol)
        self.memories: list[Memory] = []
        self._legacy = legacy

    def persistent_id(self, value: Any) -> Any:
        if not isinstance(value, Memory):
            return None
        if value not in self.memories:
            self.memories.append(value)
        kind = value.type_name or Name("torch", STORAGE_NAMES[value.kind])
        found = ("storage", kind, str(self.memories.index(value)), "cpu", value.count)
        return (*found, None) if self._legacy else found

    def save_bytes(self, value: bytes) -> None:
        """Write bytes as Python 2 wrote its strings; torch.save's default protocol was 2 there as well."""
        self.write(pickle.SHORT_BINSTRING + bytes([len(value)]) + value)
        self.memoize(value)

    def save_name(self, value: Name) -> None:
        self.write(pickle.GLOBAL + f"{value.module}\n{value.name}\n".encode())
        self.memoize(value)

    dispatch[Name] = save_name

    def save_call(self, value: Call) -> None:
        self.save(value.name)
        self.save(value.arguments)
        self.write(pickle.REDUCE)
        self.memoize(value)
        if value.state is not None:
            self.save(value.state)
            self.write(pickle.BUILD)

    dispatch[Call] = save_call


def pickled(
    value: Any, protocol: int = 2, legacy: bool = False, form: type[Pickler] = Pickler
) -> tuple[bytes, list[Memory]]:
    """Return a pickle and the memories that it refers to by their numbers."""
    file = io.BytesIO()
    pickler = form(file, protocol, legacy)
    pickler.dump(value)
    return file.getvalue(), pickler.memories


class Python2Pickler(Pickler):
    """Writes bytes, and the texts of persistent ids, as strings of Python 2."""

    dispatch: dict[type, Callable[..., None]] = {**Pickler.dispatch, bytes: Pickler.save_bytes}  # noqa: RUF012

    def persistent_id(self, value: Any) -> Any:
        found = super().persistent_id(value)
        return found and tuple(part.encode() if isinstance(part, str) else part for part in found)


@dataclass
class Zip:
    """Members of an archive, in order."""

    members: list[tuple[str, bytes]] = field(default_factory=list)

    def write(self, path: Path, packing: int = zipfile.ZIP_STORED) -> Path:
        with zipfile.ZipFile(path, "w", packing) as archive:
            for name, content in self.members:
                archive.writestr(zipfile.ZipInfo(name), content, packing)
        return path


def torch_zip(value: Any, protocol: int = 2, byte_order: bytes | None = b"little") -> Zip:
    """Lay out a value as torch.save does today."""
    content, memories = pickled(value, protocol)
    order = [] if byte_order is None else [("archive/byteorder", byte_order)]
    return Zip(
        [
            ("archive/data.pkl", content),
            *order,
            *((f"archive/data/{index}", memory.content) for index, memory in enumerate(memories)),
            ("archive/version", b"3\n"),
        ]
    )


def zip_of_pickle(content: bytes) -> Zip:
    """Lay out a pickle written by hand, with one storage of 4 float32."""
    return Zip([("archive/data.pkl", content), ("archive/data/0", np.arange(4, dtype=np.float32).tobytes())])


def torch_legacy(value: Any, protocol: int = 2, little_endian: bool = True, python_2: bool = False) -> bytes:
    """Lay out a value as torch.save did before 1.6: five pickles, then counts and elements."""
    form = Python2Pickler if python_2 else Pickler
    content, memories = pickled(value, protocol, legacy=True, form=form)
    system: dict[Any, Any] = {
        "protocol_version": 1001,
        "little_endian": little_endian,
        "type_sizes": {"int": 4},
    }
    keys: list[Any] = [str(index) for index in range(len(memories))]
    if python_2:
        system = {key.encode(): value for key, value in system.items()}
        keys = [key.encode() for key in keys]
    return b"".join(
        [
            *(pickled(head, protocol, form=form)[0] for head in (0x1950A86A20F9469CFC6C, 1001, system)),
            content,
            pickled(keys, protocol, form=form)[0],
            *(struct.pack("<q", memory.count) + memory.content for memory in memories),
        ]
    )
