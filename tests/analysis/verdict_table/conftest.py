"""Eight images of shapes, explained once with the trials of a model that is a little too strict."""

import numpy as np
import pytest

from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.data.reading.reader import Reader
from maskrcnn_inspect.analysis.candidates.explanation import Explainer
from maskrcnn_inspect.analysis.verdict_table.recording import Examiner, Recorder
from maskrcnn_inspect.analysis.verdict_table.trials import Trial

TRIALS = (
    Trial("detections.min_score", 0.3),
    Trial("detections.max_count", 200),
    Trial("proposals.count", 3),
    Trial("detections.nms_threshold", 0.8),
)


@pytest.fixture(scope="session")
def trials() -> tuple[Trial, ...]:
    return TRIALS


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Shapes(8, seed=12)


@pytest.fixture(scope="session")
def examiner(shapes_model, reader):
    return Examiner(Explainer(shapes_model, reader.class_names), TRIALS)


@pytest.fixture(scope="session")
def recorded(examiner, reader, tmp_path_factory):
    """Give the records, and the recorder with its vectors."""
    recorder = Recorder(tmp_path_factory.mktemp("vectors") / "vectors.f16", examiner.channels)
    recorder.resume(None)
    records = [
        {**recorder.keep(*examiner.examine(reader[i])), "index": i, "image": reader.source(i)}
        for i in range(len(reader))
    ]
    return records, recorder


@pytest.fixture
def random():
    return np.random.default_rng(7)


def record(index: int, truths: list[dict], detections: list[dict] = (), **more) -> dict:
    """Return a record by hand; what is not said of an object or detection is ordinary."""
    objects = [
        {
            "truth": n, "class": "cell", "size": "small", "area": 100.0, "verdict": "found", "detection": n,
            "iou": 0.8, "score": 0.9, "anchor": n, "candidate": n, "sentence": "words",
            "box": [10.0 * n, 0.0, 10.0 * n + 9, 9.0], **one,
        }
        for n, one in enumerate(truths)
    ]  # fmt: skip
    found = [
        {
            "detection": n, "class": "cell", "score": 0.9, "verdict": "correct", "truth": n, "iou": 0.8,
            "sentence": "words", "box": [10.0 * n, 0.0, 10.0 * n + 9, 9.0], **one,
        }
        for n, one in enumerate(detections)
    ]  # fmt: skip
    false = sum(one["verdict"] not in ("correct", "crowd", "not judged") for one in found)
    return {
        "index": index,
        "image": f"{index}.png",
        "truths": objects,
        "detections": found,
        "false": false,
        **more,
    }


@pytest.fixture(scope="session")
def made():
    """Give the maker of records by hand."""
    return record
