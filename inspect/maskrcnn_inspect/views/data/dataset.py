"""Dataset: what there is to learn from, before anything is trained.

Look for: masks that lie beside their objects; classes with hardly any objects; objects of a few pixels; boxes that do
not follow from the masks.

Shapes: p images; o objects; y, x image px.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maskrcnn_core.data.quality.lint import SIZE_LIMITS
from maskrcnn_core.data.reading.images import SourceImage
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import name_of_class
from maskrcnn_core.geometry import boxes as box_algebra

from ...analysis.data.statistics import DatasetStatistics
from ...canvas import NEUTRAL, Boxes
from ...canvas.standalone import Part
from ..framework import gallery as images
from ..framework.data_panel import DataPanel, slider
from ..framework.drawing import bars, panels, plain, show_image, show_map
from ..framework.sample_scene import frame_of, sample_scene
from ..framework.scene import Shown, View, still_once
from ..framework.selector import selector

ALL = "all classes"
TOP_CLASSES = 4  # of an image, each with a panel of its masks
BINS = 30
OFF = 0.5  # px: a given box further from that of its mask is drawn beside it


def figure(reader: Reader, indices: Sequence[int]) -> Figure:
    """Draw samples with the masks, boxes and classes of their ground truth. Image px."""
    return images.samples(reader, indices)


def top_masks(reader: Reader, indices: Sequence[int]) -> Figure:
    """Draw a row a sample: the image, then the masks of each of its most frequent classes. Image px."""
    drawn, axes = panels(len(indices) * (TOP_CLASSES + 1), columns=TOP_CLASSES + 1, size=2.4)
    rows = np.array(axes, object).reshape(-1, TOP_CLASSES + 1)
    for (first, *others), index in zip(rows, indices, strict=True):
        sample = reader[index]
        show_image(first, SourceImage(sample.image).for_display(), f"sample {index}, {frame_of(sample)}")
        counts = Counter(sample.class_ids.tolist()).most_common(TOP_CLASSES)
        for one, (class_id, count) in zip(others, counts, strict=False):
            numbered = np.zeros(sample.image.shape[:2])
            for number, row in enumerate(np.flatnonzero(sample.class_ids == class_id), start=1):
                numbered[sample.masks[row]] = number
            show_map(one, numbered, f"{_name(reader, class_id)}: {count}")
        for spare in others[len(counts) :]:
            spare.set_axis_off()
    return drawn


def statistics_figure(statistics: DatasetStatistics) -> Figure:
    """Draw the counts by class, the histograms of sizes, objects an image, shapes and fill."""
    drawn, axes = panels(6, columns=3, size=4.0, aspect=0.62)
    classes = statistics.by_class()
    many, own = len(statistics.objects), [count for count, _ in classes.values()]
    bars(axes[0], list(classes), own, f"{len(statistics.areas):,} objects by class, {many:,} images")
    _histogram(axes[1], np.sqrt(statistics.areas), "size of objects", "square root of mask area, image px")
    for limit in SIZE_LIMITS:
        axes[1].axvline(limit**0.5, color="#d55e00", linewidth=1, linestyle=":")
    title = f"objects an image, {statistics.empty:,} images without"
    edges = np.arange(int(statistics.objects.max(initial=1)) + 2) - 0.5  # a bar a number
    _histogram(axes[2], statistics.objects, title, "objects", "images", edges if len(edges) <= BINS else BINS)
    _histogram(
        axes[3],
        statistics.sizes.prod(axis=1) ** 0.5,
        "size of images",
        "square root of area, px",
        "images",
    )
    sides = statistics.boxes[:, 2:] - statistics.boxes[:, :2]
    tall = np.log2(np.maximum(sides[:, 1], 1e-3) / np.maximum(sides[:, 0], 1e-3))
    _histogram(axes[4], tall, "shape of boxes", "log2 of width / height: 0 is square")
    _histogram(axes[5], statistics.fill, "fill", "share of the box that is mask")
    return drawn


def draw(
    reader: Reader,
    statistics: DatasetStatistics | None,
    number: int = 0,
    of_class: str = ALL,
    masks: bool = True,
) -> list[Shown]:
    """Return the scene of one sample: those with objects of ``of_class`` are counted by ``number``."""
    index = index_of(reader, statistics, number, of_class)
    sample = reader[index]
    own = box_algebra.from_masks(sample.masks).astype(np.float32)
    off = np.abs(own - sample.boxes).max(axis=1, initial=0.0) > OFF
    given = Boxes(
        own[off], "boxes of the masks", of="truths", index=np.flatnonzero(off), colours=NEUTRAL,
        style="dotted", numbered=False, filtered=False,
    )  # fmt: skip
    title = f"Sample {index} of {len(reader)}, {frame_of(sample)}: {len(sample)} objects, image px"
    note = "Does every object have a mask, and does the mask end where the object ends?"
    return [
        sample_scene(
            sample, reader.class_names, title, note, masks=masks, layers=[given] if off.any() else []
        )
    ]


def explain(
    reader: Reader,
    statistics: DatasetStatistics | None,
    number: int = 0,
    of_class: str = ALL,
    masks: bool = True,
) -> list[str]:
    """Tell source, sizes and how far the given boxes are from those of the masks."""
    sample, found = reader.read(index_of(reader, statistics, number, of_class))
    own = box_algebra.from_masks(sample.masks)
    lines = [f"source: {sample.source}"] + [f"{one.severity}: {one.detail}" for one in found]
    for row, class_id in enumerate(sample.class_ids.tolist()):
        y1, x1, y2, x2 = sample.boxes[row].tolist()
        area = int(sample.masks[row].sum())
        crowd = ", a crowd: neither to be found nor a mistake" if sample.is_crowd[row] else ""
        lines.append(
            f"{row} {_name(reader, class_id)}: {x2 - x1:.0f} x {y2 - y1:.0f} px, {area} px of mask, "
            f"{area / max((x2 - x1) * (y2 - y1), 1e-9):.0%} of its box{crowd}"
        )
    off = np.abs(own - sample.boxes).max(initial=0.0)
    return [*lines, f"given boxes are at most {off:.2f} px off those of the masks"] if len(sample) else lines


def index_of(reader: Reader, statistics: DatasetStatistics | None, number: int, of_class: str = ALL) -> int:
    """Return the index of the ``number``-th sample, of all or of those with an object of ``of_class``.

    Raises: ValueError where there is none.
    """
    if not len(reader):
        raise ValueError("wanted a data set with images, received one without; look at reader.findings")
    if of_class == ALL or statistics is None:
        return min(number, len(reader) - 1)
    class_id = statistics.class_names.index(of_class)
    with_it = np.unique(statistics.image[statistics.class_ids == class_id])
    if not len(with_it):
        raise ValueError(f"no image that was looked at has an object of class {of_class}")
    return int(statistics.indices[with_it[min(number, len(with_it) - 1)]])


def _histogram(
    axes: Axes, values: np.ndarray, title: str, x: str, y: str = "objects", bins: Any = BINS
) -> None:
    """Draw a histogram with the median in its title; nothing to count is said."""
    if not len(values):
        plain(axes, f"{title}: none", x, y)
        return
    axes.hist(values, bins=bins, color="#0072b2")
    plain(axes, f"{title}: median {np.median(values):.3g}", x, y)


def _name(reader: Reader, class_id: int) -> str:
    known = class_id < len(reader.class_names)
    return name_of_class(reader.class_names, class_id) if known else f"class {class_id}"


VIEW = View(
    "Dataset: samples with their ground truth",
    "Look for masks beside their objects, for objects without a mask, for boxes that do not follow from the masks.",
    draw,
    explain,
)


def widget(reader: Reader, statistics: DatasetStatistics | None = None) -> DataPanel:
    """Return the live view: leaf through the samples, with ``statistics`` also through those of one class."""
    choices: dict[str, ipywidgets.Widget] = {"number": slider("sample", len(reader) - 1)}
    if statistics is not None:
        names = [ALL, *(name for name, (count, _) in statistics.by_class().items() if count)]
        choices["of_class"] = selector("of", names)
    choices["masks"] = ipywidgets.Checkbox(value=True, description="masks", indent=False)
    return DataPanel(VIEW, (reader, statistics), choices)


def snapshot(reader: Reader, number: int = 0) -> list[Part]:
    """Return the parts of a page without a kernel: one sample."""
    return still_once(VIEW, (reader, None), number=number)
