"""A disk that fails: stands between a process and the files below a folder, counts what is done, and fails one deed.

``Disk`` sees what Python does: opening to write, writing, forcing onto the disk, renaming, making folders. ``LowDisk``
sees what libraries do as well, in C and C++ (TensorFlow's events and SavedModels, FFmpeg's videos): it is
``fault_disk.c``, which has to be loaded before the C library. ``below_python`` starts the program again so.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import errno
import io
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LOADED = "MASKRCNN_FAULT_DISK"  # of the environment: the library that stands below Python in this process


@dataclass
class Disk:
    """Stands between this process and the files below ``folder``: counts what is done to them, and fails one deed.

    fails: which deed, from 1; None = none. number: of the error. lasting: whether all later ones fail too.
    """

    folder: Path
    fails: int | None = None
    number: int = errno.ENOSPC
    lasting: bool = False
    deeds: list[str] = field(default_factory=list)

    def has(self, path: Any) -> bool:
        """Return whether ``path`` is below the folder."""
        name = os.path.abspath(os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else ""
        return name.startswith(f"{self.folder}{os.sep}")

    def do(self, deed: str, path: Any) -> None:
        """Note a deed. Raises: OSError where it is to fail."""
        if not self.has(path):
            return
        name = os.path.abspath(os.fsdecode(path))
        self.deeds.append(f"{deed} {name[len(str(self.folder)) + 1 :]}")
        count = len(self.deeds)
        if self.fails is not None and (count == self.fails or (self.lasting and count > self.fails)):
            if self.number < 0:
                signal.raise_signal(-self.number)
                return
            said = () if deed == "write" or deed == "fsync" else (os.fsdecode(path),)
            raise OSError(self.number, os.strerror(self.number), *said)

    @contextlib.contextmanager
    def between(self) -> Iterator[Disk]:
        """Stand there while the block runs."""
        places = ((builtins, "open"), (io, "open"), (os, "open"), (os, "mkdir"), (os, "replace"), (os, "rename"),
                  (os, "fsync"))  # fmt: skip
        before = [getattr(module, name) for module, name in places]
        opened, _, opened_low, mkdir, replace, rename, fsync = before

        def open_(file: Any, mode: str = "r", buffering: int = -1, *more: Any, **named: Any) -> Any:
            if not self.has(file) or not set(mode) & set("wax+"):
                return opened(file, mode, buffering, *more, **named)
            self.do("open", file)
            return self._wrapped(os.fspath(file), mode, buffering, *more, **named)

        def open_low(path: Any, flags: int, *more: Any, **named: Any) -> int:
            if flags & (os.O_WRONLY | os.O_RDWR):
                self.do("open", path)
            return int(opened_low(path, flags, *more, **named))

        def told(deed: str, call: Callable[..., Any], place: int) -> Callable[..., Any]:
            def run(*given: Any, **named: Any) -> Any:
                self.do(deed, given[place])
                return call(*given, **named)

            return run

        def fsync_(number: int) -> None:
            self.do("fsync", os.readlink(f"/proc/self/fd/{number}"))
            fsync(number)

        ours = (open_, open_, open_low, told("mkdir", mkdir, 0), told("rename", replace, 1),
                told("rename", rename, 1), fsync_)  # fmt: skip
        for (module, name), function in zip(places, ours, strict=True):
            setattr(module, name, function)
        try:
            yield self
        finally:
            for (module, name), function in zip(places, before, strict=True):
                setattr(module, name, function)

    def _wrapped(
        self,
        path: Any,
        mode: str,
        buffering: int,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        *_: Any,
    ) -> Any:
        """Return what ``open`` does, over a raw file whose every write is a deed."""
        disk = self

        class Raw(io.FileIO):
            def write(self, content: Any) -> int:
                disk.do("write", path)
                return super().write(content)

            def truncate(self, size: int | None = None) -> int:
                disk.do("write", path)
                return super().truncate(size)

        raw = Raw(path, mode.replace("b", "").replace("t", ""))
        if not buffering:
            return raw
        buffered = (io.BufferedRandom if "+" in mode else io.BufferedWriter)(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)


class LowDisk(Disk):
    """A ``Disk`` below Python, in a process that ``below_python`` has started."""

    @contextlib.contextmanager
    def between(self) -> Iterator[Disk]:
        """Stand there while the block runs; the deeds are known afterwards."""
        library = ctypes.CDLL(os.environ[LOADED])
        library.fault_deeds.restype = ctypes.c_char_p
        library.fault_arm.argtypes = (ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.c_int)
        library.fault_arm(f"{self.folder}{os.sep}".encode(), self.fails or 0, self.number, self.lasting)
        try:
            yield self
        finally:
            library.fault_disarm()
            self.deeds = library.fault_deeds().decode(errors="replace").splitlines()


def build(folder: Path) -> Path | None:
    """Compile the disk below Python into ``folder``; None where there is no compiler, or no Linux."""
    compiler, built = shutil.which("cc"), folder / "libfault_disk.so"
    if compiler is None or sys.platform != "linux":
        return None
    source = Path(__file__).with_suffix(".c")
    words = [compiler, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(built), str(source), "-ldl"]
    subprocess.run(words, check=True)
    return built


def below_python(folder: Path) -> None:
    """Start this program again with the disk below it, which is built in ``folder``; return where it is there."""
    if LOADED in os.environ:
        return
    built = build(folder)
    if built is None:
        print("no compiler: what libraries write in C is not seen", file=sys.stderr)
        return
    environment = {**os.environ, LOADED: str(built), "LD_PRELOAD": str(built)}
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def standing() -> type[Disk]:
    """Return the kind of disk that sees most in this process."""
    return LowDisk if LOADED in os.environ else Disk
