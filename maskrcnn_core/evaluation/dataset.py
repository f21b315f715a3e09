"""A model on a data set: every image is read, looked at and judged, and let go.

Inputs: a model and a reader. Outputs: an ``Evaluation`` that has seen all images, and the results in COCO's format.

Shapes: d detections; K classes of the model.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import numpy as np

from ..data.reading.depth import Levels, watching
from ..data.reading.reader import Finding, Reader
from ..data.reading.sample import IGNORED, Sample
from ..files.suggestions import repeated
from ..geometry.rle import as_text
from ..inference.overlap import ERROR, overlapped
from ..recording.trace import Trace
from ..stages.composing import Result
from .metrics.objects import Objects, objects_of_result, objects_of_sample
from .metrics.stage_recall import READS, StageRecall
from .run import Evaluation

if TYPE_CHECKING:
    from ..model import MaskRCNN

# what a result is made of, where a trace is taken anyway
RESULT = ("pasting.boxes", "pasting.masks", "detections.class_ids", "detections.scores")


class ClassMap(NamedTuple):
    """to_dataset: (K,) int, the data set's class of each class of the model, 0 for none. unjudged: names of those."""

    to_dataset: np.ndarray
    unjudged: tuple[str, ...]

    @property
    def to_model(self) -> np.ndarray:
        """(C + 1,) int32, the model's class of each class of the data set; background stays, and at -1 ``IGNORED``."""
        back = np.zeros(int(self.to_dataset.max(initial=0)) + 2, np.int32)
        back[self.to_dataset] = np.arange(len(self.to_dataset))
        back[0], back[-1] = 0, IGNORED
        return back


def map_classes(dataset_names: Sequence[str], model_names: Sequence[str]) -> ClassMap:
    """Match classes by name. The model may know more: what it finds of those the data set cannot judge.

    Raises: ValueError listing both where the model lacks a class of the data set, or a name stands twice.
    """
    wanted, known = list(dataset_names[1:]), list(model_names[1:])
    if wanted == known:  # also where two classes share a name
        return ClassMap(np.arange(len(known) + 1), ())
    have, needed = set(known), set(wanted)
    lacking = [name for name in wanted if name not in have]
    twice = repeated(wanted) or [name for name in repeated(known) if name in needed]
    if lacking or twice:
        problem = f"the model has no {', '.join(lacking)}" if lacking else f"{twice[0]} stands twice"
        raise ValueError(
            f"wanted the data set's classes among the model's, by name: {problem}. "
            f"Classes of the data set: {', '.join(wanted) or 'none'}. "
            f"Classes of the model: {', '.join(known) or 'none'}."
        )
    places = {name: place for place, name in enumerate(wanted, start=1)}
    to_dataset = np.array([0, *(places.get(name, 0) for name in known)])
    return ClassMap(to_dataset, tuple(name for name in known if name not in places))


