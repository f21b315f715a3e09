"""The child process that reads an HDF5 file from beginning to end, so that it is the one that dies.

    python -m maskrcnn_core.files.h5_walk FILE BYTES

Inputs: a file, and how many bytes of memory reading it may take. Outputs: a line of JSON, ``{"damage": words or null,
"sha256": …}``; none where HDF5 takes the process with it. Everything is done here that readers of weights and traces
do: attributes, links, descriptions and content, by the same functions (``h5_checks``). What these refuse in a sound
file (other types, links, sizes) is theirs to say: this looks for damage alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from .h5_checks import check_dataset, child, children, dtype_of, opened_h5, read_part, texts
from .h5_heaps import DamageError
from .hashes import compute_sha256

PIECE = 2**24  # bytes that are read at once
MASKS_PACKING = 1032  # deflate's utmost
DEEPEST = 64  # groups in each other


def main() -> None:
    """Read the file named on the command line and say what was found."""
    path, room = Path(sys.argv[1]), int(sys.argv[2])
    _limit(room)
    print(json.dumps({"damage": damage_of(path), "sha256": compute_sha256(path)}), flush=True)


def damage_of(path: Path) -> str | None:
    """Return the first damage in the file, None where all can be read. Raises: MemoryError."""
    try:
        with opened_h5(path) as file:
            _walk_group(file, set(), 0)
    except DamageError as error:
        return str(error).removeprefix(f"{path}: ")
    return None


def _walk_group(group: h5py.Group, seen: set[Any], depth: int) -> None:
    """Read attributes and entries of ``group``; each object once, whatever leads to it."""
    _walk_attributes(group)
    with _refused():
        for name in children(group):
            with _refused():
                found = child(group, name)
                if found is None or found.id in seen or depth == DEEPEST:
                    continue
                seen.add(found.id)
                if isinstance(found, h5py.Group):
                    _walk_group(found, seen, depth + 1)
                elif isinstance(found, h5py.Dataset):
                    _walk_attributes(found)
                    _walk_dataset(found)


def _walk_attributes(node: Any) -> None:
    for name in list(node.attrs):
        with _refused():
            dtype = dtype_of(node.attrs.get_id(name))
            if dtype is not None and dtype.kind in "fiub":
                node.attrs[name]
            else:
                texts(node, name)


def _walk_dataset(dataset: h5py.Dataset) -> None:
    """Read all of ``dataset``, some rows at a time."""
    name = str(dataset.name).strip("/").partition("/")[2] or str(dataset.name)
    shape = check_dataset(dataset, name, kinds="fiub", packing=MASKS_PACKING)
    if not shape:
        read_part(dataset, name, ())
        return
    row = max(1, dataset.dtype.itemsize * dataset.size // max(1, shape[0]))
    tall = dataset.chunks[0] if dataset.chunks else 1  # whole chunks: each is unpacked once
    step = max(tall, PIECE // row // tall * tall)
    for start in range(0, shape[0], step):
        read_part(dataset, name, slice(start, start + step))


@contextmanager
def _refused() -> Iterator[None]:
    """Go on where a reader would refuse, but not where the file is damaged."""
    try:
        yield
    except DamageError:
        raise
    except ValueError:
        return


def _limit(room: int) -> None:
    """Let this process take ``room`` bytes more than it has, and leave no core file; nothing on Windows."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # no Linux
        return
    most, hard = pages * resource.getpagesize() + room, resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(
        resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard)
    )


if __name__ == "__main__":
    main()
