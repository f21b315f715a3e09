"""The bytes of one pickle, read from its file in order, in chunks."""

from __future__ import annotations

from dataclasses import dataclass

from .opened import CHUNK_BYTES, OpenedFile, Place

LAZY_BYTES = 2**20  # strings from this size on stay in the file until they are asked for
MAX_LINE = 1024  # bytes of a name or a number written as text


@dataclass(frozen=True)
class Stored:
    """A long string that is still in the file; ``latin1`` says that its bytes were written as text in UTF-8."""

    place: Place
    latin1: bool = False


class Stream:
    """Bytes ``start`` to ``end`` of a file, taken one after the other.

    Raises: ValueError where more is wanted than there is, before anything is read.
    """

    def __init__(self, file: OpenedFile, start: int, end: int):
        self._file = file
        self._end = end
        self._chunk = b""
        self._chunk_start = start
        self._at = 0  # in the chunk

    @property
    def position(self) -> int:
        """Offset in the file of what comes next."""
        return self._chunk_start + self._at

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        after = self._at + size
        if after > len(self._chunk):
            self._refill(size)
            after = size
        taken = self._chunk[self._at : after]
        self._at = after
        return taken

    def take_lazily(self, size: int) -> bytes | Stored:
        """Return the next ``size`` bytes, or where they lie if they are many."""
        if size < LAZY_BYTES:
            return self.take(size)
        self._check(size)
        place = Place(self.position, size)
        self._chunk_start, self._chunk, self._at = place.start + size, b"", 0
        return Stored(place)

    def number(self, size: int, signed: bool = False) -> int:
        """Return the next ``size`` bytes as a whole number, least byte first."""
        return int.from_bytes(self.take(size), "little", signed=signed)

    def line(self) -> str:
        """Return the next line as text, without its end."""
        line = bytearray()
        while (byte := self.take(1)) != b"\n":
            line += byte
            if len(line) > MAX_LINE:
                raise ValueError(
                    f"the pickle holds a name of more than {MAX_LINE} bytes; the file is damaged"
                )
        return text(bytes(line))

    def _refill(self, size: int) -> None:
        self._check(size)
        start = self.position
        wanted = min(max(size, CHUNK_BYTES // 16), self._end - start)
        self._chunk = self._file.bytes_at(start, wanted).tobytes()
        self._chunk_start, self._at = start, 0

    def _check(self, size: int) -> None:
        if self.position + size > self._end:
            raise ValueError(
                f"the pickle wants {size} bytes at offset {self.position}, it ends at {self._end}: the file is cut "
                "or damaged; copy or download it again"
            )


def text(content: bytes) -> str:
    """Return bytes as text. Raises: ValueError for other bytes than UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ValueError("a text in the pickle is no UTF-8; the file is damaged") from None
