"""Traces as files: HDF5, a dataset a tensor, read lazily and without TensorFlow.

A dataset stands under ``stage/tensor``, such as ``fpn/p2`` or ``backbone/c2.block1.conv1``, with its axes, unit and
frame; the root carries the configuration, the class names and where the trace comes from. Law: what was saved is
loaded, bit by bit; a failed save leaves an older file whole.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np

from ..config import Config
from ..config.files import from_dict, to_dict
from ..files.h5_checks import check_dataset, child, children, open_h5, text
from ..files.h5_sums import SUM, require_seal, seal, write_array
from ..files.h5_writing import writing_h5
from .tensors import names_of, spec_of

FORMAT = "maskrcnn-trace"
VERSION = 1
MASKS_PACKING = 1032  # deflate's utmost: masks are mostly empty
FORMER = {"picture": "image"}  # attributes that older traces call otherwise
_OWN = ("format", "version", "config", "class_names", SUM)  # attributes that are not of the trace itself


class TraceFile(NamedTuple):
    """What a trace file holds; it stays open until ``resources`` are closed."""

    tensors: dict[str, Any]  # by name, unread
    config: Config | None
    attributes: dict[str, str]
    resources: ExitStack


def write_tensors(
    path: Path, tensors: Mapping[str, Any], config: Config | None, attributes: Mapping[str, str]
) -> None:
    """Write a trace's ``tensors`` to ``path``. Whole numbers and masks are compressed; floats hardly would be."""
    with writing_h5(path) as file:
        file.attrs["format"], file.attrs["version"] = FORMAT, VERSION
        if config is not None:
            file.attrs["config"] = json.dumps(to_dict(config), ensure_ascii=False)
            file.attrs["class_names"] = json.dumps(list(config.class_names), ensure_ascii=False)
        for name, value in attributes.items():
            file.attrs[name] = str(value)
        for name, tensor in tensors.items():
            values, spec = np.asarray(tensor), spec_of(name, config)
            small = values.size and values.dtype.kind != "f" and values.ndim
            packed = {"compression": "gzip", "compression_opts": 1} if small else {}
            dataset = write_array(file, name.replace(".", "/", 1), values, **packed)
            dataset.attrs.update({"axes": " ".join(spec.axes), "unit": spec.unit, "frame": spec.frame})
        seal(file)


def open_tensors(path: Path) -> TraceFile:
    """Open a trace file; tensors are read from it when they are asked for, so the file stays open.

    Raises: ValueError for a file that is cut short, of another kind or version, or holds what is no tensor of a trace.
    """
    with ExitStack() as stack:
        file = stack.enter_context(open_h5(path))
        try:
            tensors, config, attributes = _described(file)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        return TraceFile(tensors, config, attributes, stack.pop_all())


def is_trace(path: Path) -> bool:
    """Tell whether ``path`` is a trace file."""
    try:
        with open_h5(path) as file:
            return text(file, "format") == FORMAT
    except (ValueError, OSError):
        return False


def _described(file: h5py.File) -> tuple[dict[str, Any], Config | None, dict[str, str]]:
    """Return tensors, unread, configuration and attributes of an open file."""
    if text(file, "format") != FORMAT:
        raise ValueError("wanted a trace as `maskrcnn trace` writes it, received another kind of HDF5 file")
    version = file.attrs.get("version")
    if not isinstance(version, int | np.integer) or not 1 <= version <= VERSION:
        raise ValueError(f"wanted trace version {VERSION}, received {version!r}; a newer release may read it")
    stored = text(file, "config")
    config = from_dict(json.loads(stored)) if stored else None
    attributes = {FORMER.get(name, name): text(file, name) or "" for name in file.attrs if name not in _OWN}
    require_seal(file)
    return dict(_datasets(file, names_of(config))), config, attributes


def _datasets(file: h5py.File, names: Collection[str]) -> list[tuple[str, h5py.Dataset]]:
    """Return the tensors of a file by name, checked but unread."""
    found = []
    for stage in children(file):
        group = child(file, stage)
        if not isinstance(group, h5py.Group):
            raise ValueError(f"wanted groups of tensors, received a dataset {stage!r}")
        for tensor in children(group):
            name = f"{stage}.{tensor}"
            if name not in names:
                raise ValueError(f"{name!r} is no tensor of a trace")
            dataset = child(group, tensor)
            check_dataset(dataset, name, kinds="fiub", packing=MASKS_PACKING)
            found.append((name, dataset))
    return found
