"""Explaining many images: what is done with each, in this process or in a worker of a cluster.

Inputs: a recipe that names a data set, a model and how to judge. Outputs: a job whose answers are the records of a
journal with the rows of its vector file: workers have no folder, so who asked writes both.

Shapes: r rows of the verdict table; c channels of a vector.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Collection
from typing import Any

import numpy as np

from maskrcnn_core.config.files import from_dict
from maskrcnn_core.data.quality.looks import look_of
from maskrcnn_core.data.quality.object_looks import object_looks
from maskrcnn_core.data.reading.depth import watching
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_core.data.reading.sample import Sample
from maskrcnn_core.evaluation.shared import same_dataset
from maskrcnn_core.files.journal import Record
from maskrcnn_core.recording.detail import last_hidden

from ..candidates.explanation import READS, SIZES, Explainer
from ..candidates.false_detections import DETECTION_VERDICTS, NOT_JUDGED
from ..candidates.verdicts import VERDICTS
from .copied import LOOK, OBJECT_LOOKS, sound_looks
from .fiftyone_folder import SIZE
from .record_masks import sound_masks
from .recording import Examiner
from .trials import trials_of

OF_DETECTIONS = {*DETECTION_VERDICTS.values(), NOT_JUDGED}
NEEDED = {"fates", "funnel", "near_box", "false", "trials"}  # of a record, beside truths and detections
BESIDE = ("rows", "brightest", "doubt")  # of an answer: what is not the record's


class Explaining:
    """What is done with each image: read with its ground truth, trace, judge, try other settings.

    first: the image whose answer says whether the data set speaks for other anchors.
    """

    def __init__(self, examiner: Examiner, reader: Reader, first: int) -> None:
        self.examiner, self.reader, self.first = examiner, reader, first

    def load(self, item: int) -> tuple[Sample, int | None]:
        """Read the image at a place of the data set, and its largest value where nobody said its depth."""
        with watching() as deep:
            sample, _ = self.reader.read(item)
        return sample, deep.brightest if deep.images else None

    def work(self, item: int, loaded: tuple[Sample, int | None]) -> Any:
        """Say why each of its objects was found or missed."""
        from maskrcnn_core.inference.anchor_scales import AnchorProbe

        model = self.examiner.explainer.model
        doubt = AnchorProbe(model).look_through(self.reader) if item == self.first else ""
        return *self.examiner.examine(loaded[0]), doubt

    def finish(self, item: int, loaded: tuple[Sample, int | None], worked: Any) -> Record:
        """Return the record of it and its rows, in values as JSON has them."""
        record, rows, doubt = worked
        text = _in_text(np.ascontiguousarray(rows, "<f2").tobytes())
        image, objects = loaded[0].image, object_looks(loaded[0]).tobytes()
        named = {LOOK: _in_text(look_of(image)), OBJECT_LOOKS: _in_text(objects), SIZE: list(image.shape[:2])}
        return {**record, **named, "rows": text, "brightest": loaded[1], "doubt": doubt}


def _in_text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def make_explaining(recipe: dict[str, Any]) -> Explaining:
    """Return the job of a recipe: ``evaluation.shared.recipe_of``'s, with how to judge."""
    from maskrcnn_core.inference.engines.opening import open_model

    reader, config = same_dataset(recipe), from_dict(recipe["config"])
    model = open_model(recipe["weights"], config, recipe["engine"], (*READS, last_hidden(config)))
    explainer = Explainer(model, reader.class_names, recipe["threshold"], recipe["setting_changes"])
    trials = trials_of(config) if recipe["gains"] else ()
    return Explaining(Examiner(explainer, trials), reader, recipe["first"])


def record_and_rows(answer: Record, channels: int) -> tuple[Record, np.ndarray]:
    """Return the record of an answer, and its rows (r, c) float16.

    Raises: ValueError unless it is an explanation that sums can be made of: a worker may send anything.
    """
    record = {name: value for name, value in answer.items() if name not in BESIDE}
    sizes = {name for name, _ in SIZES}
    try:
        rows = np.frombuffer(base64.b64decode(answer["rows"], validate=True), "<f2").reshape(-1, channels)
        sound = (
            set(record) >= NEEDED
            and all(_is_one(one, VERDICTS) and one["size"] in sizes for one in record["truths"])
            and sound_looks(record)
            and [int(side) > 0 for side in record[SIZE]] == [True, True]
            and all(_is_one(one, OF_DETECTIONS) and "score" in one for one in record["detections"])
            and sound_masks(record, record[SIZE])
        )
    except (KeyError, TypeError, ValueError):
        sound = False
    if not sound:
        raise ValueError(f"wanted an explanation from a worker, received something else: {str(record)[:200]}")
    return record, rows


def _is_one(one: Record, verdicts: Collection[str]) -> bool:
    """Tell whether ``one`` is an object or a detection with a verdict of ``verdicts``."""
    words = (one["class"], one["sentence"])
    placed = len(one["box"]) == 4 and all(math.isfinite(side) for side in one["box"])
    return one["verdict"] in verdicts and all(isinstance(word, str) for word in words) and placed
