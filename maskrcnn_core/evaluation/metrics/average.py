"""Average precision as numbers to read: the twelve figures over all classes and of each, and the curves under them.

Inputs: precision and recall as pycocotools accumulates them. Outputs: figures by name.

Shapes: T IoU thresholds 0.50, 0.55 … 0.95; R recalls 0.00, 0.01 … 1.00; C classes without the background; S sizes
(all, small, medium, large); M maxima of detections an image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SIZES = ("all", "small", "medium", "large")  # area < 32², < 96², >= 96² px (pycocotools' Params.areaRng)
THRESHOLDS = np.linspace(0.5, 0.95, 10)  # IoU
RECALLS = np.linspace(0.0, 1.0, 101)
MAX_DETECTIONS = (1, 10, 100)
NOTHING = -1.0  # what pycocotools says where nothing is there to measure


def figure_names(max_detections: Sequence[int] = MAX_DETECTIONS) -> tuple[str, ...]:
    """Return the names of the twelve figures: AP by IoU, AP by size, AR by number of detections, AR by size."""
    counted = (f"AR{count}" for count in max_detections)
    return ("AP", "AP50", "AP75", "APs", "APm", "APl", *counted, "ARs", "ARm", "ARl")


FIGURES = figure_names()


@dataclass(frozen=True)
class Average:
    """Precision and recall of a data set by masks or by boxes.

    kind: ``segm`` or ``bbox``. class_names: with the background first. max_detections: (M,) an image and class.
    precision: (T, R, C, S, M), the best at that recall or beyond. recall: (T, C, S, M). Both -1 without ground-truth
    objects.
    num_truths: (C, S) int, crowds not counted.
    """

    kind: str
    class_names: tuple[str, ...]
    max_detections: tuple[int, ...]
    precision: np.ndarray
    recall: np.ndarray
    num_truths: np.ndarray

    def figures(self, class_id: int | None = None) -> dict[str, float]:
        """Return the twelve figures by name, of one class or the mean over classes; -1 where there are no ground-truth
        objects.

        Source: ``COCOeval.summarize``; AP and the sizes count the largest number of detections.
        """
        chosen = slice(None) if class_id is None else slice(class_id - 1, class_id)
        precision, recall = self.precision[:, :, chosen], self.recall[:, chosen]
        at_50, at_75 = np.isclose(THRESHOLDS, 0.5), np.isclose(THRESHOLDS, 0.75)
        values = [precision[..., 0, -1], precision[at_50][..., 0, -1], precision[at_75][..., 0, -1]]
        values += [precision[..., size, -1] for size in (1, 2, 3)]
        values += [recall[..., 0, m] for m in range(len(self.max_detections))]
        values += [recall[..., size, -1] for size in (1, 2, 3)]
        return dict(zip(figure_names(self.max_detections), map(_mean, values), strict=True))

    def by_class(self) -> dict[str, dict[str, float]]:
        """Return the figures of every class that has ground-truth objects, by its name."""
        counts = self.num_truths[:, 0]
        return {
            name: self.figures(class_id)
            for class_id, name in enumerate(self.class_names[1:], start=1)
            if counts[class_id - 1]
        }

    def curve(self, threshold: float = 0.5, class_id: int | None = None) -> np.ndarray:
        """Return (R,) precision at ``RECALLS`` for an IoU of ``THRESHOLDS``; the mean over classes unless one is given.

        Raises: ValueError for another IoU.
        """
        rows = np.flatnonzero(np.isclose(THRESHOLDS, threshold))
        if not len(rows):
            raise ValueError(f"wanted an IoU of 0.50, 0.55 … 0.95, received {threshold:g}")
        curves = self.precision[rows[0], :, :, 0, -1]  # (R, C)
        if class_id is not None:
            return np.asarray(curves[:, class_id - 1])
        measured = curves[:, curves[0] >= 0]
        return measured.mean(axis=1) if measured.size else np.full(len(RECALLS), NOTHING)


def _mean(values: np.ndarray) -> float:
    """Return the mean of what could be measured; -1 where nothing could."""
    real = values[values > NOTHING]
    return float(real.mean()) if real.size else NOTHING
