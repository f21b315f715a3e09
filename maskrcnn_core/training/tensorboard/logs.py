"""Logs: files of TensorBoard that grow, and whether all that was written is in them.

TensorFlow's writer says a write that fails only where the one at the very end does: it drops what it could not append
and goes on behind it, and TensorBoard shows nothing of what comes after such a gap. So after each flush the new records
are walked along: each says how long it is, and the last has to end where the file does.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import tensorflow as tf

HEAD, LENGTH, AROUND = (
    12,
    8,
    16,
)  # bytes: the length and its checksum; of these the length; and all but the record


class Log:
    """A log that is begun in ``folder``; ``writer`` is TensorFlow's."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._others = folder, set(_logs_in(folder))
        self._ends: dict[Path, int] = {}  # up to which byte records were walked along
        self.writer = tf.summary.create_file_writer(str(folder))

    def flush(self) -> None:
        """Have all on the disk that was written. Raises: OSError with the name of the file where some of it is not."""
        self.writer.flush()
        for path in _logs_in(self._folder):
            if path not in self._others:
                self._ends[path] = end_of_records(path, self._ends.get(path, 0))

    def close(self) -> None:
        """Close the file."""
        self.writer.close()


def end_of_records(path: Path, place: int = 0) -> int:
    """Return where the last record of the log ``path`` ends; ``place`` is where one begins.

    After a gap some other bytes are taken for a length, of 8 bytes, with which the file's end is never met.
    Raises: OSError with the name of the file where that is not its end.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        while place < size:
            file.seek(place)
            place += AROUND + int.from_bytes(file.read(HEAD)[:LENGTH], "little")
    if place != size:
        said = "the disk lost part of what was written; when it is sound again, go on with --init last"
        raise OSError(errno.EIO, said, str(path))
    return size


def _logs_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("events.out.tfevents.*"))
