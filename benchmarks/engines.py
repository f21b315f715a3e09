"""Cases of engines: TensorFlow and ONNX Runtime in turns on the same weights, pasting included."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from models import crowded, crowded_config, noise
from PIL import Image
from rows import Row, ratio_of, time_row, timed

from maskrcnn_core.inference.engines.opening import ENGINES, open_model
from maskrcnn_core.weights.formats.native import save_weights
from maskrcnn_inspect.samples import sample_image

MAIN = "from maskrcnn_core.cli import main; main()"
ROOT = Path(__file__).resolve().parents[1]
PEAK = """
import json, sys
import numpy as np
from maskrcnn_core.inference.engines.opening import open_model
from maskrcnn_core.runtime import memory
weights, engine, image = sys.argv[1:]
model, pixels = open_model(weights, engine=engine), np.load(image)
for _ in range(3):
    model.detect(pixels)
print(json.dumps(memory.peak()))
"""


def architecture(name: str, side: int, repetitions: int) -> list[Row]:
    """Measure detect of a model with random weights and 100 detections."""
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "weights.h5"
        save_weights(crowded(crowded_config(name, side, 100)), weights)
        return in_turns(str(weights), noise(side), f"{name}, {side} px", repetitions)


def shipped(name: str, repetitions: int) -> list[Row]:
    """Measure detect of a shipped model on its sample."""
    return in_turns(name, sample_image(name), f"model {name}", repetitions)


def in_turns(weights: str, image: np.ndarray, label: str, repetitions: int) -> list[Row]:
    """Measure each engine's time and the most memory that a process of its own holds."""
    models = {engine: open_model(weights, engine=engine) for engine in ENGINES}
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
        Row(f"peak memory, detect in {engine}, {label}", peak(weights, engine, image) / 2**30, "GiB")
        for engine in ENGINES
    ]


def peak(weights: str, engine: str, image: np.ndarray) -> int:
    """Return the most bytes that a process holds that detects in ``engine`` three times."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.npy"
        np.save(path, image)
        words = [sys.executable, "-c", PEAK, weights, engine, str(path)]
        done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=True)
    return int(json.loads(done.stdout.splitlines()[-1]))


def start_to_files(name: str, side: int, repetitions: int) -> list[Row]:
    """Measure ``maskrcnn detect one.jpg`` from its start to its files in each engine, the export being there."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        weights, image = folder / "weights.h5", folder / "one.jpg"
        save_weights(crowded(crowded_config(name, side, 100)), weights)
        Image.fromarray(noise(side)).save(image)

        def command(engine: str) -> Any:
            words = [image, "--output", folder / engine, "--weights", weights, "--engine", engine]
            line = [sys.executable, "-c", MAIN, "detect", *words, "--overwrite"]

            def run() -> None:
                subprocess.run(list(map(str, line)), env=environment(), capture_output=True, check=True)

            return run

        times = timed({engine: command(engine) for engine in ENGINES}, repetitions)
    first, goals = times[ENGINES[0]], {"onnxruntime": "<= 0.4"}
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
