"""This project's own file: weights, configuration, class names and provenance in one HDF5 file.

Root attributes ``format`` and ``version`` say what it is; ``config``, ``class_names`` and ``provenance`` are JSON. The
group ``weights`` has a dataset a variable, under its flat name, in the order of the network. Other groups (an
optimizer's state) are left alone by readers of weights. Each dataset and the root carry a checksum (``h5_sums``).
Laws: what was saved is loaded, bit by bit, unless ``half`` was asked for; a failed save leaves an older file whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ...config.files import from_dict, to_dict
from ...files.h5_checks import child, children, text
from ...files.h5_sums import require_seal, seal, write_array
from ...files.h5_writing import writing_h5
from ..image_statistics import GROUP, ImageStatistics, statistics_of, write_statistics
from ..names import named_variables
from ..stored import StoredArray, StoredWeights, WeightFormat

MARK = "maskrcnn-weights"  # attribute ``format`` of our files
VERSION = 1


def save_weights(
    model: Any, path: str | Path, provenance: Mapping[str, Any] | None = None, half: bool = False
) -> None:
    """Write the weights of ``model``, its configuration and class names to ``path``.

    provenance: where they come from, texts and numbers: command, seed, steps, seconds, result.
    half: store float16, half the size, relative error 5e-4.
    Raises: ValueError for a provenance that is no JSON, and for values that float16 cannot hold.
    """
    arrays = {name: np.asarray(variable) for name, variable in named_variables(model).items()}
    with writing_h5(path, libver=("v108", "v110")) as file:
        write_weights(file, arrays, to_dict(model.config), provenance or {}, half)
        if model.image_statistics is not None:
            write_statistics(file, model.image_statistics)


def write_weights(
    file: h5py.File,
    arrays: Mapping[str, np.ndarray],
    config: Mapping[str, Any],
    provenance: Mapping[str, Any],
    half: bool = False,
) -> None:
    """Write ``arrays`` by flat name and what belongs to them into an open file; see ``save_weights``."""
    file.attrs["format"] = MARK
    file.attrs["version"] = VERSION
    file.attrs["config"] = as_json(config, "config")
    file.attrs["class_names"] = as_json(config["class_names"], "class names")
    file.attrs["provenance"] = as_json(provenance, "provenance")
    group = file.create_group("weights", track_order=True)
    for name, array in arrays.items():
        write_array(group, name, _half(array, name) if half else np.asarray(array, np.float32))
    seal(file)


def as_json(content: Any, what: str) -> str:
    """Return ``content`` as JSON. Raises: ValueError for what JSON does not have."""
    try:
        return json.dumps(content, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"wanted texts, numbers, lists and dicts as {what}, received {error}") from error


def is_native(file: h5py.File) -> bool:
    """Return whether ``file`` says that it is of this format."""
    try:
        return text(file, "format") == MARK
    except ValueError:  # another format's attribute
        return False


def read_native(file: h5py.File, path: Path) -> StoredWeights:
    """Describe the arrays of a file of this format.

    Raises: ValueError for a newer version, for missing parts, for a configuration that is not sound.
    """
    version = file.attrs.get("version")
    if not isinstance(version, int | np.integer) or not 1 <= version <= VERSION:
        raise ValueError(
            f"wanted format version {VERSION}, received {version!r}; a newer release may read it"
        )
    config = from_dict(json_object(text(file, "config"), "config"))
    group = child(file, "weights")
    if not isinstance(group, h5py.Group):
        raise ValueError("wanted a group named weights, which is not there")
    arrays = {name: StoredArray.checked(name, child(group, name)) for name in children(group)}
    provenance = json_object(text(file, "provenance"), "provenance")
    require_seal(file)
    return StoredWeights(path, "own", arrays, config, provenance, _statistics(file))


def _statistics(file: h5py.File) -> ImageStatistics | None:
    group = child(file, GROUP)
    if not isinstance(group, h5py.Group):
        return None
    found = {name: StoredArray.checked(f"{GROUP}/{name}", child(group, name)) for name in children(group)}
    return statistics_of({name: array.read() for name, array in found.items()})


def json_object(stored: str | None, attribute: str) -> dict[str, Any]:
    """Return the JSON object that is ``stored`` as ``attribute``. Raises: ValueError for none, and for other JSON."""
    if stored is None:
        raise ValueError(f"wanted the attribute {attribute}, which is not there")
    try:
        content = json.loads(stored)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"wanted JSON as attribute {attribute}, received {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"wanted a JSON object as attribute {attribute}, received {type(content).__name__}")
    return content


def _half(array: np.ndarray, name: str) -> np.ndarray:
    """Return ``array`` as float16. Raises: ValueError where it would become infinite."""
    with np.errstate(over="ignore"):
        halved = np.asarray(array, np.float16)
    if np.isinf(halved).sum() > np.isinf(array).sum():
        raise ValueError(
            f"{name}: holds values beyond 65504, which half precision cannot store; save without half"
        )
    return halved


FORMAT = WeightFormat("native", is_native, read_native)
