"""The self-test: does this machine compute what the model computed where it was made?

The shipped ``shapes`` model looks at one drawn image. Its detections and losses are held against a stored answer;
detection, trace and replay against each other, bit by bit.

    python -m maskrcnn_core.doctor.self_test > maskrcnn_core/assets/self_test.json      makes the answer anew
"""

from __future__ import annotations

import hashlib
import json
import time
from importlib.resources import as_file, files
from typing import Any, NamedTuple

import numpy as np

from ..data.formats.shapes import Shapes
from ..data.reading.sample import Sample
from ..recording.trace import Trace
from ..stages.composing import Result

SEED, INDEX = 20_000, 3  # an image that the model was not trained on
# between processors and convolution implementations sums are rounded in another order
SCORE_TOLERANCE = 2e-3
LOSS_TOLERANCE = 1e-2  # relative
MASK_TOLERANCE = 0.01  # share of a mask's pixels
BOX_TOLERANCE = 1  # px
ANSWER = "self_test.json"
TERMS = ("losses.rpn_objectness", "losses.rpn_delta", "losses.class", "losses.box_delta", "losses.mask")


class Step(NamedTuple):
    """One thing that was tested. fault: what is wrong, empty if nothing."""

    name: str
    said: str
    fault: str


def run_self_test() -> list[Step]:
    """Run all tests, about ten seconds. Raises: whatever TensorFlow does where it does not run at all."""
    from ..weights import load_model

    began = time.perf_counter()
    model, sample, stored = load_model("shapes"), image(), stored_answer()
    loaded = time.perf_counter()
    trace = model.trace(sample.image, truth=sample)
    result = model.detect(sample.image)
    first = time.perf_counter()
    model.detect(sample.image)
    again = time.perf_counter() - first
    received = answer_of(result, trace)
    replayed = model.replay(trace, edits={"proposals.boxes": lambda boxes: boxes})
    return [
        Step("model", f"loaded in {loaded - began:.1f} s, an image in {again * 1000:.0f} ms", ""),
        Step("detections", f"{len(result)} of {len(stored['scores'])}", differences(stored, received)),
        Step("losses", ", ".join(f"{v:.3f}" for v in received["losses"].values()), worse(stored, received)),
        Step("trace equals detection", "bit by bit", unequal_to_result(trace, result)),
        Step("replay equals trace", "bit by bit", unequal_traces(trace, replayed)),
    ]


def image() -> Sample:
    """Return the image of the test with its ground truth."""
    return Shapes(INDEX + 1, SEED)[INDEX]


def stored_answer() -> dict[str, Any]:
    """Return the answer that ships with the package."""
    content: dict[str, Any] = json.loads((files("maskrcnn_core") / "assets" / ANSWER).read_text("utf-8"))
    return content


def weights_hash() -> str:
    """Return the SHA-256 of the weights that the answer belongs to."""
    with as_file(files("maskrcnn_core") / "assets" / "shapes.h5") as path:
        return hashlib.sha256(path.read_bytes()).hexdigest()


def answer_of(result: Result, trace: Trace) -> dict[str, Any]:
    """Return what is compared, as JSON has it."""
    return {
        "boxes": result.boxes.tolist(),
        "class_ids": result.class_ids.tolist(),
        "scores": [round(float(score), 5) for score in result.scores],
        "pixels": np.asarray(result.masks).sum(axis=(1, 2)).tolist(),
        "losses": {name: round(float(trace[name]), 5) for name in TERMS},
    }


def differences(stored: dict[str, Any], received: dict[str, Any]) -> str:
    """Say how the received detections differ from the stored ones; empty within the tolerances."""
    if received["class_ids"] != stored["class_ids"]:
        return f"wanted classes {stored['class_ids']}, received {received['class_ids']}"
    for name, tolerance in (("boxes", BOX_TOLERANCE), ("scores", SCORE_TOLERANCE)):
        apart = np.abs(np.subtract(stored[name], received[name])).max(initial=0.0)
        if not apart <= tolerance:  # NaN is no agreement
            return f"{name} are {apart:g} apart, wanted {tolerance:g} at most"
    wanted = np.asarray(stored["pixels"], float)
    apart = (np.abs(wanted - received["pixels"]) / wanted).max(initial=0.0)
    return "" if apart <= MASK_TOLERANCE else f"masks differ in {apart:.1%} of their pixels"


def worse(stored: dict[str, Any], received: dict[str, Any]) -> str:
    """Say which losses differ from the stored ones; empty within the tolerance."""
    for name, wanted in stored["losses"].items():
        value = received["losses"].get(name, float("nan"))
        if not abs(value - wanted) <= LOSS_TOLERANCE * abs(wanted) + 1e-4:
            return f"{name}: wanted {wanted:g}, received {value:g}"
    return ""


def unequal_to_result(trace: Trace, result: Result) -> str:
    """Say where a trace holds other detections than were returned."""
    pairs = {
        "pasting.boxes": result.boxes,
        "detections.scores": result.scores,
        "pasting.masks": result.masks,
    }
    return ", ".join(name for name, value in pairs.items() if not np.array_equal(trace[name], value))


def unequal_traces(one: Trace, other: Trace) -> str:
    """Say which tensors differ in two traces."""
    names = [name for name in one if not np.array_equal(one[name], other[name], equal_nan=_floats(one[name]))]
    return ", ".join(names)


def _floats(values: Any) -> bool:
    return bool(np.issubdtype(np.asarray(values).dtype, np.floating))


def main() -> None:
    """Print the answer of this machine."""
    from ..weights import load_model

    model, sample = load_model("shapes"), image()
    answer = answer_of(model.detect(sample.image), model.trace(sample.image, truth=sample))
    print(json.dumps({"weights": weights_hash(), **answer}))


if __name__ == "__main__":
    main()
