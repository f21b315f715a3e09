"""HDF5 files that are written whole or not at all, on full disks as well.

HDF5 ends the whole process with a segmentation fault when the disk runs full under it. So a file is built in memory,
which has room for the weights anyway, and then written as plain bytes: what fails there is an ``OSError``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from ..atomic import replacing


@contextmanager
def writing_h5(path: str | Path, **options: Any) -> Iterator[h5py.File]:
    """Give an empty HDF5 file; when the block ends well, it takes the place of ``path``.

    options: of ``h5py.File``.
    Raises: OSError naming ``path`` where it cannot be written; what was there before is whole.
    """
    memory = io.BytesIO()
    with h5py.File(memory, "w", **options) as file:
        yield file
    try:
        with replacing(path) as part:
            part.write_bytes(memory.getbuffer())
    except OSError as error:
        raise OSError(
            f"cannot write {path}: {error.strerror or error}; what was there before is whole"
        ) from error
