"""Opening a file of weights in any layout that is known; needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import h5py

from ..files.h5_checks import children, open_h5
from ..files.torch import StateDict, open_state_dict
from ..runtime.plugins import offered
from .formats.native_safetensors import is_native_safetensors, read_native_safetensors
from .formats.state_dicts import foreign_of
from .stored import StoredArray, StoredWeights, WeightFormat

PYTORCH = (".pth", ".pt", ".pkl", ".safetensors")  # names that PyTorch's users give their weights
PICKLED = (b"PK\x03\x04", b"\x80")  # how a zip archive and a pickle begin


def formats() -> list[WeightFormat]:
    """Return the layouts that can be read, ours first."""
    return [entry.load() for entry in offered("maskrcnn.weights").values()]


@contextmanager
def open_weights(path: str | Path) -> Iterator[StoredWeights]:
    """Open a file of weights in any layout that is known; its arrays can be read inside the block.

    Raises: ValueError, naming the file, for anything else, with what was found.
    """
    path = Path(path)
    if _is_pytorch(path):
        with open_state_dict(path) as state:
            try:
                described = _described(state)
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from error
            yield described
        return
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


def _is_pytorch(path: Path) -> bool:
    """Return whether the file is called, or begins, like PyTorch's."""
    if path.suffix.lower() in PYTORCH or not path.is_file():
        return path.suffix.lower() in PYTORCH
    with path.open("rb") as file:
        return file.read(4).startswith(PICKLED)


def _described(state: StateDict) -> StoredWeights:
    """Describe an open state dict by our names; names that are no weights of ours keep theirs."""
    if is_native_safetensors(state):
        return read_native_safetensors(state)
    found = foreign_of(state)
    arrays = {
        name: StoredArray(
            name, source.shape, state.names[source.name][1], partial(found.read, name, state.read)
        )
        for name, source in found.sources.items()
    }
    for name in found.unknown:
        shape, dtype = state.names[name]
        arrays[name] = StoredArray(name, shape, dtype, partial(state.read, name))
    return StoredWeights(state.path, found.layout, arrays, found.config)


def _listing(file: h5py.File) -> str:
    """Say what lies at the root of a file, shortened."""
    entries = [f"{len(file)} entries"] if len(file) > 1000 else children(file)
    attributes = [f"attribute {name}" for name in list(file.attrs)[:4]]
    shown = ", ".join([*entries[:6], *(["…"] if len(entries) > 6 else []), *attributes])
    return shown or "nothing"
