"""Files that are there whole or not at all: written under a temporary name beside their own, then renamed."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FREE_BYTES = 2**28  # of the disk, so that it is not the last of many files that fails


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path to write to; when the block ends well, the file there takes the place of ``path``.

    Missing folders are made. Law: whatever fails before the rename, a file that was at ``path`` is still there, whole,
    and no other is left behind.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        _sync(part)
        os.replace(part, path)
        _sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def prepare_folder(output: Path) -> None:
    """Make ``output`` and write and delete a file in it. Raises: ValueError where that fails, or the disk is full."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        probe = output / f".probe.{secrets.token_hex(4)}"  # several workers may do this at once
        probe.write_bytes(b"\0" * 4096)
        probe.unlink()
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
