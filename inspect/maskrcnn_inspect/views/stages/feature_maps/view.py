"""Activations: any map of the backbone and the pyramid, summed up, channel by channel, and what a cell can see.

Colours diverge around 0. A cell that is NaN or infinite is hatched, a channel of nothing but 0 is called dead; nothing
is clipped or cast (the classic notebook cast to uint8 and showed -1.5 as 255).

Shapes: y, x cells of a map; channel; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import ipywidgets
import numpy as np

from maskrcnn_core.recording.tensors import TENSORS, names_of
from maskrcnn_core.recording.trace import Trace

from ....analysis.features.activations import SUMMARIES, summarise
from ....canvas import Boxes, Frames, Heat, Html
from ....canvas.standalone import Part
from ....session import Selection, Session
from ...framework.chart_cache import kept_chart
from ...framework.panel import Panel
from ...framework.rows import detection_boxes
from ...framework.scene import RENDER_ERRORS, Chart, Scene, Shown, View, static_parts
from ...framework.selector import selector
from ...framework.slider import Slider
from .blocks import charts, lines, of_session
from .channel_sheet import TILES, channels, sheet
from .charts import figure, histogram
from .maps import FeatureMap, fields, map_of, maps_in, maps_inside, raster

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
    one = map_of(trace, selection, name)
    cell, channel = cell_shown(one, selection, picked), picked.get(one.channels)
    chart = kept_chart(f"Values of {one.title}", lambda: histogram(one), [trace[one.name]])
    shown = [
        summed_up(one, cell, baked),
        one_channel(one, cell, channel),
        sheet(one, count, own_scale, baked),
    ]
    return [*shown, chart]


def summed_up(one: FeatureMap, cell: int | None = None, baked: bool = False) -> Scene:
    """Return energy, mean and maximum over the channels, over the image; a click on a cell shows its field."""
    cells: dict[str, Any] = {"of": one.cells, "extent": one.extent, "unit": one.spec.unit}
    layers: list[Any] = [
        Heat(one.summary(how), how, visible=how == "energy",
             colours="diverging" if how == "mean" else "cividis", **cells)
        for how in SUMMARIES
    ]  # fmt: skip
    rows, columns, count = one.shape
    places = raster(rows, columns) if baked else ([] if cell is None else [cell])
    frames, seen = fields(one, places, baked)
    which = "cell on the slider" if baked else "clicked cell"
    return Scene(
        f"{one.title} over its {count} channels, {columns} x {rows} cells, {one.frame}",
        one.image,
        [*layers, *seen, *_detections(one)],
        "Energy is the root mean square. Does every object stand out on some level?"
        + (f" The dotted box is all that the {which} can see." if one.level is not None else ""),
        one.size,
        frames,
        {"opacity": 0.7 if one.on_image else 1.0},
    )


def one_channel(one: FeatureMap, cell: int | None = None, channel: int | None = None) -> Scene:
    """Return single channels over the image, on a slider: the strongest first, and the one clicked."""
    features, numbers = one.features, one.numbers()
    rows, columns, count = one.shape
    shown = numbers.order[: int(np.clip(BAKED // (rows * columns), 2, TILES))]
    if channel is not None and channel not in shown and channel < count:
        shown = np.append(shown, channel)
    start = int(np.flatnonzero(shown == channel)[0]) if channel in shown else 0
    labels = [f"channel {k} {numbers.mark(k)}".strip() for k in shown]
    maps = np.moveaxis(features[..., shown], -1, 0)
    heat = Heat(
        maps if len(maps) > 1 else maps[0], "channel", of=one.cells,
        extent=one.extent, colours="diverging", unit=one.spec.unit,
    )  # fmt: skip
    return Scene(
        f"{one.title}, one channel of {count}, {one.frame}",
        one.image,
        [heat, *fields(one, [] if cell is None else [cell])[1], *_detections(one)],
        f"White is 0. The slider goes through {len(shown)} channels, the strongest first; all on one scale.",
        one.size,
        Frames("Channel", labels, start) if len(maps) > 1 else None,
        {"opacity": 0.8 if one.on_image else 1.0},
    )


def cell_shown(one: FeatureMap, selection: Selection, picked: Mapping[str, int | None]) -> int | None:
    """Return the cell that was clicked last, or the one in the middle of the selected proposal, or None."""
    rows, columns, _ = one.shape
    cell = picked.get(one.cells)
    if cell is None and one.on_image and selection.proposal is not None and "proposals.boxes" in one.trace:
        y1, x1, y2, x2 = one.trace["proposals.boxes"][selection.proposal]
        row, column = (int((a + b) / 2 / one.stride) for a, b in ((y1, y2), (x1, x2)))
        cell = min(row, rows - 1) * columns + min(column, columns - 1)
    return cell if cell is not None and 0 <= cell < rows * columns else None


def explain(trace: Trace, selection: Selection, name: str | None = None, **picked: Any) -> list[str]:
    """Tell what the map holds, what is in the cell clicked, and the box that this cell can see."""
    one = map_of(trace, selection, name)
    features, numbers = one.features, one.numbers()
    rows, columns, count = one.shape
    dead = np.flatnonzero(numbers.dead)
    lines = [
        f"{one.title}: {rows} x {columns} cells (y, x) of {count} channels, {one.spec.source}",
        f"dead channels: {len(dead)}{' (' + _few(dead) + ')' if len(dead) else ''};"
        f" cells that are NaN: {int(numbers.nan.sum())}, infinite: {int(numbers.infinite.sum())}",
    ]
    cell = cell_shown(one, selection, picked)
    if cell is None:
        return [*lines, "Click a cell of the map: what is in it and what it can see is told here."]
    row, column = divmod(cell, columns)
    here = features[row, column]
    energy, mean, most = (float(summarise(here[None, None], how)[0, 0]) for how in SUMMARIES)
    lines += [
        f"cell ({row}, {column}): energy = sqrt(mean of a^2 over {count} channels) = {energy:.4g}",
        f"  mean {mean:.4g}, max {most:.4g} in channel {int(np.argmax(here))}",
    ]
    if one.level is None:
        return lines
    try:
        y1, x1, y2, x2 = one.field(cell)
    except ValueError as error:  # an architecture whose kernels are not known
        return [*lines, f"  what it can see cannot be told: {error}"]
    return [
        *lines,
        f"  can see y {y1} to {y2}, x {x1} to {x2}: {y2 - y1} x {x2 - x1} px: its theoretical receptive field,",
        "  by kernels and strides, cut at the image. What really moves it is much smaller and strongest in the middle.",
    ]


def _detections(one: FeatureMap) -> list[Boxes]:
    needed = ("detections.boxes", "proposals.anchor_index")
    if not one.on_image or not all(name in one.trace for name in needed):
        return []
    return [detection_boxes(one.trace, filtered=False, visible=False)]


def _few(numbers: np.ndarray, most: int = 12) -> str:
    return ", ".join(map(str, numbers[:most])) + (" …" if len(numbers) > most else "")


VIEW = View(
    "Activations: what the maps hold",
    "Look for levels on which an object does not stand out, for dead channels, and for cells that are NaN or infinite.",
    draw,
    explain,
    follows=True,
    stage="backbone",
    section="stages",
)


class MapPanel(Panel):
    """A live view whose clicked cells give way to whatever is selected next.

    A map that the trace does not hold, inside a block or a layer, is recorded when it is chosen.
    """

    def redraw(self) -> None:
        """Record the chosen map where it is missing, and draw."""
        name = self._arguments()["name"]
        if name is not None and name not in self.session.trace and self.session.has_model:
            with suppress(*RENDER_ERRORS):  # drawing says what is missing
                self.session.record(name)
        super().redraw()

    def _on_selection(self, change: Any) -> None:
        self.picked.update({name: None for name in self.picked if name.endswith(" cells")})
        super()._on_selection(change)


def widget(session: Session) -> Panel:
    """Return the live view of any map: those of the trace, and with a model those inside blocks and layers."""
    names = maps_in(session.base)
    inside = maps_inside(session.config) if session.has_model and session.base.config is not None else []
    choices = {
        "name": selector(
            "map",
            [
                ("the level of the selected proposal", None),
                *((name, name) for name in names_of(session.base.config) if name in names or name in inside),
            ],
        ),
        "count": Slider(TILES, min=4, max=128, step=4, description="channels side by side"),
        "own_scale": ipywidgets.Checkbox(
            value=False,
            description="each channel to its own scale",
            indent=False,
            layout={"width": "max-content"},
        ),
        "blocks": ipywidgets.Checkbox(
            value=False,
            description="dead and saturated channels by block",
            indent=False,
            layout={"width": "max-content"},
        ),
    }
    maps = [FeatureMap(session.base, name) for name in (*names, *inside)]
    picks = dict.fromkeys([*(one.cells for one in maps), *(one.channels for one in maps)])
    return MapPanel(session, _with_blocks(session), choices, picks=list(picks))


def _with_blocks(session: Session) -> View:
    """Return the view that shows the channels of all blocks too, where it is asked to."""

    def draw_more(trace: Trace, selection: Selection, blocks: bool = False, **choices: Any) -> list[Shown]:
        return [*draw(trace, selection, **choices), *(charts(of_session(session)) if blocks else [])]

    def explain_more(trace: Trace, selection: Selection, blocks: bool = False, **choices: Any) -> list[str]:
        return [*explain(trace, selection, **choices), *(lines(of_session(session)) if blocks else [])]

    return replace(VIEW, draw=draw_more, explain=explain_more)


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel: all maps at a glance, then the selected object's."""
    trace = session.trace
    parts = static_parts(VIEW, trace, session.selection, baked=True)
    names = [n for n in maps_in(trace) if n in TENSORS and n.startswith(("backbone.", "fpn.p"))]
    if not names:
        return parts
    head: list[Part] = [Html(Chart("All maps, energy over channels", figure(trace, names)).html())]
    head += [Html(chart.html()) for chart in charts(of_session(session))]
    own = map_of(trace, session.selection).name.replace("fpn.p", "backbone.c")
    if own in names:
        head.append(summed_up(map_of(trace, session.selection, own), baked=True).canvas())
    return [*parts[:2], *head, *parts[2:]]
