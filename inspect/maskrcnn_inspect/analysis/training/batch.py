"""Training batch: one batch with its targets, by the very functions that a step of training runs.

Inputs: a reader, a model, a seed. Outputs: a ``Trace`` and numbers an image of the batch. Why: with too few positive
ROIs the heads learn little of objects, and the loss looks fine.

Shapes: b images; A anchors; r sampled ROIs; yxyx network-input px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.data.reading.subset import Subset
from maskrcnn_core.stages.pasting import paste_mask

from ..data.augmented import image_of


@dataclass(frozen=True)
class BatchImage:
    """One image of a batch with its targets; fields named as the tensors of a trace are."""

    source: str
    sample: Sample  # preprocessed, its masks whole
    anchors: np.ndarray  # (A, yxyx)
    labels: np.ndarray  # (A,) 1 object, -1 background, 0 not in the losses
    roi_boxes: np.ndarray  # (r, yxyx)
    roi_class_ids: np.ndarray  # (r,) 0 = background
    roi_gt_index: np.ndarray  # (r,), -1 where negative
    roi_masks: np.ndarray  # (r, y, x) 0 or 1

    @property
    def positive_share(self) -> float:
        """Return the share of sampled ROIs that are on an object; NaN without ROIs."""
        count = len(self.roi_class_ids)
        return float((self.roi_class_ids > 0).sum() / count) if count else float("nan")


def training_batch(
    reader: Reader, model: Any, seed: int = 0, indices: Sequence[int] | None = None
) -> list[BatchImage]:
    """Return the first batch of the stream over the samples ``indices``, with the targets of its first step.

    The stream is shuffled, augmented and preprocessed by ``data.pipeline``, and targets are drawn by
    ``training.objective`` from what ``model`` proposes. indices: all samples by default; a few keep a large data set on
    its disk.
    """
    from maskrcnn_core.data.input.pipeline import index_at, make_batches
    from maskrcnn_core.data.input.records import open_records
    from maskrcnn_core.stages.anchors import make_anchors
    from maskrcnn_core.stages.rpn import RpnOutput
    from maskrcnn_core.training.loop.fit import training_view
    from maskrcnn_core.training.loop.objective import targets_of_image

    config: Config = training_view(model.config)
    part = reader if indices is None else Subset(reader, indices)
    with TemporaryDirectory(prefix="maskrcnn-batch-") as cache:
        records = open_records(part, cache)
        size = min(config.training.batch_size, len(records))
        batch = next(iter(make_batches(records, config, size, seed)))
        sources = [part.source(index_at(records, place, seed)) for place in range(size)]
    anchors = make_anchors(tuple(batch.images.shape[1:3]), config.anchors)
    rpn = model.rpn(model.fpn(model.backbone(batch.images)).rpn_levels)
    images = []
    for index, source in enumerate(sources):
        output = RpnOutput(*(tensor[index] for tensor in rpn))
        of_anchors, of_rois = targets_of_image(batch, index, output, anchors, config)
        images.append(
            BatchImage(
                source,
                sample_of_batch(batch, index, config, source),
                np.asarray(anchors.boxes),
                *(
                    np.asarray(tensor)
                    for tensor in (
                        of_anchors.labels,
                        of_rois.boxes,
                        of_rois.class_ids,
                        of_rois.gt_index,
                        of_rois.masks,
                    )
                ),
            )
        )
    return images


def sample_of_batch(batch: Any, index: int, config: Config, source: str = "") -> Sample:
    """Return image ``index`` of a batch as a sample: padding left out, mean added, mini masks back in their boxes."""
    real = np.asarray(batch.class_ids[index]) != 0
    image = image_of(np.asarray(batch.images[index]), config)
    boxes, masks = np.asarray(batch.boxes[index])[real], np.asarray(batch.masks[index])[real]
    if config.training.mini_mask is not None:
        small, masks = masks, np.zeros((len(masks), *image.shape[:2]), bool)
        for target, grid, box in zip(masks, small, boxes, strict=True):
            paste_mask(target, grid.astype(np.float32), box, config.pasting.threshold)
    class_ids, is_crowd = (np.asarray(tensor[index])[real] for tensor in (batch.class_ids, batch.is_crowd))
    return Sample(image, class_ids, masks, is_crowd, boxes, source)


def positive_share(images: Sequence[BatchImage]) -> tuple[int, int]:
    """Return the number of positive and of all ROIs of a batch."""
    ids = np.concatenate([np.zeros(0, np.int32), *(image.roi_class_ids for image in images)])
    return int((ids > 0).sum()), len(ids)
