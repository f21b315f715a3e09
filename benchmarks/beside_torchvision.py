"""Beside torchvision: equal weights, equal image, one process each, in turns.

    pip install 'maskrcnn-inspect[torch]'
    python benchmarks/beside_torchvision.py                       v1 at 1024 px
    python benchmarks/beside_torchvision.py --model v2 --size 512 --repetitions 5
    python benchmarks/beside_torchvision.py --torch-python P      torch in an environment of its own, whose Python is P

Weights follow from their names (`tests/golden/data/make_torchvision_weights.py`), so that nothing is fetched;
torchvision saves them with torch.save, and what is opened here is that file. Both detect the same image, first to warm
up, then in turns; a time is that of a whole detection, from grey levels to pasted masks, with as many threads as the
machine has.
Detections are compared: a pair has one class and boxes of an IoU above .99.
Exit status 1 where not every detection of torchvision has its pair, or the ratio of times is above the goal.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "golden" / "data"
GOAL = 0.60  # of torchvision's seconds
CLASSES = 91
SIDES = ("torchvision", "ours")
Detect = Callable[[], dict[str, Any]]  # boxes (x1, y1, x2, y2), labels and scores of a run


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=("v1", "v2"), default="v1")
    parser.add_argument("--size", type=int, default=1024, metavar="PX", help="side of the image")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--torch-python", default=sys.executable, metavar="P")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        serve(arguments)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return compare(arguments, Path(folder))


def compare(arguments: argparse.Namespace, folder: Path) -> int:
    """Start both sides, let them take turns, print what came of it."""
    pythons = {"torchvision": arguments.torch_python, "ours": sys.executable}
    workers = {
        side: Worker(pythons[side], side, arguments, folder) for side in SIDES
    }  # the first saves weights
    times: dict[str, list[tuple[float, float]]] = {side: [] for side in SIDES}
    for turn in range(arguments.repetitions):
        for side in SIDES if turn % 2 else SIDES[::-1]:
            times[side].append(workers[side].run())
    for worker in workers.values():
        worker.end()
    pairs, wanted, error = matched(folder)
    print(f"{arguments.model}, {arguments.size} px, {arguments.repetitions} repetitions in turns")
    for side, spent in times.items():
        wall, cpu = zip(*spent, strict=True)
        print(
            f"{side:12} {median(wall):.2f} s ({min(wall):.2f} to {max(wall):.2f}), {median(cpu):.2f} s of processors"
        )
    both = list(zip(times["ours"], times["torchvision"], strict=True))
    of_wall, of_cpu = (median(one[kind] / other[kind] for one, other in both) for kind in (0, 1))
    print(f"ratio {of_wall:.2f} of the clock, {of_cpu:.2f} of processors; goal {GOAL:.2f}")
    print(f"{pairs} of {wanted} detections have their pair, scores within {error:.1e}")
    return int(pairs < wanted or of_wall > GOAL)


class Worker:
    """A process with a model, which detects once a line that it is sent."""

    def __init__(self, python: str, side: str, arguments: argparse.Namespace, folder: Path) -> None:
        own = ["--side", side, "--folder", str(folder), "--model", arguments.model]
        command = [python, __file__, *own, "--size", str(arguments.size)]
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        if side == "ours":
            environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "inspect")])
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env=environment, **pipes)
        self._answer()

    def run(self) -> tuple[float, float]:
        """Detect; return seconds of the clock and of processors."""
        print("run", file=self.process.stdin, flush=True)
        wall, cpu = self._answer().split()
        return float(wall), float(cpu)

    def end(self) -> None:
        """Have the process end."""
        self.process.communicate()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"a process ended: {self.process.wait()}")
        return line


def serve(arguments: argparse.Namespace) -> None:
    """Make a model, detect once, say so; then detect once a line of standard input, and say how long it took."""
    import numpy as np

    make = theirs if arguments.side == "torchvision" else ours
    detect = make(arguments)
    np.savez(arguments.folder / f"{arguments.side}.npz", **detect())
    print("ready", flush=True)
    for _ in sys.stdin:
        began, spent = time.perf_counter(), time.process_time()
        detect()
        print(time.perf_counter() - began, time.process_time() - spent, flush=True)


def image_of(size: int) -> Any:
    """Return the golden's image at ``size`` px, (y, x, rgb) uint8."""
    import numpy as np
    from PIL import Image

    with Image.open(DATA / "torchvision_r50_256" / "image.png") as image:
        return np.asarray(image.convert("RGB").resize((size, size)))


def theirs(arguments: argparse.Namespace) -> Detect:
    """Return torchvision's detection, eager; its weights are saved."""
    import torch
    from torchvision.models import detection

    spec = importlib.util.spec_from_file_location("recipe", DATA / "make_torchvision_weights.py")
    assert spec is not None and spec.loader is not None
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    builder = getattr(detection, "maskrcnn_resnet50_fpn" + ("_v2" if arguments.model == "v2" else ""))
    sizes = {"min_size": arguments.size, "max_size": arguments.size}
    model = builder(weights=None, weights_backbone=None, num_classes=CLASSES, **sizes).eval()
    shapes = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    model.load_state_dict({n: torch.from_numpy(recipe.tensor(n, shape)) for n, shape in shapes.items()})
    torch.save(model.state_dict(), arguments.folder / "model.pth")
    levels = torch.from_numpy(image_of(arguments.size).copy()).permute(2, 0, 1)

    def detect() -> dict[str, Any]:
        with torch.inference_mode():
            (found,) = model([levels.float() / 255])
        masks = found["masks"] >= 0.5
        assert len(masks) == len(found["boxes"])
        return {key: found[key].numpy() for key in ("boxes", "labels", "scores")}

    return detect


def ours(arguments: argparse.Namespace) -> Detect:
    """Return this project's detection with the weights that torchvision saved."""
    from maskrcnn_core import load_model

    model = load_model(arguments.folder / "model.pth")
    model.config = model.config.replace(
        **{"molding.min_dim": arguments.size, "molding.max_dim": arguments.size}
    )
    image = image_of(arguments.size)

    def detect() -> dict[str, Any]:
        found = model.detect(image)
        boxes = found.boxes[:, [1, 0, 3, 2]]
        return {"boxes": boxes, "labels": found.class_ids, "scores": found.scores}

    return detect


def matched(folder: Path) -> tuple[int, int, float]:
    """Return how many of torchvision's detections have a pair of ours, how many there are, and the largest difference
    of their scores.
    """
    import numpy as np

    sys.path.insert(0, str(ROOT))
    from maskrcnn_core.geometry.boxes import iou

    wanted, found = (dict(np.load(folder / f"{side}.npz")) for side in SIDES)
    overlaps = iou(wanted["boxes"].astype(float), found["boxes"].astype(float))
    overlaps = np.where(wanted["labels"][:, None] == found["labels"][None], overlaps, 0.0)
    rows, paired = overlaps.argmax(axis=1), overlaps.max(axis=1, initial=0.0) > 0.99
    errors = np.abs(found["scores"][rows] - wanted["scores"])[paired]
    return len(set(rows[paired].tolist())), len(wanted["boxes"]), float(errors.max(initial=0.0))


if __name__ == "__main__":
    sys.exit(main())
