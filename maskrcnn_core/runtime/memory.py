"""Memory: how much there is, how much of it is free for us, and how much this process has used at most."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple


class Memory(NamedTuple):
    """Bytes; 0 where the system does not tell."""

    total: int
    available: int


def memory(meminfo: str = "/proc/meminfo", limits: str = "/sys/fs/cgroup") -> Memory:
    """Return the memory that this process may use: the machine's, or less where a container limits it."""
    total, available = _of_machine(meminfo)
    limit, used = (_number(Path(limits) / name) for name in ("memory.max", "memory.current"))
    if limit and limit < total:
        return Memory(limit, min(available, max(0, limit - used)))
    return Memory(total, available)


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


def _of_machine(meminfo: str) -> tuple[int, int]:
    lines = _lines(meminfo)
    total, available = (
        int(lines.get(name, "0 kB").split()[0]) * 1024 for name in ("MemTotal", "MemAvailable")
    )
    return total, available


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
