"""Interventions: a tensor is edited, or a part of it, and the model goes on from there.

Inputs: a trace, the name of a tensor, which part of it, and what to do with that part. Outputs: an edit for
``model.replay(trace, edits={name: edit})``. The four changes are ``zero``, ``scale``, ``noise`` and ``swap``.

Shapes: y, x cells or px; A anchors; n proposals; d detections; yxyx px of the tensor's own frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.recording.detail import block_of, entering_of
from maskrcnn_core.recording.tensors import spec_of
from maskrcnn_core.recording.trace import Edit, Trace, config_of

Change = Callable[[np.ndarray], np.ndarray]
Region = tuple[float, float, float, float]  # yxyx

CHANNELS = ("channel", "rgb", "K", "objectness", "dydxdhdw")  # axes that ``Part.channel`` counts on
ROWS = {  # axis -> boxes of its rows, their levels
    "A": ("anchors.boxes", "anchors.level"),
    "n": ("proposals.boxes", "box_roi.level"),
    "d": ("detections.boxes", "mask_roi.level"),
}


@dataclass(frozen=True)
class Part:
    """Which part of a tensor; what is None does not narrow it down.

    level: of tensors with a row an anchor, proposal or detection: the rows of one pyramid level. channel: a place on
    the last axis. region: (yxyx); of a map the cells that it touches, of rows those whose box has its centre there.
    It is in network-input px; for ``image.original`` and ``composing.picture`` in image px. outside: all but the
    region.
    """

    level: int | None = None
    channel: int | None = None
    region: Region | None = None
    outside: bool = False


WHOLE = Part()


def zero() -> Change:
    """Put 0: what if this said nothing?"""
    return np.zeros_like


def scale(factor: float) -> Change:
    """Multiply by ``factor``."""
    return lambda values: values * factor


def noise(std: float, seed: int) -> Change:
    """Add normal noise of ``std``, in the tensor's unit; the same ``seed`` gives the same noise."""
    return lambda values: values + np.random.default_rng(seed).normal(0.0, std, values.shape)


def swap(other: Trace, name: str) -> Change:
    """Put the values that tensor ``name`` has in the trace of another image.

    Raises: ValueError, when it is applied, where the two have different shapes.
    """
    theirs = np.asarray(other[name])

    def change(values: np.ndarray) -> np.ndarray:
        if theirs.shape != values.shape:
            raise ValueError(
                f"swap of {name}: wanted {values.shape} as in this image, received {theirs.shape}; "
                "choose an image of the same preprocessed size and a tensor without an axis of k, n or d"
            )
        return theirs

    return change


def make_edit(trace: Trace, name: str, change: Change, part: Part = WHOLE) -> Edit:
    """Return the edit that applies ``change`` to ``part`` of the tensor ``name`` and leaves the rest.

    trace: what will be replayed; tells sizes and the boxes of rows. Law: ``scale(1.0)`` changes nothing.
    Raises: ValueError for a part that the tensor does not have.
    """
    inside = selected(trace, name, part)

    def edit(value: Any) -> np.ndarray:
        values = np.asarray(value)
        wanted = np.broadcast_to(inside, values.shape)
        return np.where(wanted, _as(values.dtype, np.asarray(change(values))), values)

    return edit


def with_tensor(model: Any, trace: Trace, name: str) -> Trace:
    """Return ``trace`` with the tensor ``name``, which may be inside a block or layer, and with what its block reads.

    So many edits of it can be replayed from that block on. A trace that holds the tensor is returned as it is.
    """
    if name in trace:
        return trace
    level, number = (
        block_of(name, config_of(trace).backbone.blocks) if name.startswith("backbone.") else (0, 0)
    )
    before = [entering_of(level, number)] if level > 1 else []
    held: Trace = model.replay(trace, keep=[name, *before])
    return held


def _as(dtype: np.dtype[Any], values: np.ndarray) -> np.ndarray:
    """Return ``values`` in ``dtype``; whole numbers are rounded and stay within what the type can hold."""
    if dtype.kind not in "iu":
        return values.astype(dtype)
    limits = np.iinfo(dtype)
    return np.clip(np.rint(values), limits.min, limits.max).astype(dtype)


def selected(trace: Trace, name: str, part: Part = WHOLE) -> np.ndarray:
    """Return which values of the tensor ``name`` belong to ``part``: bool, to be broadcast to its shape.

    Raises: ValueError for a part that the tensor does not have.
    """
    axes, shape = spec_of(name, trace.config).axes, trace.shape(name)
    inside = np.ones((1,) * len(shape), bool)
    if part.channel is not None:
        inside = inside & _channel(name, axes, shape, part.channel)
    if part.region is not None:
        inside = inside & (_in_region(trace, name, part.region) ^ part.outside)
    if part.level is not None:
        rows = trace[_rows_of(name, "level")[1]] == part.level
        inside = inside & rows.reshape(-1, *(1,) * (len(shape) - 1))
    return inside


def _channel(name: str, axes: tuple[str, ...], shape: tuple[int, ...], channel: int) -> np.ndarray:
    if not axes or axes[-1] not in CHANNELS or not 0 <= channel < shape[-1]:
        has = f"{shape[-1]} of them" if axes and axes[-1] in CHANNELS else "no such axis"
        raise ValueError(f"{name}: wanted a channel that it has, received {channel}; it has {has}")
    return np.asarray(np.arange(shape[-1]) == channel)


def _in_region(trace: Trace, name: str, region: Region) -> np.ndarray:
    """Return the cells of a map that ``region`` touches, or the rows whose boxes have their centre in it."""
    y1, x1, y2, x2 = (float(v) for v in region)
    if not (y2 > y1 and x2 > x1):
        raise ValueError(f"wanted a region y1 < y2 and x1 < x2 in px, received {region}")
    axes, shape = spec_of(name, trace.config).axes, trace.shape(name)
    if axes[:2] == ("y", "x"):
        stride = stride_of(name, trace.config)
        y, x = np.arange(shape[0]) * stride, np.arange(shape[1]) * stride
        rows, columns = (y < y2) & (y + stride > y1), (x < x2) & (x + stride > x1)
        return (rows[:, None] & columns[None]).reshape(*shape[:2], *(1,) * (len(shape) - 2))
    boxes = np.asarray(trace[_rows_of(name, "region")[0]])
    middle_y, middle_x = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    inside = (middle_y >= y1) & (middle_y < y2) & (middle_x >= x1) & (middle_x < x2)
    return np.asarray(inside.reshape(-1, *(1,) * (len(shape) - 1)))


def stride_of(name: str, config: Config | None = None) -> int:
    """Return px a cell of a map: 8 for ``fpn.p3``, 1 for an image."""
    frame = spec_of(name, config).frame
    return int(frame.removeprefix("stride ")) if frame.startswith("stride ") else 1


def _rows_of(name: str, part: str) -> tuple[str, str]:
    """Return where boxes and levels of the tensor's rows stand. Raises: ValueError for a tensor without such rows."""
    axes = spec_of(name).axes
    if not axes or axes[0] not in ROWS:
        raise ValueError(
            f"{name} [{' '.join(axes)}] has no {part} to choose by; a {part} belongs to "
            + ("maps and to " if part == "region" else "")
            + "tensors with a row an anchor, proposal or detection"
        )
    return ROWS[axes[0]]
