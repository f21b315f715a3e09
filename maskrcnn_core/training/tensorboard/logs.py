"""Logs: files of TensorBoard that grow, and whether all that was written is in them.

TensorFlow's writer says a write that fails only where the one at the very end does. It drops what it could not append,
all of a record or a part of it, and goes on behind it; after such a part TensorBoard shows nothing more. So what is
written is counted, and after each flush the new records are counted along the file: each says how long it is, and the
last has to end where the file does.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import tensorflow as tf

# bytes: the length and its checksum; the length alone; all of a record but its content
HEAD, LENGTH, AROUND = 12, 8, 16


class Records(NamedTuple):
    """How many records of a file were counted, and where the last of them ends."""

    number: int
    end: int  # bytes


NONE = Records(0, 0)


class Log:
    """A log that is begun in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._others = folder, set(_logs_in(folder))
        self._found: dict[Path, Records] = {}
        self._written = 0  # summaries
        self._writer = tf.summary.create_file_writer(str(folder))

    @contextlib.contextmanager
    def writing(self, step: int | None = None) -> Iterator[None]:
        """Have ``tf.summary`` write into this log while the block runs."""
        with self._writer.as_default(step=step), tf.summary.record_if(self._count):
            yield

    def _count(self) -> bool:
        """Count a summary; TensorFlow asks at each whether it is to be written."""
        self._written += 1
        return True

    def flush(self) -> None:
        """Have all on the disk that was written. Raises: OSError with the name of the file where some of it is not."""
        self._writer.flush()
        files = [path for path in _logs_in(self._folder) if path not in self._others]
        vanished = set(self._found) - set(files)  # TensorFlow goes on in another
        self._found = {path: count_records(path, self._found.get(path, NONE)) for path in files}
        summaries = sum(
            found.number - 1 for found in self._found.values()
        )  # the first record is the format's
        if vanished:
            self._written = summaries
        elif summaries != self._written:
            raise _lost(files[-1] if files else self._folder)

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


def count_records(path: Path, before: Records = NONE) -> Records:
    """Count the records of the log ``path``, going on from those that were counted ``before``.

    After a gap some other bytes are taken for a length, of 8 bytes, with which the file's end is never met.
    Raises: OSError with the name of the file where the last does not end with it.
    """
    number, place = before
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        while place < size:
            file.seek(place)
            place += AROUND + int.from_bytes(file.read(HEAD)[:LENGTH], "little")
            number += 1
    if place != size:
        raise _lost(path)
    return Records(number, place)


def _lost(path: Path) -> OSError:
    said = "the disk lost part of what was written; when it is sound again, go on with --init last"
    return OSError(errno.EIO, said, str(path))


def _logs_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("events.out.tfevents.*"))
