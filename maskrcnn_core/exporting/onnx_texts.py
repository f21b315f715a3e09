"""The texts in an ONNX file, read without any library: engines that give none of them need to know their model too.

Inputs: a file. Outputs: its ``metadata_props``, text by key. An ONNX file is a protocol buffer: fields with a number, a
kind and a length, of which the large ones are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

METADATA = 14  # ModelProto.metadata_props; in each entry 1 is the key, 2 the value
LONGEST = 2**26  # bytes of all texts together
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # kinds of a field


def read_texts(path: Path) -> dict[str, str]:
    """Return the texts of an ONNX file. Raises: ValueError for a file that is none, or that is cut short."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            entries = [dict(_fields(entry)) for entry in _metadata(file, size)]
        return {entry.get(1, b"").decode(): entry.get(2, b"").decode() for entry in entries}
    except (EOFError, UnicodeDecodeError, OverflowError) as error:
        raise ValueError(f"{path}: wanted an ONNX file, received other content; export again") from error


def _metadata(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the entries of the metadata; seek past everything else."""
    room = LONGEST
    while file.tell() < size:
        tag = _number(file)
        kind, field = tag & 7, tag >> 3
        length = {FIXED64: 8, FIXED32: 4}.get(kind, 0)
        if kind == VARINT:
            _number(file)
        elif kind == BYTES:
            length = _number(file)
        elif kind not in (FIXED64, FIXED32):
            raise EOFError
        if length > size - file.tell():
            raise EOFError
        if kind == BYTES and field == METADATA:
            room -= length
            if room < 0:
                raise EOFError
            yield file.read(length)
        else:
            file.seek(length, 1)


def _fields(entry: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the texts of one entry by field number."""
    from io import BytesIO

    file = BytesIO(entry)
    while file.tell() < len(entry):
        tag = _number(file)
        length = _number(file)
        if tag & 7 != BYTES or length > len(entry) - file.tell():
            raise EOFError
        yield tag >> 3, file.read(length)


def _number(file: BinaryIO) -> int:
    """Read a number of up to 64 bits, seven in a byte, the last byte without its highest bit."""
    value = 0
    for place in range(10):
        byte = file.read(1)
        if not byte:
            raise EOFError
        value |= (byte[0] & 127) << (7 * place)
        if byte[0] < 128:
            return value
    raise EOFError
