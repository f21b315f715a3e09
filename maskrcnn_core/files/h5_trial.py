"""HDF5 files of others, read by a child process first.

HDF5 itself ends the process, or never returns, on some damaged files: what no ``except`` sees. So a file that is not
known (``h5_known``) is read once from beginning to end by a process of its own (``h5_walk``), and only what that
survives is opened here.
Laws: no file ends this process; a known file costs a look from outside.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from .h5_known import is_known, remember
from .looks import look_at

SECONDS = 30  # to read a small file; a hang is one of the things that damage does
BYTES_A_SECOND = 2**24  # of a slow disk, for large files
MEMORY = 2  # times the file's size
MEMORY_BASE = 2**28  # bytes, whatever the size
NEXT = "fetch it again, or save it again where it was made"


def require_readable(path: Path) -> None:
    """Return where HDF5 can read the file without harm. Raises: ValueError where it cannot."""
    if is_known(path):
        return
    look = look_at(path)
    answer = _tried(path, look.size)
    if answer["damage"] is not None:
        raise ValueError(f"{path}: {answer['damage']}")
    if look_at(path) == look:
        remember(look, str(answer["sha256"]))


def _tried(path: Path, size: int) -> dict[str, str | None]:
    """Have a child process read the file and return its answer. Raises: ValueError where none comes."""
    seconds, room = SECONDS + size // BYTES_A_SECOND, MEMORY * size + MEMORY_BASE
    command = [sys.executable, "-P", "-m", "maskrcnn_core.files.h5_walk", str(path.absolute()), str(room)]
    try:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, env=_environment()
        )
    except subprocess.TimeoutExpired:
        raise ValueError(
            f"{path}: HDF5 does not come to an end with this file in {seconds} s; {NEXT}"
        ) from None
    except OSError as error:
        raise ValueError(f"{path}: no process can be started to try this file: {error.strerror}") from error
    if ended.returncode == 0:
        answer: dict[str, str | None] = json.loads(ended.stdout)
        return answer
    said = ended.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    if "MemoryError" in said or "std::bad_alloc" in said:
        raise ValueError(
            f"{path}: wanted a file that takes {room >> 20} MiB of memory at most to read, {MEMORY} times its size and "
            f"{MEMORY_BASE >> 20} MiB, received one that takes more; {NEXT}"
        )
    if ended.returncode < 0:
        ending = signal.Signals(-ended.returncode).name
        raise ValueError(f"{path}: the file is damaged so that HDF5 itself stops ({ending}); {NEXT}")
    raise ValueError(f"{path}: the process that tries this file failed: {said[:200]}; {NEXT}")


def _environment() -> dict[str, str]:
    """Return the environment of a child that finds what this process has imported."""
    places = [str(Path(__file__).resolve().parents[2]), *filter(None, sys.path)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
