"""Feature maps over the picture: which a trace holds, where their cells lie, and what a cell can see.

Shapes: y, x cells of a map; yxyx molded px.
"""

from __future__ import annotations

import numpy as np

from maskrcnn_core.tensors import TENSORS
from maskrcnn_core.trace import Trace

from ..analysis.activations import Channels, channels_of, summarise
from ..analysis.receptive_field import receptive_field
from ..canvas import NEUTRAL, Boxes, Frames
from ..session import Selection
from .common import config_of, molded_picture
from .kept import kept
from .scene import UNSHOWABLE

MAPS = tuple(name for name, spec in TENSORS.items() if spec.axes == ("y", "x", "channel"))
PLACES = 5  # a side: cells whose receptive fields a page without a kernel shows


def maps_in(trace: Trace) -> list[str]:
    """Return the maps [y x channel] that the trace holds, in the order of the pipeline."""
    return [name for name in MAPS if name in trace]


def chosen_map(trace: Trace, selection: Selection, name: str | None) -> str:
    """Return ``name``, or the map from which the selected proposal is pooled, or the first. Raises: ValueError."""
    names = maps_in(trace)
    if not names:
        raise ValueError('this trace holds no maps; record them with keep=["backbone.*", "fpn.*"]')
    if name is None and selection.proposal is not None and "box_roi.level" in trace:
        name = f"fpn.p{int(trace['box_roi.level'][selection.proposal])}"
        return name if name in names else names[0]
    return name or ("fpn.p3" if "fpn.p3" in names else names[0])


def numbers_of(trace: Trace, name: str) -> Channels:
    """Return the numbers of each channel of a map."""
    return kept(f"channels of {name}", lambda: channels_of(trace[name]), [trace[name]])


def summary_of(trace: Trace, name: str, how: str) -> np.ndarray:
    """Return a map (y, x), summed up over its channels."""
    return kept(f"{how} of {name}", lambda: summarise(trace[name], how), [trace[name]])


def field_of(trace: Trace, name: str, cell: int) -> tuple[int, int, int, int]:
    """Return the yxyx molded px that a cell, numbered by y * width + x, can see."""
    place = divmod(cell, trace.shape(name)[1])
    return receptive_field(config_of(trace), molded_size(trace, name), name, place)


def raster(rows: int, columns: int) -> list[int]:
    """Return cells spread evenly over a map, by their numbers: ``PLACES`` a side at most."""
    along = [np.unique(np.linspace(0, n - 1, min(n, PLACES)).round().astype(int)) for n in (rows, columns)]
    return [int(row * columns + column) for row in along[0] for column in along[1]]


def ground(trace: Trace, name: str) -> tuple[np.ndarray | None, tuple[int, int]]:
    """Return the molded picture, or none where it was not recorded, and its size (y, x) px."""
    size = molded_size(trace, name)
    return (molded_picture(trace) if "molding.image" in trace else None), size


def molded_size(trace: Trace, name: str) -> tuple[int, int]:
    """Return (y, x) px of the molded image, from a map where the image itself was not recorded."""
    if "molding.image" in trace:
        height, width = trace.shape("molding.image")[:2]
    else:
        height, width = (cells * stride_of(name) for cells in trace.shape(name)[:2])
    return height, width


def extent_of(trace: Trace, name: str) -> tuple[float, float, float, float]:
    """Return the yxyx molded px that the cells of a map cover, at their stride."""
    rows, columns = trace.shape(name)[:2]
    return 0.0, 0.0, float(rows * stride_of(name)), float(columns * stride_of(name))


def level_of(name: str) -> int:
    """Return the level of a map, the number at its end: 3 of ``backbone.c3``, ``fpn.merged3`` and ``fpn.p3``."""
    return int(name[-1])


def stride_of(name: str) -> int:
    """Return molded px a cell."""
    return int(2 ** level_of(name))


def fields(trace: Trace, name: str, cells: list[int], baked: bool) -> tuple[Frames | None, list[Boxes]]:
    """Return the receptive fields of ``cells``, one a frame where they are ``baked``."""
    if not cells or not (min(cells) >= 0 and max(cells) < np.prod(trace.shape(name)[:2])):
        return None, []
    columns = trace.shape(name)[1]
    try:
        boxes = np.array([field_of(trace, name, cell) for cell in cells], np.float32)
    except UNSHOWABLE:  # an architecture whose kernels are not known: the map is shown all the same
        return None, []
    names = [f"cell ({cell // columns}, {cell % columns})" for cell in cells]
    layer = Boxes(
        boxes, "receptive field", index=np.array(cells), labels=names, colours=NEUTRAL, style="dotted",
        filtered=False, numbered=False, frames=[[row] for row in range(len(cells))] if baked and len(cells) > 1 else (),
    )  # fmt: skip
    return (Frames("Receptive field of", names, len(names) // 2) if layer.frames else None), [layer]
