"""Files that are there whole or not at all: written under a temporary name beside their own, then renamed."""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# what a write fails with where there is no room, the disk breaks, or has become read-only
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
REFUSED = (*FULL, errno.EACCES, errno.EPERM)  # or where it is not allowed
EXCHANGE, HERE = 2, -100  # RENAME_EXCHANGE and AT_FDCWD of Linux
FREE_BYTES = 2**28  # of the disk, so that it is not the last of many files that fails


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path to write to; when the block ends well, the file there takes the place of ``path``.

    Missing folders are made. Law: whatever fails before the rename, a file that was at ``path`` is still there, whole,
    and no other is left behind.
    Raises: OSError with the name of the file, of a full disk too, and never with that of the temporary one.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        _sync(part)
        os.replace(part, path)
        _sync(path.parent)
    except OSError as error:
        unnamed = error.filename is None and error.errno in REFUSED  # a write names no file
        if unnamed or str(error.filename) == str(part):
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Raise what the system says of a write that it refuses with the name of ``path``: a write names no file."""
    try:
        yield
    except OSError as error:
        if error.errno not in REFUSED:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def put_folder(part: Path, output: Path) -> None:
    """Give the folder ``part`` the name ``output``; a folder that is there goes.

    Law: whatever fails, there is one of the two under that name, whole. On Linux they change names in one step; where
    that is not known, the old one steps aside, and comes back where the new one cannot take its place.
    """
    if not output.exists():
        os.rename(part, output)
    elif _exchange(part, output):
        shutil.rmtree(part, ignore_errors=True)
    else:
        before = part.with_suffix(".before.part")
        os.rename(output, before)
        try:
            os.rename(part, output)
        except BaseException:
            os.rename(before, output)
            raise
        shutil.rmtree(before, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Have two files change names; False where the system, or its file system, does not know how. Raises: OSError."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if call is None:
        return False
    if call(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def prepare_folder(output: Path) -> None:
    """Make ``output`` and write and delete a file in it. Raises: ValueError where that fails, or the disk is full."""
    probe = output / f".probe.{secrets.token_hex(4)}"  # several workers may do this at once
    try:
        output.mkdir(parents=True, exist_ok=True)
        try:
            probe.write_bytes(b"\0" * 4096)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise ValueError(f"cannot write into {output}: {error.strerror}; choose another place") from error
    free = shutil.disk_usage(output).free
    if free < FREE_BYTES:
        raise ValueError(f"wanted {FREE_BYTES >> 20} MiB free in {output}, received {free >> 20}; make room")


def _sync(path: Path) -> None:
    """Have the system put a file or a folder on the disk, where it can: Windows opens no folders for this."""
    try:
        number = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(number)
    finally:
        os.close(number)
