"""HDF5 files that are written whole or not at all, on full disks as well.

HDF5 ends the whole process with a segmentation fault when the disk runs full under it. So it writes through ``_Sink``,
which keeps the first failure to itself: what fails is an ``OSError`` afterwards. Nothing is held in memory, however
large the file.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from .atomic import replacing


@contextmanager
def writing_h5(path: str | Path, **options: Any) -> Iterator[h5py.File]:
    """Give an empty HDF5 file; when the block ends well, it takes the place of ``path``.

    options: of ``h5py.File``.
    Raises: OSError naming ``path`` where it cannot be written; what was there before is whole.
    """
    sink = None
    try:
        with replacing(path) as part, part.open("w+b", buffering=0) as file:
            sink = _Sink(file)
            with h5py.File(sink, "w", **options) as written:
                yield written
            if sink.failure is not None:
                raise sink.failure
    except OSError as error:
        cause = sink.failure if sink is not None and sink.failure is not None else error
        raise OSError(
            f"cannot write {path}: {cause.strerror or cause}; what was there before is whole"
        ) from cause


class _Sink(io.RawIOBase):
    """A file for HDF5 that never fails: after the first failure, which is kept, it takes everything and keeps nothing.

    What is read back where nothing could be written is zeros.
    """

    def __init__(self, file: io.FileIO) -> None:
        self.file = file
        self.failure: OSError | None = None
        self.place = self.end = 0

    def write(self, content: Any) -> int:
        """Take ``content`` (bytes) at the present place."""
        view = memoryview(content).cast("B")
        if self.failure is None:
            try:
                self._write(view)
            except OSError as error:
                self.failure = error
        self.place += len(view)
        self.end = max(self.end, self.place)
        return len(view)

    def _write(self, view: memoryview) -> None:
        self.file.seek(self.place)
        while len(view):  # the system may take a part only
            view = view[self.file.write(view) :]

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` from the present place."""
        view = memoryview(buffer).cast("B")
        view[:] = bytes(len(view))
        self.file.seek(self.place)
        self.file.readinto(view)
        self.place += len(view)
        return len(view)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        self.place = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self.place, os.SEEK_END: self.end}[whence]
        return self.place

    def tell(self) -> int:
        """Return the present place."""
        return self.place

    def truncate(self, size: int | None = None) -> int:
        """Set the file's length."""
        self.end = self.place if size is None else size
        if self.failure is None:
            try:
                self.file.truncate(self.end)
            except OSError as error:
                self.failure = error
        return self.end
