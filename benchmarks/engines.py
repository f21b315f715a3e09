"""Cases of engines: TensorFlow, ONNX Runtime and OpenVINO in turns on the same weights, pasting included."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from models import GOLDENS, distinct
from PIL import Image
from rows import Row, ratio_of, time_row, timed

from maskrcnn_core.inference.engines.opening import ENGINES, open_model
from maskrcnn_inspect.samples import sample_image

MAIN = "from maskrcnn_core.cli import main; main()"
ROOT = Path(__file__).resolve().parents[1]
PEAK = """
import json, sys
import numpy as np
from maskrcnn_core.inference.engines.opening import open_model
from maskrcnn_core.runtime import memory
weights, config, engine, image = sys.argv[1:]
model, pixels = open_model(weights, json.loads(config), engine), np.load(image)
for _ in range(3):
    model.detect(pixels)
print(json.dumps(memory.peak()))
"""


def architecture(name: str, side: int, repetitions: int) -> list[Row]:
    """Measure detect of a torchvision model with weights by recipe and 100 detections."""
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "weights.safetensors"
        distinct(name, weights)
        return in_turns(str(weights), sizes(side), picture(side), f"{name}, {side} px", repetitions)


def shipped(name: str, repetitions: int) -> list[Row]:
    """Measure detect of a shipped model on its sample."""
    return in_turns(name, {}, sample_image(name), f"model {name}", repetitions)


def sizes(side: int) -> dict[str, Any]:
    """Return settings by which an image of ``side`` px stays as large as it is."""
    return {"molding": {"min_dim": side, "max_dim": side}}


def picture(side: int) -> np.ndarray:
    """Return the golden's image at ``side`` px, (y, x, rgb) uint8."""
    with Image.open(GOLDENS / "torchvision_r50_256" / "image.png") as image:
        return np.asarray(image.convert("RGB").resize((side, side)))


def in_turns(
    weights: str, config: dict[str, Any], image: np.ndarray, label: str, repetitions: int
) -> list[Row]:
    """Measure each engine's time and the most memory that a process of its own holds."""
    models = {engine: open_model(weights, config, engine) for engine in ENGINES}
    found = {engine: len(model.detect(image)) for engine, model in models.items()}
    assert len(set(found.values())) == 1, found
    times = timed(
        {engine: lambda model=model: model.detect(image) for engine, model in models.items()}, repetitions
    )
    first = times[ENGINES[0]]
    rows = [
        time_row(f"detect in {engine}, {label}", times[engine], "TensorFlow", ratio_of(times[engine], first))
        for engine in ENGINES
    ]
    return rows + [
        Row(f"peak memory, detect in {engine}, {label}", peak(weights, config, engine, image) / 2**30, "GiB")
        for engine in ENGINES
    ]


def peak(weights: str, config: dict[str, Any], engine: str, image: np.ndarray) -> int:
    """Return the most bytes that a process holds that detects in ``engine`` three times."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.npy"
        np.save(path, image)
        words = [sys.executable, "-c", PEAK, weights, json.dumps(config), engine, str(path)]
        done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=True)
    return int(json.loads(done.stdout.splitlines()[-1]))


def start_to_files(name: str, side: int, repetitions: int) -> list[Row]:
    """Measure ``maskrcnn detect one.jpg`` from its start to its files in each engine, the export being there."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        weights, image, config = (folder / name for name in ("weights.safetensors", "one.jpg", "config.json"))
        distinct(name, weights)
        config.write_text(json.dumps(sizes(side)))
        Image.fromarray(picture(side)).save(image)

        def command(engine: str) -> Any:
            words = [image, "--output", folder / engine, "--weights", weights, "--config", config]
            words += ["--engine", engine]
            line = [sys.executable, "-c", MAIN, "detect", *words, "--overwrite"]

            def run() -> None:
                subprocess.run(list(map(str, line)), env=environment(), capture_output=True, check=True)

            return run

        times = timed({engine: command(engine) for engine in ENGINES}, repetitions)
    first, goals = times[ENGINES[0]], {"onnxruntime": "<= 0.4", "openvino": "<= 0.4"}
    return [
        time_row(
            f"maskrcnn detect one.jpg, start to files, in {engine}, {name}, {side} px",
            times[engine],
            "TensorFlow",
            ratio_of(times[engine], first),
            goals.get(engine, "") if name == "resnet101" else "",
        )
        for engine in ENGINES
    ]


def environment() -> dict[str, str]:
    """Return the environment of a process that runs this checkout."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "inspect")])}
