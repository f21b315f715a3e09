"""Where TensorFlow takes the memory of tensors from: for inference the system, which gets large ones back at once.

With oneDNN TensorFlow keeps regions of memory of its own, each twice the last, and never gives one back: detecting with
a ResNet-101 at 1024 px holds at most 250 MB of tensors at once, and the process grew by 490 MB for them. From the
system, with large blocks mapped one by one, it grows by 250 MB, and takes some 8 % more time, as the system hands out
pages anew. On small images that would be two thirds more, for memory that nobody misses: what a run on one frees is
kept for the next. Training asks for much more, again and again, and keeps TensorFlow's way.

The environment variable ``TF_ONEDNN_USE_SYSTEM_ALLOCATOR`` of a user decides over all.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from typing import Any

VARIABLE = "TF_ONEDNN_USE_SYSTEM_ALLOCATOR"
# the kind of work that VARIABLE was set for, where we set it: not the user's word
MARK = "MASKRCNN_ALLOCATOR_FOR"
# bytes from which a block is mapped alone. Three detections by ResNet-101 at 1024 px: with 4 MB the process holds
# 1.13 GiB and one takes 4.5 s, 8 MB: 1.15 GiB, 4.2 s; 12 MB: 1.25 GiB, 4.1 s; TensorFlow's way: 1.41 GiB, 3.8 s
LARGE = 8_000_000
# px of a network input up to which nothing is mapped alone. `nuclei` at 512 x 640 px: 55 ms in place of 90, as in
# TensorFlow's way; its process holds 790 MB in place of 720
SMALL = 600_000
# glibc's malloc.h
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -3, -4, -8
# bytes from which on what is free at the end of the heap goes back; how many blocks may be mapped alone (glibc's own)
GIVING = {M_TRIM_THRESHOLD: 64_000_000, M_MMAP_MAX: 65_536}
KEEPING = {M_TRIM_THRESHOLD: 256_000_000, M_MMAP_MAX: 0}
# runs that keep after which what lies free between blocks in use goes back: images of many sizes leave such holes.
# `nuclei` on 400 of 100 to 700 px a side would hold 1.3 GB and grow on; what it costs is a hundredth of a run
OFTEN = 50
# by which a user tells glibc
SAID = (
    "MALLOC_MMAP_THRESHOLD_",
    "MALLOC_TRIM_THRESHOLD_",
    "MALLOC_MMAP_MAX_",
    "MALLOC_ARENA_MAX",
    "GLIBC_TUNABLES",
)

_told: dict[int, int] = {}  # what glibc was told last, where it was told anything
_kept = [0]  # runs that kept, so far


def apply(kind: str) -> None:
    """Choose for ``kind`` of work, inference or training, unless TensorFlow is there already or the user has chosen."""
    if "tensorflow" in sys.modules or _is_the_users(os.environ):
        return
    if kind == "inference" and _have_the_system_asked():
        os.environ.update({VARIABLE: "1", MARK: kind})
    else:
        for name in (VARIABLE, MARK):  # a process that detects may have started this one
            os.environ.pop(name, None)


def suit(pixels: int) -> None:
    """Have what a run on a network input of ``pixels`` frees kept for the next where that is little, else given back.

    Nothing changes where ``apply`` has not told glibc anything: for training, for a user's word, on another system.
    """
    if not _told:
        return
    wanted = KEEPING if pixels <= SMALL else GIVING
    if any(_told[option] != value for option, value in wanted.items()):
        _tell(wanted)
    if wanted is KEEPING:
        _kept[0] += 1
        if _kept[0] % OFTEN == 0:
            give_back()


def give_back() -> None:
    """Give the system what was freed in small blocks and is kept for others; where malloc is not glibc's nothing."""
    if call := _of_glibc("malloc_trim"):
        call(0)


def _is_the_users(environment: Mapping[str, str]) -> bool:
    return VARIABLE in environment and MARK not in environment


def _have_the_system_asked() -> bool:
    """Have glibc map blocks of ``LARGE`` bytes one by one, unless a user told it otherwise; False for another libc.

    It is one heap for all threads: each of its own would keep what was freed there from all others.
    """
    if _of_glibc("mallopt") is None:
        return False
    if any(name in os.environ for name in SAID):
        return True
    return _tell({M_ARENA_MAX: 1, M_MMAP_THRESHOLD: LARGE} | GIVING)


def _tell(options: Mapping[int, int]) -> bool:
    """Tell glibc; False where it does not take it."""
    mallopt = _of_glibc("mallopt")
    taken = all(mallopt(option, value) for option, value in options.items())
    if taken:
        _told.update(options)
    return taken


def _of_glibc(name: str) -> Any:
    """Return a function of glibc; None where the process runs on another C library."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return getattr(library, name, None) if hasattr(library, "gnu_get_libc_version") else None
