"""A PyTorch user's file of weights, open: recognised by its content, each array read when it is asked for."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from .finding import Found, find_state_dict
from .layouts import read_pickle, read_zip
from .opened import OpenedFile
from .safetensors_file import looks_like, read_safetensors


class StateDict:
    """A file's weights; close it, or use it in a ``with`` block. For one thread at a time.

    names: name → (shape, the dtype that ``read`` gives), in the file's order, without DataParallel's ``module.``.
    place: the key under which the weights lay, "" for the file itself.
    metadata: plain values beside the weights, such as MMDetection's ``meta`` or detectron2's ``__author__``.
    skipped: the keys of what else the file holds and nobody gets, such as an optimizer.
    """

    def __init__(self, path: Path, file: OpenedFile, found: Found):
        self.path = path
        self.place = found.place
        self.metadata: dict[str, Any] = dict(found.metadata)
        self.skipped = found.skipped
        self.names: dict[str, tuple[tuple[int, ...], np.dtype[Any]]] = {}
        self._file = file
        self._arrays = found.arrays
        for name, array in found.arrays.items():
            self.names[name] = array.check(file), array.dtype

    def read(self, name: str) -> np.ndarray:
        """Return an array of its own, C-contiguous, in this machine's byte order; bfloat16 as float32.

        Raises: KeyError for a name that is not in ``names``; ValueError for damage, and for a file that is closed.
        """
        array = self._arrays[name]
        if self._file.raw.closed:
            raise ValueError(f"{self.path}: wanted {name!r} of a file that is closed; read before closing it")
        try:
            return array.read(self._file)
        except (ValueError, OSError) as error:
            raise ValueError(f"{self.path}: {name}: {error}") from error

    def close(self) -> None:
        """Close the file; ``names`` and ``metadata`` stay."""
        self._file.close()

    def __enter__(self) -> StateDict:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_state_dict(path: str | Path) -> StateDict:
    """Open weights in torch.save's format (of today, or before 1.6), a model zoo's pickle, or safetensors.

    Nothing in the file is run, and PyTorch is not needed. What tells the format is the content, not the name.
    Raises: ValueError for other files, for damaged ones, and for those that name anything but tensors, arrays and
    plain values.
    """
    path = Path(path)
    try:
        file = OpenedFile(path)
        try:
            return StateDict(path, file, _find(file))
        except BaseException:
            file.close()
            raise
    except (ValueError, OSError) as error:
        raise ValueError(f"{path}: {error}") from error


def _find(file: OpenedFile) -> Found:
    head = file.bytes_at(0, min(4, file.size)).tobytes()
    if head == b"PK\x03\x04":
        return find_state_dict(read_zip(file))
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return find_state_dict(read_pickle(file))
    if looks_like(file):
        tensors, metadata = read_safetensors(file)
        if not tensors:
            raise ValueError("wanted tensors by name, received safetensors without any")
        return Found(tensors, metadata=metadata)
    raise ValueError(
        "wanted a PyTorch checkpoint (torch.save), a pickle of protocol 2 to 5, or safetensors, received "
        f"{file.content()}"
    )
