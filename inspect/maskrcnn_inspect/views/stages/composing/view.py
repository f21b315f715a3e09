"""Composing: the result on the image.

Look for: what a person would have marked and the model did not, and the other way round.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from html import escape

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.inference.outputs import Area, areas
from maskrcnn_core.recording.trace import Trace, config_of

from ....canvas import Boxes
from ....canvas.standalone import Html, Part
from ....session import Selection, Session
from ...framework.bar_chart import BLUE, GREY, Bars
from ...framework.common import class_label, detection_colours, detection_labels
from ...framework.drawing import draw_boxes, outline, panels, show_image
from ...framework.instances import image_layers, image_of, name_of
from ...framework.keeping import kept
from ...framework.panel import Panel, Rerun
from ...framework.rows import classes_of
from ...framework.scene import FEW, RENDER_ERRORS, Scene, Shown, View, error_text, static_parts
from ...framework.selector import selector
from .images import LOOKS, MOST, look_of, on_white, png_of, result_of, sheet

ALL, SELECTED = "all", "selected"
TITLES = dict(
    zip(LOOKS, ("Result", "Result as it was composed", "Grey splash", "Background removed"), strict=True)
)


def figure(trace: Trace) -> Figure:
    """Draw the image beside the composed one, with boxes, outlines, classes and scores. Image px."""
    drawn, (left, right) = panels(2, size=5.0)
    show_image(left, image_of(trace), "image")
    count = len(trace["pasting.boxes"])
    title = f"{count} instance{'' if count == 1 else 's'}, image px"
    show_image(right, trace["composing.picture"], title)
    for mask, colour in zip(trace["pasting.masks"], detection_colours(trace), strict=True):
        outline(right, mask, colour)
    draw_boxes(right, trace["pasting.boxes"], detection_colours(trace), detection_labels(trace), width=1.0)
    return drawn


def draw(trace: Trace, selection: Selection, look: str = LOOKS[0], objects: str | int = ALL) -> list[Shown]:
    """Return the image in a look, the cut-outs side by side, and how much of it each class covers.

    objects: ``all``, ``selected``, or a class id.
    """
    rows = chosen_rows(trace, selection, objects)
    return [composed(trace, rows, look), cutouts(trace, rows), shares(trace, rows)]


def draw_baked(trace: Trace, selection: Selection) -> list[Shown]:
    """Return the looks one below the other, for pages without a kernel."""
    rows = chosen_rows(trace, Selection(), ALL)
    looks = [composed(trace, rows, look) for look in (LOOKS[0], *LOOKS[2:])]
    return [*looks, cutouts(trace, rows), shares(trace, rows)]


def chosen_rows(trace: Trace, selection: Selection, objects: str | int) -> np.ndarray:
    """Return the detections that are meant; all where ``selected`` is meant and nothing is."""
    total = trace.shape("pasting.boxes")[0]
    if objects == SELECTED and selection.detection is not None and selection.detection < total:
        return np.array([selection.detection])
    if isinstance(objects, int):
        return np.flatnonzero(trace["detections.class_ids"] == objects)
    return np.arange(total)


def composed(trace: Trace, rows: np.ndarray, look: str) -> Scene:
    """Return the image in a look of ``LOOKS``; masks, boxes and labels are layers to switch on and off."""
    layers = image_layers(trace, rows)
    bare = look != LOOKS[0]
    count = len(rows)
    return Scene(
        f"{TITLES.get(look, look)}: {count} object{'' if count == 1 else 's'}, image px",
        on_white(look_of(trace, rows, look)),
        layers[1:] if bare else layers,
        "Switch layers off and on: does each mask end where its object ends?"
        if not bare
        else "Look along the edges: what was cut off, and what should not be there?",
        settings={} if bare else {"mask_threshold": config_of(trace).pasting.threshold},
    )


def cutouts(trace: Trace, rows: np.ndarray) -> Scene:
    """Return each object by itself, side by side, on white."""
    drawn, places = sheet(trace, rows)
    rows = rows[:MOST]
    layer = Boxes(
        places, "objects", of="detections", index=rows, numbered=len(rows) <= FEW,
        scores=trace["detections.scores"][rows],
        **classes_of(trace, trace["detections.class_ids"][rows]),
    )  # fmt: skip
    best = "the best " if trace.shape("pasting.boxes")[0] > len(rows) == MOST else ""
    return Scene(
        f"Cut-outs of {best}{len(rows)} object{'' if len(rows) == 1 else 's'}, enlarged to equal size",
        drawn,
        [layer],
        "Is anything missing from an object, or is anything on it that is not part of it?",
    )


def shares(trace: Trace, rows: np.ndarray) -> Bars:
    """Return how much of the image each class covers, and how much is background."""
    covered = areas_of(trace, rows)
    names = [f"{one.class_name}, {one.instances}" if one.instances else one.class_name for one in covered]
    texts = [f"{one.share:.2%}" for one in covered]
    colours = [BLUE] * (len(covered) - 1) + [GREY]
    return Bars(
        "Share of the image by class", names, [one.share for one in covered], colours, texts, greatest=1.0
    )


def areas_of(trace: Trace, rows: np.ndarray) -> list[Area]:
    """Return how much of the image each class of ``rows`` covers: once, since all who select are told it."""
    alike = [trace["detections.class_ids"], rows]
    return kept("areas", lambda: areas(result_of(trace, rows)), [trace["pasting.masks"]], alike)


def explain(trace: Trace, selection: Selection, look: str = LOOKS[0], objects: str | int = ALL) -> list[str]:
    """Tell the pixels of every class and of the background, and of the selected object."""
    rows = chosen_rows(trace, selection, objects)
    height, width = trace.shape("pasting.masks")[1:]
    size = f"{width} x {height} = {width * height} image px"
    lines = [f"{size}; pixels under several objects of a class count once"]
    for one in areas_of(trace, rows):
        count = f"{one.instances} object{'' if one.instances == 1 else 's'}, " if one.instances else ""
        lines.append(f"    {one.class_name}: {count}{one.pixels} px = {one.share:.2%} of the image")
    row = selection.detection
    if row is None or row >= trace.shape("pasting.boxes")[0]:
        return lines
    y1, x1, y2, x2 = (int(v) for v in trace["pasting.boxes"][row])
    own, box = int(trace["pasting.masks"][row].sum()), (y2 - y1) * (x2 - x1)
    share = f", {own / box:.0%} of its box" if box else ""
    return [
        *lines,
        f"detection {name_of(trace, row)}: box ({y1}, {x1}, {y2}, {x2}) = {box} px",
        f"    object {own} px{share}; background in the box {box - own} px",
    ]


VIEW = View(
    "Composing: the result on the image",
    "Look for what you would have marked and the model did not, and the other way round.",
    draw,
    explain,
    follows=True,
    stage="composing",
    section="stages",
)
RERUNS = (
    Rerun("pasting.threshold", "mask threshold"),
    Rerun("composing.alpha", "colour of the composed masks", 0.0, 1.0, 0.05),
)


def widget(session: Session) -> Panel:
    """Return the live view; its button makes a PNG file of what is shown."""
    found = _classes(session.base)
    choices = {
        "look": selector("show", LOOKS),
        "objects": selector("objects", [("all", ALL), ("the selected one", SELECTED), *found]),
    }
    panel = Panel(session, VIEW, choices, RERUNS)
    button = ipywidgets.Button(description="export PNG", tooltip="make a file of what is shown")
    link = ipywidgets.HTML()

    def export(_: object) -> None:
        try:
            rows = chosen_rows(session.trace, session.selection, choices["objects"].value)
            link.value = download(png_of(session.trace, rows, choices["look"].value), choices["look"].value)
        except RENDER_ERRORS as error:
            link.value = f'<p role="alert">{escape(error_text(error))}</p>'

    button.on_click(export)
    panel.children = [*panel.children, ipywidgets.HBox([button, link])]
    return panel


def download(file: bytes, look: str) -> str:
    """Return a link, as markup, that saves ``file`` as a PNG, without a server."""
    name = "instances.png" if look == LOOKS[0] else f"{look.split(',')[0].replace(' ', '-')}.png"
    data = base64.b64encode(file).decode()
    size = f"{len(file) / 1000:.0f} kB"
    return f'<a download="{escape(name)}" href="data:image/png;base64,{data}">Save {escape(name)}, {size}</a>'


def _classes(trace: Trace) -> list[tuple[str, int]]:
    """Return names and ids of the classes that any candidate of ``trace`` has."""
    name = next((n for n in ("detections.candidate_class", "detections.class_ids") if n in trace), None)
    if name is None or trace.config is None:
        return []
    return [(class_label(trace, c), c) for c in np.unique(trace[name]).tolist() if c > 0]


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel, with a link that saves the result as a PNG file."""
    # the looks are of all objects: drawn once, while the words follow what is selected
    parts = static_parts(replace(VIEW, draw=draw_baked, follows=False), session.trace, session.selection)
    try:
        rows = chosen_rows(session.trace, Selection(), ALL)
        return [*parts, Html(f"<p>{download(png_of(session.trace, rows, LOOKS[0]), LOOKS[0])}</p>")]
    except RENDER_ERRORS:
        return parts  # the view has said what is missing
