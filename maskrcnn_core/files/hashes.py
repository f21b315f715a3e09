"""SHA-256 of files. That of a large one is remembered in the user's cache by how the file looks from outside.

Inputs: a file. Outputs: its SHA-256. Hashing 250 MB takes a fifth of a second, in every command that has to know which
weights these are.
Law: a file whose content has changed never gets the hash that it had. A write sets the time of state (ctime) to that of
a clock, which no program can set back. Only within one tick of this clock does it stay as it was; so, as in git,
nothing is remembered of a file that was touched just before it was hashed. One that is written to meanwhile, then,
looks otherwise afterwards than what is remembered.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from time import time_ns

from .looks import look_at, look_of, note, read_notes

FILE = "hashes.json"
CHECKS = "sha256"
LEAST = 2**23  # bytes; hashing less takes a few milliseconds
SETTLED = 2 * 10**9  # ns, the longest tick of a file system in use (FAT)
HASH = re.compile(r"[0-9a-f]{64}")
TOLD = os.name == "posix"  # elsewhere the time of state is that of creation, which a change leaves as it was


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; read only where it is small or looks otherwise than before."""
    look = look_at(path)
    if look.size < LEAST or not TOLD:
        return compute_sha256(path)
    noted = read_notes(FILE, CHECKS).get(look, "")
    return noted if HASH.fullmatch(noted) else _noting(path)


def compute_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content as it is now."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _noting(path: Path) -> str:
    """Return the SHA-256 of a file, and note it where no later change can go unseen."""
    began = time_ns()
    with path.open("rb") as file:
        look = look_of(os.fstat(file.fileno()))
        received = hashlib.file_digest(file, "sha256").hexdigest()
    if began - look.touched_ns > SETTLED:
        note(FILE, CHECKS, look, received)
    return received
