"""Tap and trace: reading and editing every tensor of a forward pass by name.

``tap(name, value) -> value`` stands where a tensor is made. The default, ``passthrough``, returns its value and adds
nothing to a graph. A ``Trace`` is a tap that applies an edit, checks rank and axes against ``TENSORS`` and keeps what
``keep`` allows; afterwards it is a mapping from names to arrays. It holds one image: tensors that carry a leading
axis of one image inside the network lose it here and get it back on return.

A trace needs no TensorFlow: a saved one opens in a program that has never imported it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..config import Config
from ..files.h5_sums import require_sum
from .tensors import TENSORS, TensorSpec, matching, names_of, spec_of
from .trace_files import open_tensors, write_tensors

Edit = Callable[[Any], Any] | np.ndarray | float

# what survives NMS decides how many rows follow: an edit may keep more of them, or fewer
CHOICES = ("proposals.nms_index", "detections.candidate_index", "detections.proposal_index")


class Tap(Protocol):
    """What a stage calls where it makes a tensor."""

    def __call__(self, name: str, value: Any) -> Any:
        """Return the value that the stage goes on with."""


def passthrough(name: str, value: Any) -> Any:
    """Return ``value``: the tap that does nothing."""
    return value


def wants(tap: Tap, name: str) -> bool:
    """Return whether ``tap`` does anything with the tensor ``name``; a tap that cannot say so wants all."""
    if tap is passthrough:
        return False
    return tap.wants(name) if isinstance(tap, Trace) else True


def within(tap: Tap, prefix: str) -> Tap:
    """Return ``tap`` for what lies inside ``prefix``: the names it is given go on from there."""
    return passthrough if tap is passthrough else lambda name, value: tap(f"{prefix}.{name}", value)


class Trace(Mapping[str, Any]):
    """The recorded tensors of one image by name, in the order of ``TENSORS``.

    keep: names or glob patterns of the tensors to keep, see ``tensors.matching``.
    edits: name -> function of the tensor or a value to put in its place; shape and dtype must stay, but ``CHOICES``
    may have other rows.
    config: the configuration that was run; travels with the trace and its file.
    """

    def __init__(
        self,
        keep: str | tuple[str, ...] | list[str] = "*",
        edits: Mapping[str, Edit] | None = None,
        config: Config | None = None,
    ) -> None:
        self.keep = matching(keep, config)
        self.edits = {spec_of(name, config).name: edit for name, edit in (edits or {}).items()}
        self.config = config
        self.attributes: dict[str, str] = {}  # where it comes from: image, weights, version
        self.resources = ExitStack()  # the file it was opened from
        self._tensors: dict[str, Any] = {}
        self._sizes: dict[tuple[str, str], int] = {}

    def __call__(self, name: str, value: Any) -> Any:
        """Record ``value`` (a tensor or array) and return it, edited if an edit of that name was given."""
        spec = spec_of(name, self.config)
        batched = len(value.shape) == len(spec.axes) + 1
        if batched and value.shape[0] not in (1, None):
            raise ValueError(f"{name}: a trace holds one image, received a batch of {value.shape[0]}")
        if name in self.edits:
            inner = _edited(value[0] if batched else value, self.edits[name], name)
            self._check(spec, inner.shape)
            if name in self.keep:
                self._tensors[name] = as_array(inner)
            return inner[None] if batched else inner
        self._check(spec, value.shape[batched:])
        if name in self.keep:
            values = as_array(value)  # in a graph it stays as it is: taking the only image would copy it
            self._tensors[name] = values[0] if batched and isinstance(values, np.ndarray) else values
        return value

    def wants(self, name: str) -> bool:
        """Return whether the tensor ``name`` is kept or edited."""
        return name in self.keep or name in self.edits

    def _check(self, spec: TensorSpec, shape: Any) -> None:
        """Hold rank and the length of shared axes (A, k, n, c, d, g, r, K …) of a ``shape`` against the spec."""
        if len(shape) != len(spec.axes):
            raise ValueError(
                f"{spec.name}: wanted axes [{' '.join(spec.axes)}], received shape {tuple(shape)}"
            )
        for axis, size in zip(spec.axes, shape, strict=True):
            fixed = {"yxyx": 4, "dydxdhdw": 4}.get(axis)
            if size is None or not (fixed or axis in "AkncdgrK"):
                continue
            wanted = fixed or self._sizes.setdefault((axis, ""), int(size))
            if size != wanted:
                raise ValueError(f"{spec.name}: axis {axis} has {size} entries, wanted {wanted}")

    def update(self, tensors: Mapping[str, Any]) -> None:
        """Add tensors that a compiled forward pass recorded, with or without a leading axis of one image."""
        for name, value in tensors.items():
            spec, values = spec_of(name, self.config), as_array(value)
            if isinstance(values, np.ndarray) and values.ndim == len(spec.axes) + 1 and len(values) == 1:
                values = values[0]
            self._check(spec, values.shape)
            self._tensors[name] = values

    def only(self, names: frozenset[str]) -> Trace:
        """Return the trace with the tensors ``names`` alone."""
        self.keep = names
        self._tensors = {name: value for name, value in self._tensors.items() if name in names}
        return self

    def __getitem__(self, name: str) -> Any:
        if name not in self._tensors:
            spec_of(name, self.config)  # an unknown name raises here, with the nearest ones
            raise KeyError(f"{name} was not recorded; this trace holds {', '.join(self) or 'nothing'}")
        value = self._tensors[name]
        if not isinstance(value, np.ndarray) and hasattr(
            value, "read_direct"
        ):  # a dataset of a file: read on demand
            value = self._tensors[name] = _read(value, name)
        return value

    def __iter__(self) -> Iterator[str]:
        names = TENSORS if self._tensors.keys() <= TENSORS.keys() else names_of(self.config)
        return (name for name in names if name in self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)

    def __contains__(self, name: object) -> bool:
        return name in self._tensors

    def __repr__(self) -> str:
        return f"<Trace of {len(self)} tensors: {', '.join(self)}>"

    def close(self) -> None:
        """Close the file that the trace was opened from; tensors that were not read yet are gone."""
        self.resources.close()

    def __enter__(self) -> Trace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def tensors(self) -> dict[str, Any]:
        """The recorded tensors as they are, unread datasets included."""
        return dict(self._tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return a tensor's shape without reading it from its file."""
        return tuple(self._tensors[name].shape) if name in self._tensors else tuple(self[name].shape)

    def save(self, path: str | Path) -> None:
        """Write the trace as HDF5: a dataset a tensor, ``stage/tensor``. Written to a temporary name, then renamed."""
        write_tensors(Path(path), self, self.config, self.attributes)

    @staticmethod
    def load(path: str | Path) -> Trace:
        """Open a trace file; tensors are read when asked for. Raises: ValueError for anything but a sound trace."""
        tensors, config, attributes, resources = open_tensors(Path(path))
        trace = Trace(config=config)
        trace.attributes, trace.resources = attributes, resources
        try:
            trace.update(tensors)
        except ValueError as error:
            trace.close()
            raise ValueError(f"{path}: {error}") from error
        return trace


