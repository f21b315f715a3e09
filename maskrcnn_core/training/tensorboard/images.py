"""Images for TensorBoard: what the network makes of one sample, and what it is asked for.

Inputs: a sample and its trace. Outputs: ground truth, prediction, proposals and targets, each an image with its title.
Number and colour of an object are those of all that is on it: of the instance that found it, of proposals and
targets. TensorBoard shows an image some 200 px high, so that letters here are three times as large as they have to be
there.

Shapes: g ground-truth objects; n proposals; r ROIs; y, x px of the panels.
"""

from __future__ import annotations

import dataclasses
import io
import itertools
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw, ImageFont
from tensorboard.plugins.image import metadata

from ...config import Config
from ...data.reading.images import SourceImage
from ...data.reading.sample import Sample, with_ignored
from ...evaluation.metrics.matching import match_objects
from ...evaluation.metrics.objects import objects_of_result, objects_of_sample
from ...geometry import boxes as box_algebra
from ...inference.outputs import enlargement, overlay
from ...recording.trace import Trace, config_of
from ...stages.composing import Result, colour_of
from ...stages.pasting import unmold_boxes

PANEL = 512  # px, longer side of an image before labels are drawn
MOST = 640  # px, longer side of a panel
PROPOSALS = 50  # shown, best first
ON_TRUTH = 0.5  # IoU from which a proposal is on a ground-truth object
QUALITY = 80  # of JPEG: PNG takes several times the bytes, every epoch
GREY, GROUND = (170, 170, 170), (20, 20, 20)  # colour of what is on no object; behind titles
TITLE, LABEL, EDGE = 30, 26, 6  # px: letters of titles and of labels, ground around a title
NARROWEST = 400  # px, width of a title: a narrower image stands on a ground of this width
PANELS = ("ground_truth", "prediction", "proposals", "targets")
READS = (  # what a trace has to keep, beside targets and ground truth
    "molding.window",
    "proposals.boxes",
    "detections.class_ids",
    "detections.scores",
    "pasting.*",
    "truth.*",
    "anchors.boxes",
    "anchor_targets.labels",
    "anchor_targets.gt_index",
    "roi_targets.boxes",
    "roi_targets.class_ids",
    "roi_targets.gt_index",
)


def write_image(tag: str, pixels: np.ndarray, step: int) -> None:
    """Write ``pixels`` (y, x, rgb) uint8 to the current writer, as JPEG."""
    encoded = io.BytesIO()
    Image.fromarray(pixels).save(encoded, "JPEG", quality=QUALITY, subsampling=0)
    size = [str(side).encode() for side in (pixels.shape[1], pixels.shape[0])]
    described = metadata.create_summary_metadata(display_name=None, description=None)
    tf.summary.write(tag, tf.constant([*size, encoded.getvalue()]), step, described)


def panels(sample: Sample, trace: Trace) -> dict[str, np.ndarray]:
    """Return (y, x, rgb) uint8 of ground truth, prediction, proposals and targets of ``sample``, each with its title.

    trace: of the sample's image with its ground truth, with the tensors ``READS``.
    Raises: ValueError for a trace without a configuration.
    """
    config = config_of(trace)
    pixels = SourceImage(sample.image).for_display()
    size = (pixels.shape[0], pixels.shape[1])
    small, scale = _shrunk(pixels)
    names = with_ignored(config.class_names)
    truth = Result(sample.boxes, sample.class_ids, np.ones(len(sample)), sample.masks, names)
    found = prediction(sample, trace, config)
    factor = enlargement(small)
    instances = [_overlaid(small, scale, one) for one in (truth, found)]
    titles = [f"ground truth: {len(sample)} objects", _words_of(found, sample)]
    boxed = []
    for title, layers in (_proposals(trace, config), _targets(trace)):
        image = Image.fromarray(small.repeat(factor, axis=0).repeat(factor, axis=1))
        for layer in layers:
            boxes = unmold_boxes(layer.boxes, trace["molding.window"], size, config.box_corner)
            _draw(image, layer, boxes * scale * factor)
        titles.append(title)
        boxed.append(np.asarray(image))
    shown = zip(PANELS, [*instances, *boxed], titles, strict=True)
    return {name: _titled(_limited(panel), title) for name, panel, title in shown}


def prediction_panel(sample: Sample, trace: Trace) -> np.ndarray:
    """Return (y, x, rgb) uint8 of the prediction alone, with its title; of ``trace`` it needs what ``prediction`` does.

    Raises: ValueError for a trace without a configuration.
    """
    found = prediction(sample, trace, config_of(trace))
    small, scale = _shrunk(SourceImage(sample.image).for_display())
    return _titled(_limited(_overlaid(small, scale, found)), _words_of(found, sample))


def _words_of(found: Result, sample: Sample) -> str:
    right = f", {sum(rank < len(sample) for rank in found.ranks)} right" if len(sample) else ""
    return f"prediction: {len(found)} instances{right}"


def _overlaid(small: np.ndarray, scale: float, result: Result) -> np.ndarray:
    """Return the shrunk image with the instances of ``result``, enlarged where it is tiny."""
    letters = LABEL * max(
        1.0, enlargement(small) * max(small.shape[:2]) / MOST
    )  # of their size when all is shrunk
    return overlay(small, _scaled(result, scale, small), letters=letters)


