"""Examples of a data set's verdicts as cases: the part of the image around each, with what is meant outlined.

Inputs: the examples that sums keep, and images as whoever decodes them shows them. Outputs: cases as an evaluation's
page shows them.

Shapes: n boxes, yxyx and xywh image px.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from maskrcnn_core.evaluation.metrics.objects import Objects
from maskrcnn_core.evaluation.metrics.worst_cases import Case, thumbnail
from maskrcnn_core.geometry import boxes as box_algebra

from .explanation_sums import Example

Cases = dict[str, list[tuple[Case, str]]]  # by verdict, each with its value in words


class Cutter:
    """Cuts the examples out of the images that it is shown, each shown once.

    Raises nothing for an image that is never shown, or shown as None: its case has no pixels.
    """

    def __init__(self, *examples: Mapping[str, Sequence[Example]]) -> None:
        self._wanted: dict[int, list[Example]] = {}  # by index of the image
        self._crops: dict[int, bytes | None] = {}  # by id of the example
        for several in (one for by_verdict in examples for one in by_verdict.values()):
            for one in several:
                self._wanted.setdefault(one.index, []).append(one)

    def see(self, index: int, image: np.ndarray | None) -> None:
        """Cut out what is wanted of an image (y, x, channel) of the data set."""
        for one in self._wanted.get(index, ()):
            self._crops[id(one)] = _crop(one, image)

    def cases(self, examples: Mapping[str, Sequence[Example]]) -> Cases:
        """Return the cases of each verdict."""
        return {
            verdict: [(_case(one, self._crops.get(id(one))), one.value) for one in several]
            for verdict, several in examples.items()
        }


def _case(one: Example, jpeg: bytes | None) -> Case:
    return Case(one.image, one.class_name, 0.0, one.sentence, jpeg)


def _crop(one: Example, image: np.ndarray | None) -> bytes | None:
    truths, detections = _objects(one.truths), _objects(one.detections)
    return thumbnail(image, truths, list(range(len(truths))), detections, list(range(len(detections))))


def _objects(boxes: Sequence[Sequence[float]]) -> Objects:
    """Return boxes (yxyx) as objects whose masks are not known."""
    count = len(boxes)
    array = box_algebra.to_xywh(np.asarray(boxes, np.float64).reshape(count, 4))
    return Objects(np.zeros(count, int), array, np.ones(count), np.zeros(count, bool), None)