def _read(dataset: Any, name: str) -> np.ndarray:
    """Return the content of a file's dataset. Raises: ValueError where the file is closed, cut short or damaged."""
    try:
        array = np.asarray(dataset[()])
        require_sum(dataset, array, name)
        return array
    except (OSError, RuntimeError, ValueError) as error:
        raise ValueError(f"{name} cannot be read: {error}; record the trace again") from error


def as_array(value: Any) -> Any:
    """Return the values of a tensor without copying them where they are in this machine's memory; read only then.

    Copying all tensors of a large image takes a tenth of the time of detecting on it. A tensor that is still to be
    computed, and an array, are returned as they are.
    """
    if not hasattr(value, "numpy"):
        return value
    try:
        return np.asarray(memoryview(value))
    except (TypeError, ValueError, BufferError):  # another device's, or bfloat16, which has no buffer
        return np.asarray(value.numpy())


def _edited(value: Any, edit: Edit, name: str) -> Any:
    """Return ``value`` with ``edit`` applied, in the same shape and dtype, as the same kind of array."""
    if isinstance(value, np.ndarray):
        value = value.copy()  # an edit in place stays inside the trace
    result = edit(value) if callable(edit) else edit
    if isinstance(value, np.ndarray):
        result = np.asarray(result, value.dtype)
        broadcast = np.broadcast_to
    else:
        import tensorflow as tf  # the value is a tensor: TensorFlow is there already

        result = tf.cast(tf.convert_to_tensor(result), value.dtype)
        broadcast = tf.broadcast_to
    if len(result.shape) == 0:
        result = broadcast(result, value.shape)
    wanted, received = tuple(value.shape), tuple(result.shape)
    if received != wanted and not (name in CHOICES and len(received) == 1):
        raise ValueError(f"edit of {name}: wanted shape {wanted}, received {received}")
    return result


def config_of(trace: Trace) -> Config:
    """Return the configuration that ``trace`` was run with. Raises: ValueError where it carries none."""
    if trace.config is None:
        raise ValueError(
            "wanted a trace with its configuration, received one without; record it again with model.trace"
        )
    return trace.config
