"""The zip archive that torch.save writes: members stored as they are, so that each can be read where it lies.

Only the central directory is read. What torch.save never writes is refused: two members of one name, members that
overlap, and, when they are wanted, packed or encrypted ones. Law: the members' sizes sum to no more than the file's.
Source: PKWARE's APPNOTE.TXT, sections 4.3 (records) and 4.5.3 (zip64).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

from .opened import OpenedFile, Place

MAX_DIRECTORY_BYTES = 2**26  # some 100 bytes a member; a model has about a thousand
END = struct.Struct("<4s4H2LH")  # end of central directory
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR64 = struct.Struct("<4sLQL")
ENTRY = struct.Struct("<4s6H3L5H2L")  # one member in the central directory
LOCAL = struct.Struct("<4s5H3L2H")  # the header before a member's bytes
ENCRYPTED = 0x2041  # bits of the flags: encrypted, strongly encrypted, names masked
FULL32, FULL16 = 0xFFFFFFFF, 0xFFFF  # stand for a number in the zip64 field


@dataclass(frozen=True)
class Member:
    """A member as the central directory has it; ``fault`` says why its bytes cannot be read as they are;
    ``limit`` is the offset at which the next thing begins.
    """

    name: str
    header: int
    size: int
    crc32: int
    fault: str = ""
    limit: int = 0


class Archive:
    """Where each member's bytes lie. Raises: ValueError for an archive that torch.save would not write."""

    def __init__(self, file: OpenedFile):
        self._file = file
        self.members = _members(file)
        # torch.serialization.set_crc32_options(False) writes zeros for all
        self._checked = any(member.crc32 for member in self.members.values())

    def place(self, name: str) -> Place:
        """Return where the bytes of a member lie. Raises: ValueError where there is none, or its header lies."""
        if name not in self.members:
            raise ValueError(f"wanted {name!r} in the archive, which has none of that name; it is incomplete")
        member = self.members[name]
        if member.fault:
            raise ValueError(f"{name!r} {member.fault}; torch.save writes members as they are")
        head = self._file.bytes_at(member.header, LOCAL.size)
        magic, _, flags, packing, *_, name_size, extra_size = LOCAL.unpack(head.tobytes())
        start = member.header + LOCAL.size + name_size + extra_size
        stored = self._file.bytes_at(member.header + LOCAL.size, name_size).tobytes()
        if magic != b"PK\x03\x04" or stored != name.encode() or packing or flags & ENCRYPTED:
            raise ValueError(
                f"{name!r}: its header and the archive's directory disagree; the file is damaged"
            )
        if start + member.size > member.limit:
            raise ValueError(f"{name!r}: its {member.size} bytes would run into the next member")
        return Place(start, member.size, member.crc32 if self._checked else None)


def _members(file: OpenedFile) -> dict[str, Member]:
    count, size, start = _directory(file)
    if size > MAX_DIRECTORY_BYTES or count * ENTRY.size > size:
        raise ValueError(f"the zip directory claims {count} members in {size} bytes; the file is damaged")
    content = file.bytes_at(start, size).tobytes()
    found: dict[str, Member] = {}
    position = 0
    for _ in range(count):
        member, position = _entry(content, position)
        if member.name in found:
            raise ValueError(f"two members of the archive are named {member.name!r}; torch.save writes one")
        found[member.name] = member
    return {member.name: member for member in _limited(list(found.values()), start)}


def _directory(file: OpenedFile) -> tuple[int, int, int]:
    """Return how many members the central directory has, its bytes, and its offset."""
    tail_start = max(0, file.size - END.size - FULL16)  # a comment may follow
    tail = file.bytes_at(tail_start, file.size - tail_start).tobytes()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or found + END.size > len(tail):
        raise ValueError("the zip archive has no directory at its end: the file is cut; copy it again")
    _, disk, first, here, count, size, start, _ = END.unpack_from(tail, found)
    end = tail_start + found
    if FULL16 in (here, count) or FULL32 in (size, start):
        disk, first, here, count, size, start, end = _directory64(file, end)
    if disk or first or here != count:
        raise ValueError("the zip archive claims to be one of several disks; wanted one file")
    if start + size > end:
        raise ValueError(f"the zip directory claims bytes {start} to {start + size}, beyond its end at {end}")
    return count, size, start


def _directory64(file: OpenedFile, end: int) -> tuple[int, int, int, int, int, int, int]:
    magic, _, at, _ = LOCATOR64.unpack(file.bytes_at(end - LOCATOR64.size, LOCATOR64.size).tobytes())
    record = file.bytes_at(at, END64.size).tobytes() if magic == b"PK\x06\x07" else b"\0" * END64.size
    magic, _, _, _, disk, first, here, count, size, start = END64.unpack(record)
    if magic != b"PK\x06\x06":
        raise ValueError("the zip64 directory is damaged; copy the file again")
    return disk, first, here, count, size, start, at


def _entry(content: bytes, position: int) -> tuple[Member, int]:
    """Read one member of the central directory. Returns: (member, position of the next)."""
    if position + ENTRY.size > len(content):
        raise ValueError("the zip directory ends within a member; the file is damaged")
    fields = ENTRY.unpack_from(content, position)
    magic, _, _, flags, packing, _, _, crc32, packed, size, name_size, extra_size, comment_size = fields[:13]
    at = position + ENTRY.size
    after = at + name_size + extra_size + comment_size
    if magic != b"PK\x01\x02" or after > len(content):
        raise ValueError("the zip directory is damaged; copy the file again")
    try:
        name = content[at : at + name_size].decode()
    except UnicodeDecodeError:
        raise ValueError("a member's name is no UTF-8; the file is damaged") from None
    extra = content[at + name_size : at + name_size + extra_size]
    size, packed, header = _long(extra, size, packed, fields[-1])
    fault = "is encrypted" if flags & ENCRYPTED else ""
    if packing or packed != size:
        fault = f"is packed (method {packing}, {packed} bytes for {size})"
    return Member(name, header, packed, crc32, fault), after


def _long(extra: bytes, size: int, packed: int, header: int) -> tuple[int, int, int]:
    """Replace numbers that do not fit 32 bits by those of the zip64 field, which holds only these, in this order."""
    numbers = [size, packed, header]
    wanted = [index for index, number in enumerate(numbers) if number == FULL32]
    position = 0
    while wanted and position + 4 <= len(extra):
        tag, length = struct.unpack_from("<2H", extra, position)
        if tag == 1 and length >= 8 * len(wanted) and position + 4 + length <= len(extra):
            found = struct.unpack_from(f"<{len(wanted)}Q", extra, position + 4)
            for index, number in zip(wanted, found, strict=True):
                numbers[index] = number
            break
        position += 4 + length
    return numbers[0], numbers[1], numbers[2]


def _limited(members: list[Member], end: int) -> list[Member]:
    """Give each member the offset at which the next one begins, the last ``end``, and see that it fits."""
    members = sorted(members, key=lambda member: member.header)
    limits = [member.header for member in members[1:]] + [end]
    found = []
    for member, limit in zip(members, limits, strict=True):
        if member.header + LOCAL.size + len(member.name.encode()) + member.size > limit:
            raise ValueError(f"{member.name!r} claims {member.size} bytes at {member.header}, beyond {limit}")
        found.append(replace(member, limit=limit))
    return found
