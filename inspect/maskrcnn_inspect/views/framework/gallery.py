"""Images: samples with their ground truth, and what models find on them, side by side.

Look for: objects that the ground truth forgets, and objects that only one of the models finds.

Shapes: d instances; y, x image px.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maskrcnn_core.config import Composing
from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample, with_ignored
from maskrcnn_core.stages.composing import Result, compose

from ...palette import instance_colour
from .drawing import draw_boxes, outline, panels, show_image

GROUND = "#c8d4e3"  # under what is transparent: a tint that neither photographs nor masks have often


def samples(reader: Reader, indices: Sequence[int]) -> Figure:
    """Draw samples of ``reader`` with the masks and classes of their ground truth. Image px."""
    drawn, axes = panels(len(indices))
    for one, index in zip(axes, indices, strict=True):
        sample = reader[index]
        instances(one, sample.image, truth_of(sample, reader.class_names), f"sample {index}", scores=False)
    return drawn


def compared(chosen: Sequence[Sample], found: Mapping[str, Sequence[Result]]) -> Figure:
    """Draw a row a sample: its ground truth, then the results of each model in ``found``, by the model's name. Image
    px.
    """
    drawn, axes = panels(len(chosen) * (len(found) + 1), columns=len(found) + 1)
    rows = np.array(axes, object).reshape(len(chosen), len(found) + 1)
    names = next(iter(found.values()))[0].class_names if chosen else ()
    for place, (sample, row) in enumerate(zip(chosen, rows, strict=True)):
        instances(row[0], sample.image, truth_of(sample, names), "ground truth", scores=False)
        for one, (name, results) in zip(row[1:], found.items(), strict=True):
            instances(one, sample.image, results[place], f"{name}: {len(results[place])} found")
    return drawn


def gallery(images: Sequence[np.ndarray], titles: Sequence[str], size: float = 2.0) -> Figure:
    """Draw ``images``, each (y, x, rgb) or (y, x, rgba) uint8, ``size`` inches wide, on a plain ground."""
    drawn, axes = panels(max(1, len(images)), columns=max(1, int(12 / size)), size=size)
    if not images:
        axes[0].set_axis_off()
        axes[0].text(0, 0.5, "nothing to show", fontsize=9)
    for one, image, title in zip(axes, images, titles, strict=False):
        one.set_facecolor(GROUND)
        show_image(one, image, title.replace("$", r"\$"))
    return drawn


def instances(axes: Axes, image: np.ndarray, result: Result, title: str, scores: bool = True) -> None:
    """Draw ``image`` (y, x, channel) uint8 with boxes, masks and labels of ``result``, numbered by rank from 0."""
    composed = compose(SourceImage(image).for_display(), result.masks, Composing(), result.ranks)
    show_image(axes, composed, title.replace("$", r"\$"))
    colours = [instance_colour(rank) for rank in result.ranks]
    rows = zip(result.ranks, result.labels, result.scores, strict=True)
    labels = [f"{rank} {label}" + (f" {score:.2f}" if scores else "") for rank, label, score in rows]
    for mask, colour in zip(result.masks, colours, strict=True):
        outline(axes, mask, colour)
    draw_boxes(axes, result.boxes, colours, labels, width=1.0)


def truth_of(sample: Sample, class_names: Sequence[str]) -> Result:
    """Return the ground truth of ``sample`` as a result that is sure of everything."""
    boxes, ids = sample.boxes.astype(np.int32), sample.class_ids.astype(np.int32)
    return Result(boxes, ids, np.ones(len(sample), np.float32), sample.masks, with_ignored(class_names))
