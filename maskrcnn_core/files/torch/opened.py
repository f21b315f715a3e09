"""A file that is read by offset, within its bounds; what a slice of it holds is known before it is read."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

CHUNK_BYTES = 2**20  # of a checksum; memory stays small however large the slice
HEADS = {  # how other files that carry these names begin
    b"<": "a web page (the download failed?)",
    b"version https://git-lfs": "a Git LFS pointer; fetch the file itself with `git lfs pull`",
    b"\x89HDF": "HDF5",
    b"PK": "a damaged zip archive",
    b"\x1f\x8b": "gzip; unpack it first",
}


@dataclass(frozen=True)
class Place:
    """Bytes ``start`` to ``start + size`` of a file; ``crc32`` is None where the file holds no checksum of them."""

    start: int
    size: int
    crc32: int | None = None


class OpenedFile:
    """A file open for reading. Raises: ValueError where ``path`` is no file or cannot be read."""

    def __init__(self, path: Path):
        self.path = path
        if not path.is_file():
            raise ValueError(
                f"wanted a file, received {'a folder' if path.is_dir() else 'a name without one'}"
            )
        try:
            self.raw = path.open("rb")
        except OSError as error:
            raise ValueError(f"cannot be read: {error.strerror}") from error
        self.size = self.raw.seek(0, io.SEEK_END)
        self._sound: set[Place] = set()

    def bytes_at(self, start: int, size: int) -> np.ndarray:
        """Return ``size`` bytes from offset ``start`` as an array of its own. Raises: ValueError outside the file."""
        if start < 0 or size < 0 or start + size > self.size:
            raise ValueError(
                f"wanted {size} bytes at offset {start}, the file ends at {self.size}: it is cut"
            )
        content = np.empty(size, np.uint8)
        self.raw.seek(start)
        if self.raw.readinto(content.data) != size:
            raise ValueError("the file became shorter while it was read; read it again when it is written")
        return content

    def read(self, place: Place, start: int = 0, size: int | None = None) -> np.ndarray:
        """Return bytes of a place, all or ``size`` from ``start`` in it, once its checksum has been found right."""
        size = place.size - start if size is None else size
        if start < 0 or start + size > place.size:
            raise ValueError(f"wanted bytes {start} to {start + size} of a place of {place.size}")
        if size == place.size and place.crc32 is not None and place not in self._sound:
            content = self.bytes_at(place.start, size)
            self._hold(place, zlib.crc32(content.data))
            return content
        self.verify(place)
        return self.bytes_at(place.start + start, size)

    def verify(self, place: Place) -> None:
        """Raise ValueError where the bytes of a place are not those of its checksum; look at each place once."""
        if place in self._sound or place.crc32 is None:
            return
        found = 0
        for offset in range(0, place.size, CHUNK_BYTES):
            chunk = self.bytes_at(place.start + offset, min(CHUNK_BYTES, place.size - offset))
            found = zlib.crc32(chunk.data, found)
        self._hold(place, found)

    def _hold(self, place: Place, found: int) -> None:
        if found != place.crc32:
            raise ValueError(
                f"wanted checksum {place.crc32:08x} of {place.size} bytes at offset {place.start}, received "
                f"{found:08x}: the file is damaged; copy or download it again"
            )
        self._sound.add(place)

    def content(self) -> str:
        """Say what a file that is none of the known ones looks like."""
        head = self.bytes_at(0, min(self.size, 64)).tobytes().lstrip()
        if not head:
            return "an empty file" if self.size == 0 else "other bytes"
        return next((said for start, said in HEADS.items() if head.startswith(start)), "other bytes")

    def close(self) -> None:
        """Close the file; reading from it fails from then on."""
        self.raw.close()

    def __enter__(self) -> OpenedFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
