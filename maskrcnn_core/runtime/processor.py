"""Which processor this is: its name, what it can do, and how many of its cores are ours."""

from __future__ import annotations

import os
import platform
from functools import lru_cache
from typing import NamedTuple

# of /proc/cpuinfo: on virtual machines the name alone is as vague as "AMD EPYC"
_IDENTITY = ("cpu family", "model", "stepping")


class Processor(NamedTuple):
    """A processor as the system describes it."""

    name: str
    identity: str  # family, model and stepping, where the system tells
    flags: frozenset[str]  # instructions it knows, in Linux' words: avx2, avx512f, amx_tile …
    cores: int  # that this process may use

    @property
    def key(self) -> str:
        """What a measurement is remembered under: another processor or number of cores measures anew."""
        return ", ".join(filter(None, (self.name, self.identity, f"{self.cores} cores")))

    @property
    def vectors(self) -> str:
        """The widest vector instructions, in words."""
        named = {"amx_tile": "AMX", "avx512f": "AVX-512", "avx2": "AVX2", "avx": "AVX", "asimd": "NEON"}
        return next((words for flag, words in named.items() if flag in self.flags), "none that is known")


@lru_cache(maxsize=1)
def processor() -> Processor:
    """Return the processor of this machine."""
    fields = read_cpuinfo("/proc/cpuinfo")
    name = fields.get("model name") or platform.processor() or platform.machine() or "unknown"
    identity = " ".join(f"{field} {fields[field]}" for field in _IDENTITY if field in fields)
    flags = frozenset((fields.get("flags") or fields.get("Features") or "").split())
    return Processor(name, identity.replace("cpu ", ""), flags, usable_cores())


def read_cpuinfo(path: str) -> dict[str, str]:
    """Return the fields of the first core that Linux lists; nothing on other systems."""
    fields: dict[str, str] = {}
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:  # lazily: the system makes this text while it is read, and has a block a core
                name, colon, value = line.partition(":")
                if not colon:
                    break
                fields[name.strip()] = value.strip()
    except OSError:
        pass
    return fields


def usable_cores() -> int:
    """Return the number of cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
