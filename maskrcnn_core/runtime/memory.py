"""Memory: how much there is, how much of it is free for us, and how much this process has used at most."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

WORKING = 36  # bytes a pixel: the image, resized in floats and with masks blended over it (3.8 GB at 108 megapixels)
# bytes a pixel of the network's input, the least of all models; measured with nuclei: 84 to 102 at 1 to 9 megapixels,
# more than 129 at 108, where it matters
NETWORK = 130
INPUT = 18  # bytes a pixel of the network's input, beside NETWORK: itself in floats, and the anchors on it
SMALL = (
    2**26
)  # bytes that are not asked for before they are taken: to ask costs a small image 2 % of its time


class Memory(NamedTuple):
    """Bytes; 0 where the system does not tell."""

    total: int
    available: int


def memory(meminfo: str = "/proc/meminfo", limits: str = "/sys/fs/cgroup") -> Memory:
    """Return the memory that this process may use: the machine's, or less where a container limits it."""
    total, available = _of_machine(meminfo)
    limit, used = (_number(Path(limits) / name) for name in ("memory.max", "memory.current"))
    if limit and limit < total:
        total, available = limit, min(available, max(0, limit - used))
    return Memory(total, min(available, _addresses()) if available else available)


def require_memory(needed: int, what: str, remedy: str, room: Memory | None = None) -> None:
    """Raise MemoryError where ``needed`` bytes for ``what`` are more than is free, with ``remedy`` as the next step.

    Before memory is exhausted: then the system ends the process, without a word. room: what there is; asked by default,
    for more than ``SMALL``.
    """
    if room is None and needed <= SMALL:
        return
    room = room or memory()
    if room.total and needed > room.available:
        free = f"{room.available / 1e9:.1f} GB that are free"
        raise MemoryError(f"wanted {needed / 1e9:.1f} GB for {what}, received {free}; take {remedy}")


def peak() -> int:
    """Return the largest number of bytes that this process has held at once (resident set)."""
    status = _lines("/proc/self/status").get("VmHWM")
    if status:
        return int(status.split()[0]) * 1024
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def resident() -> int:
    """Return the bytes that this process holds now; 0 where the system does not tell."""
    status = _lines("/proc/self/status").get("VmRSS")
    return int(status.split()[0]) * 1024 if status else 0


def forget_peak() -> bool:
    """Have ``peak`` count from now on; False where the system cannot do that."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def _addresses() -> int:
    """Return how many bytes of addresses this process may still ask for (``ulimit -v``)."""
    if sys.platform == "win32":
        return sys.maxsize
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY:
        return sys.maxsize
    used = _lines("/proc/self/status").get("VmSize", "0 kB")
    return max(0, limit - int(used.split()[0]) * 1024)


def _of_machine(meminfo: str) -> tuple[int, int]:
    """Return total and available bytes; every detection asks, so that the file is read no further than these."""
    found = {"MemTotal": 0, "MemAvailable": 0}
    try:
        with open(meminfo, encoding="ascii") as file:
            for line in file:
                name, _, value = line.partition(":")
                if name in found:
                    found[name] = int(value.split()[0]) * 1024
                if name == "MemAvailable":
                    break
    except OSError:
        return 0, 0
    return found["MemTotal"], found["MemAvailable"]


def _lines(path: str) -> dict[str, str]:
    """Return the ``name: value`` lines of one of Linux' files; nothing where there is none."""
    try:
        text = Path(path).read_text()
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value.strip() for name, _, value in pairs if value.strip()}


def _number(path: Path) -> int:
    """Return the number in a file; 0 where there is none."""
    try:
        text = path.read_text().strip()
    except OSError:
        return 0
    return int(text) if text.isdigit() else 0
