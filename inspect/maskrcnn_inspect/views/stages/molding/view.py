"""Preprocessing: the image before and after it was made to fit the network.

Two frames meet here: image px, in which people annotate, and network-input px, in which the network thinks. Every place
of one has its place in the other, and its grey levels on the way: as they were, resized, less the mean.

Shapes: p places; d detections; y, x; yxyx.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.molding import Layout

from ....canvas import NEUTRAL, Boxes, Frames, Heat, Points
from ....canvas.standalone import Part
from ....session import Selection, Session
from ...framework.common import molded_image
from ...framework.drawing import draw_boxes, panels, show_image
from ...framework.panel import Panel
from ...framework.rows import classes_of, detection_boxes, truth_boxes
from ...framework.scene import Scene, Shown, View, static_parts
from .formulas import Place, explain, laid_out, places_of, to_molded

CHANNELS = ("red", "green", "blue")
MOST_CELLS = 192  # a side of the map of what the network reads: of larger images every second, third … pixel
PLACES = ("the middle", "first pixel", "upper right", "lower left", "last pixel")


def figure(trace: Trace) -> Figure:
    """Draw the original (image px) beside the network input (network-input px) with its window."""
    drawn, (left, right) = panels(2, size=4.5)
    image = trace["image.original"]
    height, width = image.shape[:2]
    show_image(left, SourceImage(image).for_display(), f"original, {width} x {height} image px")
    molded = molded_image(trace)
    scale = float(trace["molding.scale"])
    mode = config_of(trace).molding.mode
    show_image(
        right,
        molded,
        f"preprocessed, {molded.shape[1]} x {molded.shape[0]} px, scale {scale:.3f}, mode {mode}",
    )
    draw_boxes(right, trace["molding.window"][None], colours="#ffffff", labels=["window"])
    return drawn


def draw(trace: Trace, selection: Selection, place: Place | None = None) -> list[Shown]:
    """Return the original, the network input and what the network reads of it, with places that lie in both."""
    laid = laid_out(trace)
    places = places_of(laid, place)
    return [original(trace, places), molded(trace, laid, places), network_input(trace)]


def original(trace: Trace, places: np.ndarray) -> Scene:
    """Return the image as it was given, with ``places`` (p, yx) image px and the detections."""
    image = trace["image.original"]
    layers: list[Any] = [Points(places, "places", labels=_labels(places), colours=NEUTRAL, filtered=False)]
    if "pasting.boxes" in trace and "detections.class_ids" in trace:
        pasted = trace["pasting.boxes"]
        names = classes_of(trace, trace["detections.class_ids"])
        layers.insert(0, Boxes(pasted, "detections", filtered=False, **names))
    return Scene(
        f"Original, {image.shape[1]} x {image.shape[0]} image px",
        SourceImage(image).for_display(),
        layers,
        "Point at a pixel for its grey levels. A place of this number is the same place in the network input.",
    )


def molded(trace: Trace, laid: Layout, places: np.ndarray) -> Scene:
    """Return the network input with its window and where ``places`` (p, yx) image px came to lie."""
    height, width = laid.shape
    inside = to_molded(places, laid)
    layers: list[Any] = [
        *truth_boxes(trace, visible=False),
        Boxes(
            trace["molding.window"][None], "window", colours=NEUTRAL, labels=["image inside"],
            style="dotted", filtered=False, numbered=False,
        ),
        Points(inside, "places", labels=_labels(inside), colours=NEUTRAL, filtered=False),
    ]  # fmt: skip
    if "detections.boxes" in trace and "proposals.anchor_index" in trace:
        layers.insert(-1, detection_boxes(trace, filtered=False))
    return Scene(
        f"Preprocessed, {width} x {height} network-input px, scale {float(trace['molding.scale']):.4g}",
        molded_image(trace),
        layers,
        "Outside the dotted window is padding: black, and wasted work. Is the smallest object still legible?",
    )


def network_input(trace: Trace) -> Scene:
    """Return the numbers that the network reads, a channel a frame: grey level less the mean, nothing clipped."""
    image = trace["molding.image"]
    step = -(-max(image.shape[:2]) // MOST_CELLS)
    seen = np.moveaxis(image[::step, ::step], -1, 0)
    own = config_of(trace).molding
    means = own.mean
    names = list(CHANNELS) if len(means) == len(CHANNELS) else [f"channel {c}" for c in range(len(means))]
    names = names if own.channel_order == "rgb" else names[::-1]
    labels = [f"{name} - {mean:g}" for name, mean in zip(names, means, strict=True)]
    plain = own.full_scale == 1.0 and set(own.std) == {1.0}
    if not plain:
        stds = np.broadcast_to(own.std, len(means))
        share = "" if own.full_scale == 1.0 else f" / {own.full_scale:g}"
        labels = [f"({name}{share} - {m:g}) / {s:g}" for name, m, s in zip(names, means, stds, strict=True)]
    several = len(labels) > 1
    heat = Heat(
        seen if several else seen[0],
        "input",
        colours="diverging",
        unit="grey levels" if plain else "standard deviations",
        extent=_sampled(image, step),
    )
    which = "every pixel" if step == 1 else f"one pixel of {step} x {step}"
    return Scene(
        f"What the network reads: grey level less the mean, {which}, network-input px",
        None,
        [heat],
        "Red is brighter than the average photograph, blue darker; padding is "
        f"{'0' if own.mode == 'corner' else 'minus the mean'}.",
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
    "Preprocessing: the image is made to fit",
    "Look for objects that shrink to a few pixels, and for a window that fills little of the network input.",
    draw,
    explain,
    stage="molding",
    section="stages",
)


def widget(session: Session) -> Panel:
    """Return the live view: a click in either image shows the place in both, with its grey levels."""
    panel = Panel(session, VIEW, picks=("place",))

    def follow(frame: str, point: Any) -> None:
        panel.picked["place"] = (frame, *point)
        panel.redraw()

    for frame, canvas in zip(("image", "molded"), panel.canvases, strict=False):
        canvas.observe(lambda change, frame=frame: follow(frame, change["new"]), "point")
    return panel


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel."""
    return static_parts(VIEW, session.trace, session.selection)
