"""Training batch: what one step of training gets, with its targets.

Look for: images without a positive ROI; a share of positive ROIs far below what is asked for; masks that lie wrong.

Shapes: b images; r sampled ROIs; network-input px.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.stages.composing import colour_of

from ...analysis.training.batch import BatchImage, positive_share, training_batch
from ...canvas import NEUTRAL, Boxes
from ...canvas.standalone import Part
from ...palette import NEGATIVE, POSITIVE, instance_colour
from ..framework.close_up import draw_rimmed, show_bits
from ..framework.data_panel import DataPanel, slider
from ..framework.drawing import draw_boxes, panels, plain, show_image
from ..framework.mosaic import mask_tile, mosaic
from ..framework.sample_scene import frame_of, image_of_sample, sample_scene
from ..framework.scene import Chart, Scene, Shown, View, still_once

SHOWN = 16  # mask targets of an image
PAIRS = 4  # of tiles in a row


def figure(images: Sequence[BatchImage]) -> Figure:
    """Draw each image of a batch with its masks, its positive anchors (dotted) and its positive ROIs. Network-input
    px.
    """
    drawn, axes = panels(max(1, len(images)), columns=4, size=3.0)
    for one, image in zip(axes, images, strict=False):
        sample, positive = image.sample, image.roi_class_ids > 0
        title = f"{int((image.labels == 1).sum())} anchors, {int(positive.sum())} of {len(positive)} ROIs positive"
        show_image(one, image_of_sample(sample, range(len(sample))), title)
        draw_boxes(one, image.anchors[image.labels == 1], "#ffffff", dotted=True, width=1.0)
        colours = [instance_colour(int(row)) for row in image.roi_gt_index[positive]]
        draw_rimmed(one, image.roi_boxes[positive], colours, width=0.8)
    return drawn


def shares_figure(images: Sequence[BatchImage], wanted: float) -> Figure:
    """Draw the positive and negative ROIs of each image of a batch, and the share that is ``wanted`` at most."""
    drawn, (one,) = panels(1, size=5.2, aspect=0.45)
    positive = np.array([int((image.roi_class_ids > 0).sum()) for image in images])
    total = np.array([len(image.roi_class_ids) for image in images])
    places = np.arange(len(images))
    one.bar(places, positive, color=POSITIVE, label="on an object")
    one.bar(places, total - positive, bottom=positive, color=NEGATIVE, alpha=0.6, label="background")
    one.plot(places, wanted * total, "k_", ms=16, label=f"{wanted:.0%}, asked for at most")
    one.legend(fontsize=7)
    count, of = positive_share(images)
    share = f"{count / of:.0%}" if of else "none"
    plain(one, f"{count} of {of} sampled ROIs are on an object: {share}", "image of the batch", "ROIs")
    return drawn


def masks_figure(image: BatchImage) -> Figure:
    """Draw the mask targets of the first positive ROIs of an image, cells of the ROI."""
    rows = np.flatnonzero(image.roi_class_ids > 0)[:SHOWN]
    drawn, axes = panels(max(1, len(rows)), columns=8, size=1.4 if len(rows) else 3.2)
    if not len(rows):
        axes[0].set_axis_off()
        axes[0].text(
            0, 0.5, "no positive ROI: this image teaches\nwhat background is, and no mask", fontsize=9
        )
    for one, row in zip(axes, rows, strict=False):
        show_bits(one, image.roi_masks[row], f"ROI {row}, object {image.roi_gt_index[row]}")
    return drawn


def masks_scene(image: BatchImage) -> Scene:
    """Return a pair of tiles for each of the first positive ROIs: what it sees, and the mask that is wanted there."""
    rows = np.flatnonzero(image.roi_class_ids > 0)[:SHOWN]
    of_truth, pixels = image.roi_gt_index[rows], image_of_sample(image.sample, [], masks=False)
    masks = [
        mask_tile(image.roi_masks[row], colour_of(int(truth)))
        for row, truth in zip(rows, of_truth, strict=True)
    ]
    tiles = mosaic(pixels, image.roi_boxes[rows], 0.3).beside(masks, PAIRS)
    layer = Boxes(
        tiles.place(image.roi_boxes[rows]), "ROIs on objects", of="rois", index=rows, style="dotted",
        colours=of_truth, lineage={"truths": of_truth}, filtered=False,
    )  # fmt: skip
    title = f"Mask targets of {len(rows)} ROIs on objects, cells of the ROI"
    note = "Is a mask cut off by its ROI?" if len(rows) else "No positive ROI: this image teaches no mask."
    return Scene(title, tiles.image, [layer], note)


class Batches:
    """The batches of a reader by seed, of which the last is kept: what a panel shows and tells."""

    def __init__(self, reader: Reader, model: Any, indices: Sequence[int] | None = None) -> None:
        self.reader, self.model, self.indices = reader, model, indices
        self._last: tuple[int, list[BatchImage]] | None = None

    def of(self, seed: int) -> list[BatchImage]:
        """Return the first batch of the stream of ``seed``."""
        if self._last is None or self._last[0] != seed:
            self._last = (seed, training_batch(self.reader, self.model, seed, self.indices))
        return self._last[1]


def draw(batches: Batches, seed: int = 0, number: int = 0) -> list[Shown]:
    """Return one image of the batch with its ROIs, its mask targets, and the shares of the batch."""
    images = batches.of(seed)
    number = min(number, len(images) - 1)
    image, settings = images[number], batches.model.config.training
    title = f"Image {number} of the batch of seed {seed}, {frame_of(image.sample)}, network-input px"
    scene = sample_scene(
        image.sample, batches.reader.class_names, title, "Which objects have ROIs, and how well do they fit?",
        layers=[*_anchors(image), *_rois(image)],
    )  # fmt: skip
    shares = Chart("Positive ROIs by image", shares_figure(images, settings.roi_positive_share))
    return [scene, masks_scene(image), shares]


def explain(batches: Batches, seed: int = 0, number: int = 0) -> list[str]:
    """Tell where the image comes from and how its samples divide."""
    images = batches.of(seed)
    image, settings = images[min(number, len(images) - 1)], batches.model.config.training
    count, of = positive_share(images)
    labels, positive = image.labels, int((image.roi_class_ids > 0).sum())
    most = int(settings.roi_samples * settings.roi_positive_share)
    share = f"{count} / {of} = {count / of:.3f}" if of else "none"
    return [
        f"source: {image.source}; augmented by {', '.join(settings.augment) or 'nothing'}",
        f"anchors: {int((labels == 1).sum())} objects + {int((labels == -1).sum())} background"
        f" = {int((labels != 0).sum())} of {len(labels)}, wanted {settings.rpn_samples}, half of them objects at most",
        f"ROIs: {positive} on objects + {len(image.roi_class_ids) - positive} background,"
        f" wanted {settings.roi_samples}, on objects {settings.roi_positive_share:.0%} at most, {most}",
        f"share of positive ROIs in the batch: {share}",
    ]


def _anchors(image: BatchImage) -> list[Boxes]:
    """Return the sampled anchors: objects dotted, background hidden at first."""
    kinds = {"anchors for objects": 1, "anchors for background": -1}
    rows = {name: np.flatnonzero(image.labels == label) for name, label in kinds.items()}
    return [
        Boxes(
            image.anchors[own], name, of="anchors", index=own, colours=NEUTRAL, style="dotted",
            numbered=False, filtered=False, visible=kinds[name] == 1,
        )
        for name, own in rows.items()
    ]  # fmt: skip


def _rois(image: BatchImage) -> list[Boxes]:
    """Return the ROIs: on objects in their colour, background hidden at first."""
    kinds = {"ROIs on objects": image.roi_class_ids > 0, "ROIs on background": image.roi_class_ids == 0}
    return [
        Boxes(
            image.roi_boxes[own], name, of="rois", index=np.flatnonzero(own),
            colours=image.roi_gt_index[own], lineage={"truths": image.roi_gt_index[own]},
            numbered=False, filtered=False, visible=name == "ROIs on objects",
        )
        for name, own in kinds.items()
    ]  # fmt: skip


VIEW = View(
    "Training batch: what one step gets",
    "Look for images without a positive ROI, and for masks that lie wrong after augmentation.",
    draw,
    explain,
)


def widget(reader: Reader, model: Any, indices: Sequence[int] | None = None) -> DataPanel:
    """Return the live view: another seed is another batch; ``indices`` keep it to some samples of a large data set."""
    size = min(model.config.training.batch_size, len(reader if indices is None else indices))
    choices = {"seed": slider("seed", 999), "number": slider("image", size - 1)}
    return DataPanel(VIEW, (Batches(reader, model, indices),), choices)


def snapshot(reader: Reader, model: Any, indices: Sequence[int] | None = None) -> list[Part]:
    """Return the parts of a page without a kernel: the first image of the batch of seed 0."""
    return still_once(VIEW, (Batches(reader, model, indices),))
