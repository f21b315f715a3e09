"""What is known of a file that is too large to ship; to fetch it (``download``) takes more to import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Download:
    """A file in the registry."""

    name: str  # in the cache
    url: str
    variable: str  # of the environment: another address, or a file
    check: Callable[[Path], None]  # raises ValueError for the wrong content
    size: int | None = None  # bytes at url; another address may have another version
    pinned: str | None = None  # hash at url, as "md5:…" or "sha256:…"; None = that of the first use
