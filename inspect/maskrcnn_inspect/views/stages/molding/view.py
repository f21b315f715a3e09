"""Molding: the picture before and after it was made to fit the network.

Two frames meet here: picture px, in which people annotate, and molded px, in which the network thinks. Every place of
one has its place in the other, and its grey levels on the way: as they were, resized, less the mean.

Shapes: p places; d detections; y, x; yxyx.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.data.reading.images import Picture
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.stages.molding import Layout

from ....canvas import NEUTRAL, Boxes, Frames, Heat, Points
from ....canvas.standalone import Part
from ....session import Selection, Session
from ...framework.common import config_of, molded_picture
from ...framework.drawing import draw_boxes, panels, show_picture
from ...framework.panel import Panel
from ...framework.rows import classes_of, detection_boxes, truth_boxes
from ...framework.scene import Scene, Shown, View, still
from .formulas import Place, explain, laid_out, places_of, to_molded

CHANNELS = ("red", "green", "blue")
MOST_CELLS = 192  # a side of the map of what the network reads: of larger images every second, third … pixel
PLACES = ("the middle", "first pixel", "upper right", "lower left", "last pixel")


def figure(trace: Trace) -> Figure:
    """Draw the original (picture px) beside the molded image (molded px) with its window."""
    drawn, (left, right) = panels(2, size=4.5)
    picture = trace["image.original"]
    height, width = picture.shape[:2]
    show_picture(left, Picture(picture).for_display(), f"original, {width} x {height} picture px")
    molded = molded_picture(trace)
    scale = float(trace["molding.scale"])
    mode = config_of(trace).molding.mode
    show_picture(
        right, molded, f"molded, {molded.shape[1]} x {molded.shape[0]} px, scale {scale:.3f}, mode {mode}"
    )
    draw_boxes(right, trace["molding.window"][None], colours="#ffffff", labels=["window"])
    return drawn


def draw(trace: Trace, selection: Selection, place: Place | None = None) -> list[Shown]:
    """Return the original, the molded image and what the network reads of it, with places that lie in both."""
    laid = laid_out(trace)
    places = places_of(laid, place)
    return [original(trace, places), molded(trace, laid, places), network_input(trace)]


def original(trace: Trace, places: np.ndarray) -> Scene:
    """Return the picture as it was given, with ``places`` (p, yx) picture px and the detections."""
    picture = trace["image.original"]
    layers: list[Any] = [Points(places, "places", labels=_labels(places), colours=NEUTRAL, filtered=False)]
    if "pasting.boxes" in trace and "detections.class_ids" in trace:
        pasted = trace["pasting.boxes"]
        names = classes_of(trace, trace["detections.class_ids"])
        layers.insert(0, Boxes(pasted, "detections", filtered=False, **names))
    return Scene(
        f"Original, {picture.shape[1]} x {picture.shape[0]} picture px",
        Picture(picture).for_display(),
        layers,
        "Point at a pixel for its grey levels. A place of this number is the same place in the molded image.",
    )


def molded(trace: Trace, laid: Layout, places: np.ndarray) -> Scene:
    """Return the molded image with its window and where ``places`` (p, yx) picture px came to lie."""
    height, width = laid.shape
    inside = to_molded(places, laid)
    layers: list[Any] = [
        *truth_boxes(trace, visible=False),
        Boxes(
            trace["molding.window"][None], "window", colours=NEUTRAL, labels=["picture inside"],
            style="dotted", filtered=False, numbered=False,
        ),
        Points(inside, "places", labels=_labels(inside), colours=NEUTRAL, filtered=False),
    ]  # fmt: skip
    if "detections.boxes" in trace and "proposals.anchor_index" in trace:
        layers.insert(-1, detection_boxes(trace, filtered=False))
    return Scene(
        f"Molded, {width} x {height} molded px, scale {float(trace['molding.scale']):.4g}",
        molded_picture(trace),
        layers,
        "Outside the dotted window is padding: black, and work for nothing. Is the smallest object still legible?",
    )


def network_input(trace: Trace) -> Scene:
    """Return the numbers that the network reads, a channel a frame: grey level less the mean, nothing clipped."""
    image = trace["molding.image"]
    step = -(-max(image.shape[:2]) // MOST_CELLS)
    seen = np.moveaxis(image[::step, ::step], -1, 0)
    means = config_of(trace).molding.mean
    names = CHANNELS if len(means) == len(CHANNELS) else [f"channel {c}" for c in range(len(means))]
    labels = [f"{name} - {mean:g}" for name, mean in zip(names, means, strict=True)]
    several = len(labels) > 1
    heat = Heat(
        seen if several else seen[0],
        "input",
        colours="diverging",
        unit="grey levels",
        extent=_sampled(image, step),
    )
    which = "every pixel" if step == 1 else f"one pixel of {step} x {step}"
    return Scene(
        f"What the network reads: grey level less the mean, {which}, molded px",
        None,
        [heat],
        "Red is brighter than the average photograph, blue darker; padding is minus the mean.",
        size=(image.shape[0], image.shape[1]),
        frames=Frames("Channel", labels) if several else None,
        settings={"opacity": 1.0},
    )


def _labels(places: np.ndarray) -> list[str]:
    """Name the places; the chosen one need not be the middle any more."""
    names = ("place", *PLACES[1:])
    return [f"{name}: y {y:.1f}, x {x:.1f}" for name, (y, x) in zip(names, places, strict=True)]


def _sampled(image: np.ndarray, step: int) -> tuple[float, float, float, float]:
    """Return the extent of every ``step``-th pixel: each stands for the ``step`` pixels from it on."""
    rows, columns = (-(-length // step) * step for length in image.shape[:2])
    return 0.0, 0.0, float(rows), float(columns)


VIEW = View(
    "Molding: the picture is made to fit",
    "Look for objects that become a few pixels small, and for a window that fills little of the molded image.",
    draw,
    explain,
)


def widget(session: Session) -> Panel:
    """Return the live view: a click in either picture shows the place in both, with its grey levels."""
    panel = Panel(session, VIEW, picks=("place",))

    def follow(frame: str, point: Any) -> None:
        panel.picked["place"] = (frame, *point)
        panel.redraw()

    for frame, canvas in zip(("picture", "molded"), panel.canvases, strict=False):
        canvas.observe(lambda change, frame=frame: follow(frame, change["new"]), "point")
    return panel


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel."""
    return still(VIEW, session.trace, session.selection)
