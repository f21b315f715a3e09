"""Feature maps: which a trace holds, where their cells lie on the image, and what a cell can see.

A map is a tensor with axes y, x and channel: of the backbone, of the pyramid, of one proposal or detection as it was
pooled, of one detection's mask logits, where the channels are classes, or of the network's input itself.

Shapes: y, x cells of a map; yxyx network-input px, or cells of a region.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maskrcnn_core.config import LEVELS, Config
from maskrcnn_core.recording.tensors import TensorSpec, detail_of, spec_of
from maskrcnn_core.recording.trace import Trace, config_of

from ....analysis.features.activations import Channels, channels_of, summarise
from ....analysis.features.receptive_field import receptive_field
from ....canvas import NEUTRAL, Boxes, Frames
from ....session import Selection
from ...framework.cells import cells_name
from ...framework.common import molded_image
from ...framework.keeping import kept
from ...framework.scene import RENDER_ERRORS

ROWS = {"n": "proposal", "d": "detection"}  # whose map it is, where a tensor holds one for each
PLACES = 5  # a side: cells whose receptive fields a page without a kernel shows


@dataclass(frozen=True, eq=False)
class FeatureMap:
    """One map (y, x, channel) of a trace: a tensor, or the ``row`` of a tensor that holds several."""

    trace: Trace
    name: str
    row: int | None = None

    @property
    def features(self) -> np.ndarray:
        """Return the map (y, x, channel) as it was recorded."""
        values = self.trace[self.name]
        return np.asarray(values if self.row is None else values[self.row])

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return rows, columns and channels."""
        rows, columns, count = self.trace.shape(self.name)[-3:]
        return rows, columns, count

    @property
    def spec(self) -> TensorSpec:
        """Return what the tensor is."""
        return spec_of(self.name, self.trace.config)

    @property
    def title(self) -> str:
        """Return the tensor's name, and whose map it is."""
        return self.name if self.row is None else f"{self.name} of {ROWS[self.spec.axes[0]]} {self.row}"

    @property
    def level(self) -> int | None:
        """Return the level, 3 of all maps at stride 8; None where the map lies on no grid of the image."""
        stride = self.spec.frame.removeprefix("stride ")
        return int(stride).bit_length() - 1 if stride.isdigit() else None

    @property
    def on_image(self) -> bool:
        """Return whether the cells lie over the network input, and not over a region of their own."""
        return self.row is None

    @property
    def frame(self) -> str:
        """Return the frame for titles."""
        if self.level is not None:
            return f"{self.spec.frame}, network-input px"
        return "network-input px" if self.on_image else "cells of the region"

    @property
    def stride(self) -> int:
        """Return the px a cell."""
        return 1 if self.level is None else int(2**self.level)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Return the yxyx px that the cells cover."""
        return 0.0, 0.0, float(self.shape[0] * self.stride), float(self.shape[1] * self.stride)

    @property
    def size(self) -> tuple[int, int]:
        """Return (y, x) px of the network input, from the map where the image was not recorded; or of the region."""
        if self.on_image and "molding.image" in self.trace:
            height, width = self.trace.shape("molding.image")[:2]
            return height, width
        return self.shape[0] * self.stride, self.shape[1] * self.stride

    @property
    def image(self) -> np.ndarray | None:
        """Return the network input under the cells; None where there is none."""
        under = self.on_image and "molding.image" in self.trace
        return molded_image(self.trace) if under else None

    @property
    def cells(self) -> str:
        """Return what its cells are called in every view."""
        return cells_name(self.level) if self.level in LEVELS else f"{self.name} cells"

    @property
    def channels(self) -> str:
        """Return what its channels are called in every view."""
        return f"{self.name} channels"

    def numbers(self) -> Channels:
        """Return the numbers of each channel."""
        return kept(f"channels of {self.title}", lambda: channels_of(self.features), [self.trace[self.name]])

    def summary(self, how: str) -> np.ndarray:
        """Return the map (y, x), summed up over its channels."""
        return kept(f"{how} of {self.title}", lambda: summarise(self.features, how), [self.trace[self.name]])

    def field(self, cell: int) -> tuple[int, int, int, int]:
        """Return the yxyx network-input px that a cell, numbered by y * width + x, can see. Raises: ValueError."""
        place = divmod(cell, self.shape[1])
        return receptive_field(config_of(self.trace), self.size, self.name, place)


def maps_in(trace: Trace) -> list[str]:
    """Return the tensors that hold maps and rows of them, in the order of the pipeline."""
    return [name for name in trace if is_map(spec_of(name, trace.config)) and trace.shape(name)[0]]


def is_map(spec: TensorSpec) -> bool:
    """Return whether a tensor holds a map, or one a row."""
    return spec.axes[-3:-1] == ("y", "x") and (spec.unit != "grey level" or spec.name == "molding.image")


def maps_inside(config: Config) -> list[str]:
    """Return the maps inside blocks and layers, which are recorded when they are asked for."""
    return [name for name, spec in detail_of(config).items() if is_map(spec)]


def map_of(trace: Trace, selection: Selection, name: str | None = None) -> FeatureMap:
    """Return the map ``name``, the selected row of it where it holds several, or the first.

    By default the map from which the selected proposal is pooled. Raises: ValueError where there is none.
    """
    names = maps_in(trace)
    if name is None:
        name = "fpn.p3"
        if selection.proposal is not None and "box_roi.level" in trace:
            name = f"fpn.p{int(trace['box_roi.level'][selection.proposal])}"
        if names and name not in names:
            name = names[0]
    if name not in names:
        wanted = "maps" if not names else f"maps {spec_of(name, trace.config).name}"
        raise ValueError(f'this trace holds no {wanted}; record them with keep=["backbone.*", "fpn.*", …]')
    owner = ROWS.get(spec_of(name, trace.config).axes[0])
    if owner is None:
        return FeatureMap(trace, name)
    row = getattr(selection, owner)
    return FeatureMap(trace, name, 0 if row is None else row)


def raster(rows: int, columns: int) -> list[int]:
    """Return cells spread evenly over a map, by their numbers: ``PLACES`` a side at most."""
    along = [np.unique(np.linspace(0, n - 1, min(n, PLACES)).round().astype(int)) for n in (rows, columns)]
    return [int(row * columns + column) for row in along[0] for column in along[1]]


def fields(one: FeatureMap, cells: list[int], baked: bool = False) -> tuple[Frames | None, list[Boxes]]:
    """Return the receptive fields of ``cells``, one a frame where they are ``baked``."""
    columns = one.shape[1]
    try:
        boxes = np.array([one.field(cell) for cell in cells], np.float32)
    except RENDER_ERRORS:  # kernels that are not known, or a map beyond the pyramid: it is shown all the same
        return None, []
    if not cells:
        return None, []
    names = [f"cell ({cell // columns}, {cell % columns})" for cell in cells]
    several = baked and len(cells) > 1
    layer = Boxes(
        boxes, "receptive field", index=np.array(cells), labels=names, colours=NEUTRAL, style="dotted",
        filtered=False, numbered=False, frames=[[row] for row in range(len(cells))] if several else (),
    )  # fmt: skip
    return (Frames("Receptive field of", names, len(names) // 2) if several else None), [layer]
