"""HDF5 files that are written whole or not at all, on full disks as well.

HDF5 ends the whole process with a segmentation fault when the disk runs full under it. So it writes through ``_Sink``,
which keeps the first failure to itself: what fails is an ``OSError`` afterwards. Nothing is held in memory, however
large the file.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import h5py

from .atomic import replacing


@contextmanager
def writing_h5(path: str | Path, **options: Any) -> Iterator[h5py.File]:
    """Give an empty HDF5 file; when the block ends well, it takes the place of ``path``.

    options: of ``h5py.File``.
    Raises: OSError naming ``path`` where it cannot be written; what was there before is whole.
    """
    with _kept_whole(path) as sinks, replacing(path) as part, part.open("w+b", buffering=0) as file:
        yield from _opened(_Sink(file), "w", sinks, options)


@contextmanager
def changing_h5(path: str | Path, **options: Any) -> Iterator[h5py.File]:
    """Give a copy of the HDF5 file ``path``; when the block ends well, the changed copy takes its place.

    options: of ``h5py.File``. Raises: as ``writing_h5``.
    """
    with _kept_whole(path) as sinks, replacing(path) as part:
        shutil.copyfile(path, part)
        with part.open("r+b", buffering=0) as file:
            yield from _opened(_Sink(file), "r+", sinks, options)


def _opened(sink: _Sink, mode: str, sinks: list[_Sink], options: dict[str, Any]) -> Iterator[h5py.File]:
    sinks.append(sink)
    with _signals_later(), h5py.File(sink, mode, **options) as file:
        yield file
    if sink.failure is not None:
        raise sink.failure


@contextmanager
def _signals_later() -> Iterator[None]:
    """Have Ctrl-C and SIGTERM wait until the block ends: raised within a call from HDF5, they become its own errors."""
    if threading.current_thread() is not threading.main_thread():  # which alone gets them
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *given: came.append(given))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
    for missed in {number for number, _ in came}:
        signal.raise_signal(missed)


@contextmanager
def _kept_whole(path: str | Path) -> Iterator[list[_Sink]]:
    """Raise an OSError of the block as one that names ``path``; the first failure of a sink is the cause."""
    sinks: list[_Sink] = []
    try:
        yield sinks
    except OSError as error:
        failures = [sink.failure for sink in sinks if sink.failure is not None]
        cause = failures[0] if failures else error
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
        self.place, self.end = 0, os.fstat(file.fileno()).st_size

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
