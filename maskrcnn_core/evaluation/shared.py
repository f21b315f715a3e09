"""A model on a data set over the workers of a cluster: they detect, this process judges.

Inputs: a data set that all of them can read. Outputs: what ``dataset.measure`` would have left, since judging happens
in one place and in the order of the images, whoever has detected. Detections go into a journal as they come, where
there is a folder for it, so that a run that broke goes on.

Shapes: d detections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..config import Config
from ..config.files import from_dict, to_dict
from ..data.reading.depth import Levels, watching
from ..data.reading.reader import Reader
from ..data.reading.registry import open_at
from ..files import journal
from ..geometry.rle import as_text, require_runs
from ..inference.cluster.places import Cluster
from ..inference.cluster.run import answers
from ..inference.cluster.worker import recipe_text, seen_by_all
from ..inference.overlap import ERROR, Answer
from ..terminal.progress import remark
from .dataset import ClassMap, ResultWriter, in_dataset_classes, judge, map_classes
from .metrics.objects import Objects, objects_of_result
from .run import Evaluation

if TYPE_CHECKING:
    from ..model import MaskRCNN


class Finding:
    """What a worker does with each image: read and detect."""

    def __init__(self, model: MaskRCNN, reader: Reader) -> None:
        self.model, self.reader = model, reader
        self.classes: ClassMap = map_classes(reader.class_names, model.config.class_names)

    def load(self, item: int) -> np.ndarray:
        """Read the image of a place in the data set."""
        return self.reader.read(item)[0].image

    def work(self, item: int, loaded: np.ndarray) -> Any:
        """Find its objects; with the first image see whether the data set speaks for other anchors."""
        from ..inference.anchor_scales import AnchorProbe

        doubt = "" if item else AnchorProbe(self.model).look_through(self.reader)
        return self.model.detect(loaded, boxed=True), doubt

    def finish(self, item: int, loaded: np.ndarray, worked: Any) -> Answer:
        """Return the detections, in the classes of the data set, as JSON has them."""
        result, doubt = worked
        found = as_json(in_dataset_classes(objects_of_result(result), self.classes))
        return {**found, "doubt": doubt} if doubt else found


def make_finding(recipe: dict[str, Any]) -> Finding:
    """Return what a worker does. recipe: ``recipe_of``'s."""
    from ..weights.loading import load_model

    reader = same_dataset(recipe)
    return Finding(load_model(recipe["weights"], from_dict(recipe["config"])), reader)


def recipe_of(
    dataset: tuple[str, int | None], reader: Reader, weights: str, config: Config
) -> dict[str, Any]:
    """Return what a worker makes a job of.

    dataset: its name, and the bits in use of its images where that is said. reader: it, as it is seen here.
    """
    return {
        **seen_by_all(weights),
        "config": to_dict(config),
        "dataset": dataset[0],
        "depth": dataset[1],
        "images": len(reader),
        "class_names": list(reader.class_names),
    }


def same_dataset(recipe: dict[str, Any]) -> Reader:
    """Return the data set of a recipe. Raises: ValueError where this worker sees another one."""
    reader = open_at(recipe["dataset"], recipe["depth"])
    if [len(reader), list(reader.class_names)] != [recipe["images"], recipe["class_names"]]:
        raise ValueError(
            f"{recipe['dataset']}: wanted the data set that the command sees, {recipe['images']} images, received "
            f"{len(reader)}; give its full path, on a file system that all workers see"
        )
    return reader


class Shared(NamedTuple):
    """How a measurement is shared out. recipe: ``recipe_of``'s. path: of the journal, if there is one."""

    cluster: Cluster
    recipe: dict[str, Any]
    path: Path | None = None


def measure_shared(
    shared: Shared,
    reader: Reader,
    evaluation: Evaluation,
    results: ResultWriter | None,
    count: int,
    progress: Callable[[int], None],
) -> Levels:
    """Do as ``dataset.measure`` does, with the images shared out; return what was seen of deep images."""
    levels = Levels()
    for index, answer in enumerate(_answers(shared, count)):
        try:
            if ERROR in answer:
                raise ValueError(answer[ERROR])
            with watching() as deep:
                read = reader.read(index)
        except (ValueError, OSError) as error:
            evaluation.unreadable.append((reader.source(index), str(error)))
        else:
            if answer.get("doubt"):
                remark(str(answer["doubt"]))
            detections = from_json(answer, (*read[0].image.shape[:2], len(reader.class_names)))
            judge(evaluation, reader.source(index), read, detections)
            if results is not None:
                results.add(index, detections)
            if deep.images:
                levels.add(deep.brightest)
        progress(index + 1)
    return levels


def _answers(shared: Shared, count: int) -> Iterator[Answer]:
    """Give the answers to images 0 to ``count`` - 1: those of a run that broke from its journal, the others anew.

    An answer is written down when the next is asked for: then it was found to be one.
    """
    done = 0
    if shared.path is not None:
        task = sha256(recipe_text(shared.recipe).encode()).hexdigest()
        done = journal.resume(shared.path, {"task": task, "count": count})
        yield from journal.records(shared.path)
    if done < count:
        for _, answer in answers(range(done, count), make_finding, shared.recipe, shared.cluster):
            yield answer
            if shared.path is not None:
                journal.append(shared.path, answer)


def as_json(detections: Objects) -> Answer:
    """Return detections as plain values. Law: ``from_json(as_json(d), frame)`` equals ``d``, to the last bit."""
    return {
        "class_ids": detections.class_ids.tolist(),
        "boxes": detections.boxes.tolist(),
        "scores": detections.scores.tolist(),
        "codes": [as_text(code) for code in detections.codes or ()],
    }


def from_json(answer: Answer, frame: tuple[int, int, int]) -> Objects:
    """Return the detections of an answer. frame: y, x of the image and the number of classes with the background.

    Raises: ValueError for anything else.
    """
    *size, num_classes = frame
    try:
        class_ids = np.array(answer["class_ids"], np.int64).reshape(-1)
        boxes = np.array(answer["boxes"], np.float64).reshape(len(class_ids), 4)
        scores = np.array(answer["scores"], np.float64).reshape(-1)
        for code in answer["codes"]:
            require_runs(code, (size[0], size[1]))
        codes = tuple({"size": size, "counts": code["counts"].encode("ascii")} for code in answer["codes"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError("wanted the detections of another worker, received something else") from error
    if not len(class_ids) == len(scores) == len(codes):
        raise ValueError("wanted as many scores and masks as classes from another worker")
    sound = (class_ids > 0) & (class_ids < num_classes) & (scores >= 0) & (scores <= 1)
    if not (sound.all() and np.isfinite(boxes).all()):
        raise ValueError("wanted classes of the data set, scores of 0 to 1 and boxes from another worker")
    return Objects(class_ids, boxes, scores, np.zeros(len(class_ids), bool), codes)
