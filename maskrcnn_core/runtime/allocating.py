"""Where TensorFlow takes the memory of tensors from: for inference the system, which gets large ones back at once.

With oneDNN TensorFlow keeps regions of memory of its own, each twice the last, and never gives one back: detecting with
a ResNet-101 at 1024 px holds at most 250 MB of tensors at once, and the process grew by 490 MB for them. From the
system, with large blocks mapped one by one, it grows by 300 MB, and takes some 5 % more of the processors' time, as the
system hands out pages anew. Training asks for much more, again and again, and keeps TensorFlow's way.

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
# bytes from which a block is mapped alone. ResNet-101 at 1024 px: with 1 MB its peak is 1.23 GiB and it takes 12 % more
# of the processors' time than TensorFlow's way; 4 MB: 1.25 GiB, 5 %; 12 MB: 1.37 GiB, nothing; 24 MB gains nothing
LARGE = 4_000_000
M_MMAP_THRESHOLD = -3  # of glibc's malloc.h
# by which a user tells glibc
SAID = ("MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")


def apply(kind: str) -> None:
    """Choose for ``kind`` of work, inference or training, unless TensorFlow is there already or the user has chosen."""
    if "tensorflow" in sys.modules or _is_the_users(os.environ):
        return
    if kind == "inference" and _map_large_alone():
        os.environ.update({VARIABLE: "1", MARK: kind})
    else:
        for name in (VARIABLE, MARK):  # a process that detects may have started this one
            os.environ.pop(name, None)


def give_back() -> None:
    """Give the system what was freed in small blocks and is kept for others; where malloc is not glibc's nothing."""
    if call := _of_glibc("malloc_trim"):
        call(0)


def _is_the_users(environment: Mapping[str, str]) -> bool:
    return VARIABLE in environment and MARK not in environment


def _map_large_alone() -> bool:
    """Have glibc map blocks of ``LARGE`` bytes one by one, unless a user told it otherwise; False for another libc."""
    call = _of_glibc("mallopt")
    if call is None:
        return False
    return any(name in os.environ for name in SAID) or bool(call(M_MMAP_THRESHOLD, LARGE))


def _of_glibc(name: str) -> Any:
    """Return a function of glibc; None where the process runs on another C library."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return getattr(library, name, None) if hasattr(library, "gnu_get_libc_version") else None