def prediction(sample: Sample, trace: Trace, config: Config) -> Result:
    """Return the instances of a trace, without those that have no pixel.

    Those that found an object (mask IoU >= 0.5, class) have its number as rank, the others the numbers behind the
    ground-truth objects.
    """
    boxes = trace["pasting.boxes"]
    placed = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    ids, scores = trace["detections.class_ids"][placed], trace["detections.scores"][placed]
    result = Result(boxes[placed], ids, scores, trace["pasting.masks"][placed], config.class_names)
    owners = match_objects(objects_of_result(result), objects_of_sample(sample)).of_detection
    numbers = itertools.count(len(sample))
    ranks = tuple(int(owner) if owner >= 0 else next(numbers) for owner in owners)
    return dataclasses.replace(result, ranks=ranks)


class Layer(NamedTuple):
    """Boxes to draw: (n, yxyx) network-input px, the object that each is on (n,) or -1, width of the line in px."""

    boxes: np.ndarray
    truths: np.ndarray
    width: int


def _proposals(trace: Trace, config: Config) -> tuple[str, list[Layer]]:
    """Return title and boxes of the best proposals."""
    boxes, truths = trace["proposals.boxes"][:PROPOSALS], trace["truth.boxes"]
    on_truth = np.full(len(boxes), -1)
    if len(boxes) and len(truths):
        overlap = box_algebra.iou(boxes, truths, config.box_corner)
        on_truth = np.where(overlap.max(axis=1) >= ON_TRUTH, overlap.argmax(axis=1), -1)
    covered = len(set(on_truth.tolist()) - {-1})
    count = len(trace["proposals.boxes"])
    title = f"proposals: best {len(boxes)} of {count}, on {covered} of {len(truths)} ground-truth objects"
    return title, [Layer(boxes, on_truth, 2)]


def _targets(trace: Trace) -> tuple[str, list[Layer]]:
    """Return title and boxes of sampled ROIs and of positive anchors, which are drawn thin."""
    anchors = trace["anchor_targets.labels"] == 1
    rois = np.where(trace["roi_targets.class_ids"] > 0, trace["roi_targets.gt_index"], -1)
    title = f"targets: {anchors.sum()} anchors (thin), {(rois >= 0).sum()} of {len(rois)} ROIs on a ground-truth object"
    of_anchors = trace["anchor_targets.gt_index"][anchors]
    return title, [
        Layer(trace["roi_targets.boxes"], rois, 2),
        Layer(trace["anchors.boxes"][anchors], of_anchors, 1),
    ]


def _draw(image: Image.Image, layer: Layer, boxes: np.ndarray) -> None:
    """Draw ``boxes`` (n, yxyx), px of ``image``: first those on no object, the best on top."""
    pen = ImageDraw.Draw(image)
    for row in sorted(range(len(boxes)), key=lambda i: (layer.truths[i] >= 0, -i)):
        y1, x1, y2, x2 = (float(v) for v in boxes[row])
        colour = colour_of(int(layer.truths[row])) if layer.truths[row] >= 0 else GREY
        pen.rectangle((x1, y1, max(x1, x2 - 1), max(y1, y2 - 1)), outline=colour, width=layer.width)


def _shrunk(pixels: np.ndarray) -> tuple[np.ndarray, float]:
    """Return ``pixels`` with a longer side of ``PANEL`` px at most, and the scale."""
    scale = min(1.0, PANEL / max(pixels.shape[:2]))
    if scale == 1.0:
        return pixels, scale
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR)), scale


def _scaled(result: Result, scale: float, image: np.ndarray) -> Result:
    """Return ``result`` for the shrunk ``image`` (y, x, rgb); masks by nearest neighbour."""
    rows, columns = (
        np.minimum(((np.arange(side) + 0.5) / scale).astype(int), full - 1)
        for side, full in zip(image.shape[:2], result.masks.shape[1:], strict=True)
    )
    masks = np.asarray(result.masks)[:, rows][:, :, columns]
    boxes = np.rint(result.boxes * scale).astype(np.int32)
    return dataclasses.replace(result, boxes=boxes, masks=masks)


def _titled(panel: np.ndarray, title: str) -> np.ndarray:
    """Return ``panel`` below a dark band with its title, in as many lines as it takes."""
    width, font = max(NARROWEST, panel.shape[1]), ImageFont.load_default(size=TITLE)
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width - 2 * EDGE:
            lines.append(word)
        else:
            lines[-1] = longer
    band = Image.new("RGB", (width, len(lines) * round(1.2 * TITLE) + 2 * EDGE), GROUND)
    for row, line in enumerate(lines):
        ImageDraw.Draw(band).text((EDGE, row * round(1.2 * TITLE) + EDGE), line, fill="white", font=font)
    ground = np.full((len(panel), width, 3), GROUND, np.uint8)
    ground[:, : panel.shape[1]] = panel
    return np.vstack([np.asarray(band), ground])


def _limited(pixels: np.ndarray) -> np.ndarray:
    """Return ``pixels`` with a longer side of ``MOST`` px at most."""
    image = Image.fromarray(pixels)
    image.thumbnail((MOST, MOST))
    return np.asarray(image)
