"""Files of the safetensors format: a JSON header with type, shape and place of every tensor, then their bytes.

The header is checked here, so that an error says what is wrong, and by the library whose format it is.
"""

from __future__ import annotations

import json
from math import prod
from typing import Any

from safetensors import SafetensorError, safe_open

from .opened import OpenedFile, Place
from .tensors import ELEMENTS, Storage, Tensor, check_shape

MAX_HEADER_BYTES = 2**24  # some 100 bytes a tensor; a model has about a thousand
TYPES = {
    "F16": "float16",
    "F32": "float32",
    "F64": "float64",
    "BF16": "bfloat16",
    "I8": "int8",
    "I16": "int16",
    "I32": "int32",
    "I64": "int64",
    "U8": "uint8",
    "U16": "uint16",
    "U32": "uint32",
    "U64": "uint64",
    "BOOL": "bool",
}


def looks_like(file: OpenedFile) -> bool:
    """Say whether a file begins as safetensors do: the header's length, then the header's brace."""
    return file.size > 9 and file.bytes_at(8, 1).tobytes() == b"{"


def read_safetensors(file: OpenedFile) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return tensors by name, and the texts beside them. Raises: ValueError for damage and unknown types."""
    size = int.from_bytes(file.bytes_at(0, 8).tobytes(), "little")
    if size > min(MAX_HEADER_BYTES, file.size - 8):
        raise ValueError(
            f"the safetensors header claims {size} bytes of a file of {file.size}; it is cut or damaged"
        )
    header = _parse(file.bytes_at(8, size).tobytes())
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ValueError("wanted __metadata__ of texts in the safetensors header, received something else")
    tensors = {name: _tensor(name, entry, 8 + size, file.size) for name, entry in header.items()}
    try:
        with safe_open(file.path, framework="numpy"):
            pass
    except (SafetensorError, OSError) as error:
        raise ValueError(f"wanted safetensors, received a damaged file: {error}") from error
    return tensors, metadata


def _parse(content: bytes) -> dict[str, Any]:
    try:
        header = json.loads(content, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the safetensors header is no JSON: {error}") from error
    if not isinstance(header, dict):
        raise ValueError("wanted a JSON object as the safetensors header, received something else")
    return header


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("one name stands for two tensors")
    return found


def _tensor(name: str, entry: Any, start: int, end: int) -> Tensor:
    match entry:
        case {
            "dtype": str() as kind,
            "shape": list() as shape,
            "data_offsets": [int() as first, int() as last],
        }:
            pass
        case _:
            raise ValueError(f"{name!r}: wanted dtype, shape and data_offsets, received something else")
    if kind not in TYPES:
        raise ValueError(f"{name!r}: wanted one of {', '.join(TYPES)}, received type {kind[:40]!r}")
    check_shape(tuple(shape))
    if not 0 <= first <= last <= end - start:
        raise ValueError(
            f"{name!r}: claims bytes {first} to {last} of {end - start}; the file is cut or damaged"
        )
    storage = Storage(name, ELEMENTS[TYPES[kind]], prod(shape))
    storage.settle(Place(start + first, last - first))
    strides = tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))
    return Tensor(storage, storage.element, 0, tuple(shape), strides)
