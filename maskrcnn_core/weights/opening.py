"""Opening a file of weights in any layout that is known; needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from ..files.h5_checks import children, open_h5
from ..runtime.plugins import offered
from .stored import StoredWeights, WeightFormat


def formats() -> list[WeightFormat]:
    """Return the layouts that can be read, ours first."""
    return [entry.load() for entry in offered("maskrcnn.weights").values()]


@contextmanager
def open_weights(path: str | Path) -> Iterator[StoredWeights]:
    """Open a file of weights in any layout that is known; its arrays can be read inside the block.

    Raises: ValueError, naming the file, for anything else, with what was found.
    """
    path = Path(path)
    with open_h5(path) as file:
        try:
            layout = next((each for each in formats() if each.fits(file)), None)
            if layout is None:
                raise ValueError(
                    "wanted this project's weights or the classic layout (attribute layer_names), "
                    f"received a file that holds {_listing(file)}"
                )
            stored = layout.read(file, path)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        yield stored


def _listing(file: h5py.File) -> str:
    """Say what lies at the root of a file, shortened."""
    entries = [f"{len(file)} entries"] if len(file) > 1000 else children(file)
    attributes = [f"attribute {name}" for name in list(file.attrs)[:4]]
    shown = ", ".join([*entries[:6], *(["…"] if len(entries) > 6 else []), *attributes])
    return shown or "nothing"
