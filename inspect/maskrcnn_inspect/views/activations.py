"""Activations: any map of the backbone and the pyramid, summed up, channel by channel, and what a cell can see.

Colours diverge around 0. A cell that is NaN or infinite is hatched, a channel of nothing but 0 is called dead; nothing
is clipped or cast (the classic notebook cast to uint8 and showed -1.5 as 255).

Shapes: y, x cells of a map; channel; yxyx molded px.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets
import numpy as np

from maskrcnn_core.tensors import spec_of
from maskrcnn_core.trace import Trace

from ..analysis.activations import SUMMARIES, summarise
from ..canvas import Boxes, Frames, Heat, Html
from ..canvas.standalone import Part
from ..session import Selection, Session
from .activation_charts import figure, histogram
from .cells import cells_name
from .channel_sheet import TILES, channels, channels_name, sheet
from .feature_maps import (
    chosen_map,
    extent_of,
    field_of,
    fields,
    ground,
    level_of,
    maps_in,
    numbers_of,
    raster,
    stride_of,
    summary_of,
)
from .kept import kept_chart
from .panel import Panel
from .rows import detection_boxes
from .scene import Chart, Scene, Shown, View, still

__all__ = ["VIEW", "channels", "draw", "explain", "figure", "snapshot", "summarise", "widget"]

BAKED = 60_000  # numbers that one canvas sends for its slider of channels, about


def draw(
    trace: Trace,
    selection: Selection,
    name: str | None = None,
    count: int = TILES,
    own_scale: bool = False,
    baked: bool = False,
    **picked: int | None,
) -> list[Shown]:
    """Return a map summed up, one channel of it, a sheet of channels and the histogram of its values.

    name: of the tensor; by default the pyramid map of the selected detection. count: tiles of the sheet. own_scale:
    each tile to its own greatest value. baked: receptive fields on a slider, for pages without a kernel. picked: the
    cell and the channel clicked last, as ``"P3 cells"`` and ``"fpn.p3 channels"``.
    """
    name = chosen_map(trace, selection, name)
    cell, channel = cell_shown(trace, selection, name, picked), picked.get(channels_name(name))
    return [
        summed_up(trace, name, cell, baked),
        one_channel(trace, name, cell, channel),
        sheet(trace, name, count, own_scale, baked),
        kept_chart(f"Values of {name}", lambda: histogram(trace, name), [trace[name]]),
    ]


def summed_up(trace: Trace, name: str, cell: int | None = None, baked: bool = False) -> Scene:
    """Return energy, mean and maximum over the channels, over the picture; a click on a cell shows its field."""
    features, extent = trace[name], extent_of(trace, name)
    cells: dict[str, Any] = {"of": cells_name(level_of(name)), "extent": extent, "unit": "activation"}
    layers: list[Any] = [
        Heat(summary_of(trace, name, how), how, visible=how == "energy",
             colours="diverging" if how == "mean" else "cividis", **cells)
        for how in SUMMARIES
    ]  # fmt: skip
    rows, columns, count = features.shape
    places = raster(rows, columns) if baked else ([] if cell is None else [cell])
    frames, seen = fields(trace, name, places, baked)
    picture, size = ground(trace, name)
    return Scene(
        f"{name} over its {count} channels, {columns} x {rows} cells, {spec_of(name).frame}, molded px",
        picture,
        [*layers, *seen, *_detections(trace)],
        "Energy is the root mean square. Does every object stand out on some level? The dotted box is all that the "
        + ("cell on the slider can see." if baked else "clicked cell can see."),
        size,
        frames,
        {"opacity": 0.7},
    )


def one_channel(trace: Trace, name: str, cell: int | None = None, channel: int | None = None) -> Scene:
    """Return single channels over the picture, on a slider: the strongest first, and the one clicked."""
    features, numbers = trace[name], numbers_of(trace, name)
    rows, columns, count = features.shape
    shown = numbers.order[: int(np.clip(BAKED // (rows * columns), 2, TILES))]
    if channel is not None and channel not in shown:
        shown = np.append(shown, channel)
    start = 0 if channel is None else int(np.flatnonzero(shown == channel)[0])
    labels = [f"channel {k} {numbers.mark(k)}".strip() for k in shown]
    maps = np.moveaxis(features[..., shown], -1, 0)
    heat = Heat(
        maps if len(maps) > 1 else maps[0], "channel", of=cells_name(level_of(name)),
        extent=extent_of(trace, name), colours="diverging", unit="activation",
    )  # fmt: skip
    picture, size = ground(trace, name)
    return Scene(
        f"{name}, one channel of {count}, molded px",
        picture,
        [heat, *fields(trace, name, [] if cell is None else [cell], False)[1], *_detections(trace)],
        f"White is 0. The slider goes through {len(shown)} channels, the strongest first; all on one scale.",
        size,
        Frames("Channel", labels, start) if len(maps) > 1 else None,
        {"opacity": 0.8},
    )


def cell_shown(trace: Trace, selection: Selection, name: str, picked: Mapping[str, int | None]) -> int | None:
    """Return the cell that was clicked last, or the one in the middle of the selected proposal, or None."""
    rows, columns = trace.shape(name)[:2]
    cell = picked.get(cells_name(level_of(name)))
    if cell is None and selection.proposal is not None and "proposals.boxes" in trace:
        y1, x1, y2, x2 = trace["proposals.boxes"][selection.proposal]
        row, column = (int((a + b) / 2 / stride_of(name)) for a, b in ((y1, y2), (x1, x2)))
        cell = min(row, rows - 1) * columns + min(column, columns - 1)
    return cell if cell is not None and 0 <= cell < rows * columns else None


def explain(trace: Trace, selection: Selection, name: str | None = None, **picked: Any) -> list[str]:
    """Tell what the map holds, what is in the cell clicked, and the box that this cell can see."""
    name = chosen_map(trace, selection, name)
    features, numbers = trace[name], numbers_of(trace, name)
    rows, columns, count = features.shape
    dead = np.flatnonzero(numbers.dead)
    lines = [
        f"{name}: {rows} x {columns} cells (y, x) of {count} channels, {spec_of(name).source}",
        f"dead channels: {len(dead)}{' (' + _few(dead) + ')' if len(dead) else ''};"
        f" cells that are NaN: {int(numbers.nan.sum())}, infinite: {int(numbers.infinite.sum())}",
    ]
    cell = cell_shown(trace, selection, name, picked)
    if cell is None:
        return [*lines, "Click a cell of the map: what is in it and what it can see is told here."]
    row, column = divmod(cell, columns)
    here = features[row, column]
    energy, mean, most = (float(summarise(here[None, None], how)[0, 0]) for how in SUMMARIES)
    lines += [
        f"cell ({row}, {column}): energy = sqrt(mean of a^2 over {count} channels) = {energy:.4g}",
        f"  mean {mean:.4g}, max {most:.4g} in channel {int(np.argmax(here))}",
    ]
    try:
        y1, x1, y2, x2 = field_of(trace, name, cell)
    except ValueError as error:  # an architecture whose kernels are not known
        return [*lines, f"  what it can see cannot be told: {error}"]
    return [
        *lines,
        f"  can see y {y1} to {y2}, x {x1} to {x2}: {y2 - y1} x {x2 - x1} molded px, its theoretical receptive field,",
        "  by kernels and strides, cut at the image. What really moves it is much smaller and strongest in the middle.",
    ]


def _detections(trace: Trace) -> list[Boxes]:
    if "detections.boxes" not in trace or "proposals.anchor_index" not in trace:
        return []
    return [detection_boxes(trace, filtered=False, visible=False)]


def _few(numbers: np.ndarray, most: int = 12) -> str:
    return ", ".join(map(str, numbers[:most])) + (" …" if len(numbers) > most else "")


VIEW = View(
    "Activations: what the maps of backbone and pyramid hold",
    "Look for levels on which an object does not stand out, for channels that are dead, for cells that are no number.",
    draw,
    explain,
    follows=True,
)


class MapPanel(Panel):
    """A live view whose clicked cells give way to whatever is selected next."""

    def _on_selection(self, change: Any) -> None:
        self.picked.update({name: None for name in self.picked if name.endswith(" cells")})
        super()._on_selection(change)


def widget(session: Session) -> Panel:
    """Return the live view of any map of the trace."""
    names = maps_in(session.base)
    wide = {"style": {"description_width": "initial"}}
    choices = {
        "name": ipywidgets.Dropdown(
            options=[("of the selected proposal", None), *((name, name) for name in names)],
            description="map",
            **wide,
        ),
        "count": ipywidgets.IntSlider(
            value=TILES, min=4, max=128, step=4, description="channels side by side", **wide
        ),
        "own_scale": ipywidgets.Checkbox(value=False, description="each channel to its own scale", **wide),
    }
    picks = dict.fromkeys([cells_name(level_of(name)) for name in names])
    return MapPanel(session, VIEW, choices, picks=[*picks, *map(channels_name, names)])


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel: all maps at a glance, then the selected object's."""
    trace = session.trace
    parts = still(VIEW, trace, session.selection, baked=True)
    names = [name for name in maps_in(trace) if "merged" not in name]
    if not names:
        return parts
    head: list[Part] = [Html(Chart("All maps, energy over channels", figure(trace, names)).html())]
    own = chosen_map(trace, session.selection, None).replace("fpn.p", "backbone.c")
    if own in names:
        head.append(summed_up(trace, own, baked=True).canvas())
    return [*parts[:2], *head, *parts[2:]]
