"""Cases around the model: evaluation, checks of weights, start-up times, opening a trace."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as run_length
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from rows import Row, ratio_of, time_row, timed

ROOT = Path(__file__).resolve().parents[1]
SIZE = (480, 640)  # px, of the images that are evaluated
OBJECTS, DETECTIONS, CLASSES = 7, 20, 80  # as in COCO: 7 objects an image; detections of a usual score


def evaluation(images: int, repetitions: int) -> list[Row]:
    """Measure our COCO figures of ``images`` images beside pycocotools' own on the same ground-truth objects and
    detections."""
    from maskrcnn_core.evaluation.metrics.coco_ap import CocoAp
    from maskrcnn_core.evaluation.metrics.objects import Objects

    rng = np.random.default_rng(0)
    samples = [_objects(rng) for _ in range(images)]
    names = ("background", *map(str, range(1, CLASSES + 1)))

    figures: dict[str, float] = {}

    def ours() -> None:
        average = CocoAp(names, ("segm",))
        for truth, found in samples:
            average.add_objects(Objects(**truth, annotated_areas=None), Objects(**found))
        figures["ours"] = average.figures("segm")["AP"]

    def theirs() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            judge = COCOeval(*_coco(samples), "segm")
            judge.evaluate()
            judge.accumulate()
            judge.summarize()
        figures["theirs"] = float(judge.stats[0])

    times = timed({"ours": ours, "theirs": theirs}, repetitions)
    assert abs(figures["ours"] - figures["theirs"]) < 1e-9, figures
    ratio = ratio_of(times["ours"], times["theirs"])
    return [time_row(f"mask AP of {images} images", times["ours"], "pycocotools' own loop", ratio, "<= 1.2")]


def _objects(rng: np.random.Generator) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return ground-truth objects and detections of one image: boxes as masks, as runs; detections lie near
    ground-truth objects or anywhere."""

    def boxes(count: int) -> np.ndarray:
        corners = rng.uniform(0, [500, 340], (count, 2))
        return np.concatenate([corners, rng.uniform(10, 130, (count, 2))], axis=1)

    def made(xywh: np.ndarray, class_ids: np.ndarray, scores: np.ndarray) -> dict[str, Any]:
        codes = run_length.frPyObjects(np.ascontiguousarray(xywh), *SIZE) if len(xywh) else []
        return {
            "class_ids": class_ids,
            "boxes": xywh,
            "scores": scores,
            "is_crowd": np.zeros(len(xywh), bool),
            "codes": tuple(codes),
        }

    truth, class_ids = boxes(OBJECTS), rng.integers(1, CLASSES + 1, OBJECTS)
    near = truth + rng.normal(0, 4, truth.shape)
    found = np.concatenate([np.maximum(near, 1), boxes(DETECTIONS - OBJECTS)])
    found_ids = np.concatenate([class_ids, rng.integers(1, CLASSES + 1, DETECTIONS - OBJECTS)])
    return made(truth, class_ids, np.ones(OBJECTS)), made(found, found_ids, rng.random(DETECTIONS))


def _coco(samples: list[Any]) -> tuple[COCO, COCO]:
    """Return the samples as pycocotools wants them."""
    truths, found = COCO(), COCO()
    for index, each in ((0, truths), (1, found)):
        annotations = []
        for image, pair in enumerate(samples, start=1):
            objects = pair[index]
            for row, class_id in enumerate(objects["class_ids"]):
                code = objects["codes"][row]
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": image,
                        "category_id": int(class_id),
                        "segmentation": code,
                        "bbox": objects["boxes"][row].tolist(),
                        "area": float(run_length.area(code)),
                        "iscrowd": 0,
                        "score": float(objects["scores"][row]),
                    }
                )
        each.dataset = {
            "images": [{"id": n + 1, "height": SIZE[0], "width": SIZE[1]} for n in range(len(samples))],
            "annotations": annotations,
            "categories": [{"id": n, "name": str(n)} for n in range(1, CLASSES + 1)],
        }
        each.createIndex()
    return truths, found


def weight_checks(repetitions: int, small: bool) -> list[Row]:
    """Measure the rules of inspect-weights on a shipped model and on one of ResNet-101's size."""
    from models import crowded, crowded_config

    from maskrcnn_core.weights import load_model
    from maskrcnn_core.weights.names import named_variables
    from maskrcnn_inspect.analysis.weights.checks import check_arrays

    rows = []
    models = {"shapes": load_model("shapes")}
    if not small:
        models["resnet101, 81 classes"] = crowded(crowded_config("resnet101", 1024, 100))
    for name, model in models.items():
        arrays = {key: np.asarray(value) for key, value in named_variables(model).items()}
        spectra = lambda arrays=arrays: [  # noqa: E731  # what the rules on spectra cannot do without
            np.linalg.svd(a.reshape(-1, a.shape[-1]), compute_uv=False) for a in arrays.values() if a.ndim > 1
        ]
        times = timed(
            {"check": lambda arrays=arrays: check_arrays(arrays), "svd": spectra}, min(repetitions, 3)
        )
        ratio = ratio_of(times["check"], times["svd"])
        rows.append(time_row(f"weight checks, {name}", times["check"], "singular values of the same", ratio))
    return rows


def start_up(repetitions: int) -> list[Row]:
    """Measure new processes: Python alone, the package, the command's help, TensorFlow, and opening a trace."""
    from maskrcnn_core.recording.trace import Trace

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.h5"
        trace = Trace()
        trace.update(
            {"fpn.p2": np.zeros((256, 256, 256), np.float32), "rpn.scores": np.zeros(261_888, np.float32)}
        )
        trace.save(path)
        opening = f"from maskrcnn_core import Trace; Trace.load({str(path)!r})['rpn.scores']"
        programs = {
            "Python alone": ["-c", "pass"],
            "import maskrcnn_core": ["-c", "import maskrcnn_core"],
            "maskrcnn --help": ["-c", "from maskrcnn_core.cli import main; main(['--help'])"],
            "open a trace of 65 MB and read scores": ["-c", opening],
            "import tensorflow": ["-c", "import tensorflow"],
            "import maskrcnn_core.model": ["-c", "import maskrcnn_core.model"],
        }
        times = timed({name: _process(words) for name, words in programs.items()}, repetitions)
    goals = {
        "import maskrcnn_core": "<= 0.3",
        "maskrcnn --help": "<= 0.5",
        "open a trace of 65 MB and read scores": "<= 1.0",
    }
    rows = [time_row(f"start-up: {name}", times[name], goal=goals.get(name, "")) for name in programs]
    both = ratio_of(times["import maskrcnn_core.model"], times["import tensorflow"])
    return [*rows[:-1], rows[-1]._replace(beside="import tensorflow", ratio=both)]


def _process(words: list[str]) -> Any:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "inspect")])}

    def run() -> None:
        subprocess.run([sys.executable, *words], env=environment, capture_output=True, check=False)

    return run