def measure(
    model: MaskRCNN,
    reader: Reader,
    evaluation: Evaluation,
    recall: StageRecall | None = None,
    results: ResultWriter | None = None,
    count: int | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Levels:
    """Run ``model`` on the first ``count`` images of ``reader`` and add what it finds to ``evaluation``.

    An image that cannot be read is left out and named in ``evaluation.unreadable``; single objects that cannot be
    used are counted in ``evaluation.left_out``. Returns: what was seen of deep images whose depth nobody said.
    """
    job = Judging(model, reader, evaluation, recall, results)
    for index, answer in overlapped(range(len(reader) if count is None else min(count, len(reader))), job):
        if ERROR in answer:
            evaluation.unreadable.append((reader.source(index), answer[ERROR]))
        progress(index + 1)
    return job.levels


class Judging:
    """What is done with each image: read, detect, judge; the steps of different images overlap."""

    def __init__(
        self,
        model: MaskRCNN,
        reader: Reader,
        evaluation: Evaluation,
        recall: StageRecall | None = None,
        results: ResultWriter | None = None,
    ) -> None:
        """See ``measure``."""
        self.model, self.reader, self.evaluation, self.recall, self.results = (
            model,
            reader,
            evaluation,
            recall,
            results,
        )
        self.classes = map_classes(reader.class_names, model.config.class_names)
        self.levels = Levels()

    def load(self, index: int) -> tuple[Sample, list[Finding]]:
        """Read an image with its ground truth."""
        with watching() as deep:
            read = self.reader.read(index)
        if deep.images:
            self.levels.add(deep.brightest)
        return read

    def work(self, index: int, loaded: tuple[Sample, list[Finding]]) -> Result:
        """Find its objects."""
        return detect(self.model, loaded[0], self.recall)

    def finish(self, index: int, loaded: tuple[Sample, list[Finding]], worked: Result) -> dict[str, Any]:
        """Judge what was found."""
        detections = in_dataset_classes(objects_of_result(worked), self.classes)
        judge(self.evaluation, self.reader.source(index), loaded, detections)
        if self.results is not None:
            self.results.add(index, detections)
        return {}


def judge(
    evaluation: Evaluation, source: str, read: tuple[Sample, list[Finding]], detections: Objects
) -> None:
    """Add an image, as it was ``read``, with its ``detections`` in the classes of the data set."""
    sample, found = read
    evaluation.left_out += sum(finding.severity == "error" for finding in found)
    evaluation.add(source, objects_of_sample(sample), detections, sample.image)


def detect(model: MaskRCNN, sample: Sample, recall: StageRecall | None = None) -> Result:
    """Return what ``model`` finds on the image of ``sample``; ``recall`` counts the stages of the same pass."""
    if recall is None:
        result: Result = model.detect(sample.image, boxed=True)
        return result
    trace = model.trace(sample.image, keep=[*RESULT, *READS])
    recall.add(trace, sample)
    return result_of(trace)


def result_of(trace: Trace) -> Result:
    """Return the result that a trace holds. Law: it equals ``model.detect`` of the same image."""
    boxes = trace["pasting.boxes"]
    placed = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    names = trace.config.class_names if trace.config else ()
    return Result(
        boxes[placed],
        trace["detections.class_ids"][placed],
        trace["detections.scores"][placed],
        trace["pasting.masks"][placed],
        names,
        tuple(int(row) for row in np.flatnonzero(placed)),
    )


def in_dataset_classes(detections: Objects, classes: ClassMap) -> Objects:
    """Return detections with the data set's class ids, without those of classes that it does not have."""
    class_ids = classes.to_dataset[detections.class_ids]
    return replace(detections, class_ids=class_ids).only(class_ids > 0)


class ResultWriter:
    """Writes COCO results while they come: a list with an entry for each detection, a line each.

    image_ids, category_ids: the data set's own where the reader has them (``Coco``), else places and class ids from 1.
    """

    def __init__(self, file: TextIO, reader: Reader) -> None:
        self._file, self._lines = file, 0
        self._image_ids = getattr(reader, "image_ids", None) or range(1, len(reader) + 1)
        self._category_ids = getattr(reader, "category_ids", None) or range(1, len(reader.class_names))

    def add(self, index: int, detections: Objects) -> None:
        """Write the detections of image ``index``, class ids as the data set has them."""
        for row, class_id in enumerate(detections.class_ids):
            entry: dict[str, Any] = {
                "image_id": self._image_ids[index],
                "category_id": self._category_ids[class_id - 1],
                "score": float(detections.scores[row]),
                "bbox": detections.boxes[row].tolist(),
            }
            if detections.codes is not None:
                entry["segmentation"] = as_text(detections.codes[row])
            self._file.write((",\n" if self._lines else "[\n") + json.dumps(entry))
            self._lines += 1

    def close(self) -> None:
        """End the list."""
        self._file.write("\n]\n" if self._lines else "[]\n")
