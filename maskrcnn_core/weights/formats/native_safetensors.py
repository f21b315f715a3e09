"""This project's weights as safetensors: the same content as our HDF5 file, for programs that read that format.

The arrays stand under their flat names, float32. What HDF5 holds as attributes are texts of the header's metadata:
``format``, ``version``, ``config``, ``class_names``, ``provenance``; and ``variables``, the names in the order of the
network, since the format sorts by name.
Laws: what was saved is loaded, bit by bit; a failed save leaves an older file whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ...config.files import from_dict, to_dict
from ...files.atomic import replacing
from ..image_statistics import GROUP, statistics_of
from ..names import named_variables
from ..stored import StoredArray, StoredWeights
from .native import MARK, VERSION, as_json, json_object


class OpenSafetensors(Protocol):
    """What is wanted of an open file; ``maskrcnn_core.files.torch.StateDict`` is one."""

    path: Path
    names: dict[str, tuple[tuple[int, ...], np.dtype[Any]]]
    metadata: dict[str, Any]

    def read(self, name: str) -> np.ndarray:
        """Return one array."""


def save_safetensors(model: Any, path: str | Path, provenance: Mapping[str, Any] | None = None) -> None:
    """Write the weights of ``model``, its configuration and class names to ``path``; see ``native.save_weights``.

    Raises: ValueError for a provenance that is no JSON; OSError naming ``path`` where it cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    arrays = {
        name: np.ascontiguousarray(variable, np.float32) for name, variable in named_variables(model).items()
    }
    statistics = {} if model.image_statistics is None else model.image_statistics.arrays()
    beside = {f"{GROUP}.{name}": array for name, array in statistics.items()}
    texts = {
        "format": MARK,
        "version": str(VERSION),
        "config": as_json(to_dict(model.config), "config"),
        "class_names": as_json(model.config.class_names, "class names"),
        "provenance": as_json(provenance or {}, "provenance"),
        "variables": as_json(list(arrays), "names"),
    }
    try:
        with replacing(path) as part:
            save_file({**arrays, **beside}, part, texts)
    except (OSError, SafetensorError) as error:
        raise OSError(f"cannot write {path}: {error}; what was there before is whole") from error


def is_native_safetensors(file: OpenSafetensors) -> bool:
    """Return whether an open file says that it is of this format."""
    return file.metadata.get("format") == MARK


def read_native_safetensors(file: OpenSafetensors) -> StoredWeights:
    """Describe the arrays of such a file. Raises: ValueError for a newer version and a configuration not sound."""
    version = file.metadata.get("version", "")
    if not str(version).isdecimal() or not 1 <= int(version) <= VERSION:
        raise ValueError(
            f"wanted format version {VERSION}, received {version!r}; a newer release may read it"
        )
    config = from_dict(json_object(file.metadata.get("config"), "config"))
    arrays = {}
    for name in _in_order(file):
        shape, dtype = file.names[name]
        if dtype.kind != "f":
            raise ValueError(f"{name}: wanted floating point numbers, received {dtype}")
        arrays[name] = StoredArray(name, shape, dtype, lambda name=name: file.read(name))  # type: ignore[misc]
    provenance = json_object(file.metadata.get("provenance"), "provenance")
    beside = {name: arrays.pop(name).read() for name in list(arrays) if name.startswith(f"{GROUP}.")}
    statistics = statistics_of({name.partition(".")[2]: array for name, array in beside.items()})
    return StoredWeights(file.path, "own", arrays, config, provenance, statistics)


def _in_order(file: OpenSafetensors) -> list[str]:
    """Return the names in the order of the network, where the file says it; those that it leaves out come last."""
    try:
        listed = json.loads(file.metadata.get("variables", "[]"))
    except (ValueError, RecursionError):
        listed = []
    known = [name for name in listed if isinstance(name, str) and name in file.names]
    return list(dict.fromkeys([*known, *file.names]))
