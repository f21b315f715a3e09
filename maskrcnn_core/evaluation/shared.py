"""A model on a data set, by several devices or machines: others detect, the first one judges.

Enters: a data set that all of them can read. Leaves: what ``dataset.measure`` would have left, since judging happens
in one place and in the order of the pictures, whoever has detected.

Shapes: d detections.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.reading.reader import Reader
from ..geometry.rle import as_text
from ..inference.sharing.overlap import ERROR
from ..inference.sharing.run import share_out
from .dataset import ClassMap, ResultWriter, in_dataset_classes, judge, map_classes
from .metrics.objects import Objects, objects_of_result
from .run import Evaluation

if TYPE_CHECKING:
    from ..model import MaskRCNN


class Finding:
    """What is done with each picture elsewhere: read and detect."""

    def __init__(self, model: MaskRCNN, reader: Reader, device: Callable[[], Any]) -> None:
        """Detect with ``model`` inside ``device()``, a context."""
        self.model, self.reader, self.device = model, reader, device
        self.classes: ClassMap = map_classes(reader.class_names, model.config.class_names)

    def load(self, index: int) -> np.ndarray:
        """Read the picture."""
        return self.reader.read(index)[0].image

    def work(self, index: int, loaded: np.ndarray) -> Any:
        """Find its objects."""
        with self.device():
            return self.model.detect(loaded)

    def finish(self, index: int, loaded: np.ndarray, worked: Any) -> dict[str, Any]:
        """Return the detections, in the classes of the data set, as JSON has them."""
        return as_json(in_dataset_classes(objects_of_result(worked), self.classes))


def measure_shared(
    make_job: Callable[[str | None], Finding],
    reader: Reader,
    evaluation: Evaluation,
    results: ResultWriter | None,
    count: int,
    progress: Callable[[int], None],
    strategy: tuple[str, str],
) -> None:
    """Do as ``dataset.measure`` does, with the pictures shared out by ``strategy`` (its name, and the task's)."""
    name, task = strategy
    for index, answer in share_out(count, make_job, name, task):
        try:
            if ERROR in answer:
                raise ValueError(answer[ERROR])
            read = reader.read(index)
        except (ValueError, OSError) as error:
            evaluation.unreadable.append((reader.source(index), str(error)))
        else:
            detections = from_json(answer)
            judge(evaluation, reader.source(index), read, detections)
            if results is not None:
                results.add(index, detections)
        progress(index + 1)


def as_json(detections: Objects) -> dict[str, Any]:
    """Return detections as plain values. Law: ``from_json(as_json(d))`` equals ``d``, to the last bit."""
    return {
        "class_ids": detections.class_ids.tolist(),
        "boxes": detections.boxes.tolist(),
        "scores": detections.scores.tolist(),
        "codes": [as_text(code) for code in detections.codes or ()],
    }


def from_json(answer: dict[str, Any]) -> Objects:
    """Return the detections of an answer. Raises: ValueError for anything else."""
    try:
        class_ids = np.array(answer["class_ids"], np.int64)
        boxes = np.array(answer["boxes"], np.float64).reshape(len(class_ids), 4)
        scores = np.array(answer["scores"], np.float64)
        codes = tuple(
            {"size": [int(side) for side in code["size"]], "counts": str(code["counts"]).encode("ascii")}
            for code in answer["codes"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("wanted the detections of another worker, received something else") from error
    if not len(class_ids) == len(scores) == len(codes):
        raise ValueError("wanted as many scores and masks as classes from another worker")
    return Objects(class_ids, boxes, scores, np.zeros(len(class_ids), bool), codes)
