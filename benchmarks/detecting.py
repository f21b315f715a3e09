"""Cases of detection: beside its floor, traced, replayed, in lists, and its memory."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from models import crowded, crowded_config, noise
from operations import MatrixPeak, Operation, bare, recorded, total
from rows import Row, Times, ratio_of, time_row, timed

from maskrcnn_core.runtime import memory
from maskrcnn_core.stages.pasting import paste
from maskrcnn_core.weights import load_model
from maskrcnn_inspect.samples import sample_image

MIB = 2**20
PEAK_GOAL = {"resnet101": ">= 0.78"}  # share of the matrix peak
REPLAYS = {  # stage -> a setting or an edit that it is the first to meet
    "fpn": {"edits": {"fpn.merged2": lambda values: values}},
    "rpn": {"edits": {"rpn.scores": lambda values: values}},
    "proposals": {"proposals.nms_threshold": 0.7},
    "box_roi": {"box_roi.canonical_size": 200.0},
    "detections": {"detections.nms_threshold": 0.9},
    "mask_roi": {"mask_roi.canonical_size": 200.0},
    "pasting": {"pasting.threshold": 0.4},
    "composing": {"composing.alpha": 0.3},
}


def operations_of(model: Any, image: np.ndarray) -> list[Operation]:
    """Return the convolutions and products of a detection; an edit that changes nothing makes it run op by op."""
    with recorded() as operations:
        model.trace(image, keep="detections.scores", edits={"image.original": lambda pixels: pixels})
    return operations


def beside_floor(architecture: str, side: int, repetitions: int, small: bool) -> list[Row]:
    """Measure detect with 100 and 10 detections and trace, beside the bare convolutions and the matrix peak."""
    label = f"{architecture}, {side} px"
    model, image = crowded(crowded_config(architecture, side, 100)), noise(side)
    operations = operations_of(model, image)
    many = model.config
    few = many.replace(**{"detections.max_count": 10})

    def detect(config: Any) -> int:
        model.config = config
        return len(model.detect(image))

    product = MatrixPeak(1024 if small else 2048)
    works = {
        "detect": lambda: detect(many),
        "bare": bare(operations),
        "trace": lambda: model.trace(image),
        "few": lambda: detect(few),
        "peak": product,
    }
    assert detect(many) > 90 or small, "wanted 100 detections"
    times = timed(works, repetitions)
    peak = product.speed
    speed = total(operations) / times["detect"].median / 1e9
    overhead = 1 - 1 / ratio_of(times["detect"], times["bare"])
    return [
        Row(f"matrix peak, float32, beside {label}", peak, "GFLOP/s"),
        Row(f"operations of detect, {label}, 100 detections", total(operations) / 1e9, "GFLOP"),
        time_row(f"bare convolutions and products, {label}", times["bare"], "the floor"),
        time_row(
            f"detect, {label}, 100 detections",
            times["detect"],
            "the floor",
            ratio_of(times["detect"], times["bare"]),
        ),
        Row(
            f"speed of detect, {label}",
            speed,
            "GFLOP/s",
            beside="matrix peak",
            ratio=speed / peak,
            goal=PEAK_GOAL.get(architecture, ""),
        ),
        Row(
            f"not convolution or product, {label}",
            100 * overhead,
            "% of detect",
            ratio=overhead,
            goal="<= 0.10",
        ),
        time_row(
            f"detect, {label}, 10 detections",
            times["few"],
            "100 detections",
            ratio_of(times["few"], times["detect"]),
        ),
        time_row(
            f"trace of all tensors, {label}",
            times["trace"],
            "detect",
            ratio_of(times["trace"], times["detect"]),
            "<= 1.10",
        ),
    ]


def shipped(name: str, repetitions: int) -> list[Row]:
    """Measure detect beside its floor, trace, and a list of 8, of a shipped model."""
    model, image = load_model(name), sample_image(name)
    operations = operations_of(model, image)
    works = {
        "one": lambda: model.detect(image),
        "eight": lambda: model.detect([image] * 8),
        "trace": lambda: model.trace(image),
        "bare": bare(operations),
    }
    times = timed(works, repetitions)
    eighth = Times([t / 8 for t in times["eight"].wall], times["eight"].cpu)
    words = f"model {name}, {'x'.join(map(str, image.shape[:2]))}"
    return [
        Row(f"operations of detect, {words}", total(operations) / 1e9, "GFLOP"),
        time_row(f"detect, {words}", times["one"], "the floor", ratio_of(times["one"], times["bare"])),
        time_row(
            f"an image of a list of 8, {words}",
            eighth,
            "one alone",
            ratio_of(eighth, times["one"]),
            "<= 1.0",
        ),
        time_row(
            f"trace, {words}", times["trace"], "detect", ratio_of(times["trace"], times["one"]), "<= 1.10"
        ),
    ]


def replays(architecture: str, side: int, repetitions: int) -> list[Row]:
    """Measure replay from each stage on, as a slider does: the second of its kind and later ones."""
    model, image = crowded(crowded_config(architecture, side, 100)), noise(side)
    trace = model.trace(image)

    def replay(change: dict[str, Any]) -> Any:
        edits = change.get("edits")
        settings = {name: value for name, value in change.items() if name != "edits"}
        return lambda: model.replay(trace, edits=edits, **settings)

    works = {stage: replay(change) for stage, change in REPLAYS.items()}
    for work in works.values():
        work()  # the first of a kind runs op by op, the second compiles
    times = timed({"detect": lambda: model.detect(image), **works}, repetitions)
    return [
        time_row(
            f"replay from {stage}, {architecture}, {side} px",
            times[stage],
            "detect",
            ratio_of(times[stage], times["detect"]),
        )
        for stage in works
    ]


def pasting(side: int, count: int, repetitions: int) -> list[Row]:
    """Measure pasting of ``count`` masks onto an image, beside writing that many pixels once."""
    config = crowded_config("resnet50", side, count)
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, side * 0.7, (count, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(20, side * 0.3, (count, 2))], axis=1).astype(
        np.float32
    )
    probs = rng.random((count, 28, 28), np.float32)
    window = np.array([0, 0, side, side], np.float32)
    works = {
        "paste": lambda: paste(boxes, probs, window, (side, side), config),
        "none": lambda: paste(boxes[:0], probs[:0], window, (side, side), config),
        "write": lambda: np.ones((count, side, side), bool),
    }
    times = timed(works, repetitions)
    name = f"pasting {count} masks, {side} px"
    return [
        time_row(
            name, times["paste"], "writing as many pixels once", ratio_of(times["paste"], times["write"])
        ),
        time_row(f"pasting none, {side} px", times["none"]),
    ]


def peak_of_detect(architecture: str, side: int) -> list[Row]:
    """Measure the most that a process that detects holds."""
    return [_peak(architecture, side, "detect", lambda model, image: model.detect(image), "<= 1.4")]


def peak_of_trace(architecture: str, side: int) -> list[Row]:
    """Measure the most that a process holds that traces everything into a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.h5"
        return [_peak(architecture, side, "trace into a file", lambda m, p: m.trace(p).save(path), "")]


def _peak(architecture: str, side: int, what: str, work: Any, goal: str) -> Row:
    model, image = crowded(crowded_config(architecture, side, 100)), noise(side)
    for _ in range(3):
        work(model, image)
    goal = goal if side >= 1024 else ""
    return Row(f"peak memory, {what}, {architecture}, {side} px", memory.peak() / 2**30, "GiB", goal=goal)
