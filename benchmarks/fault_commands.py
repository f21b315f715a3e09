"""The commands that write, as ``faults.py`` runs them: arguments, inputs, and what they leave on purpose."""

from __future__ import annotations

import contextlib
import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h5py
import numpy as np


@dataclass(frozen=True)
class Command:
    """A command that writes.

    arguments: FOLDER stands for the folder that it writes into, INPUTS for its inputs, SERVER for an address with them.
    again: more arguments where outputs of an earlier run are there. fresh: whether those of an earlier run would be
    kept, and nothing written. goes_on: whether it leaves part of a file, from which the next run goes on.
    environment: variables, with the same words.
    """

    arguments: tuple[str, ...]
    again: tuple[str, ...] = ()
    fresh: bool = False
    goes_on: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def given(self, names: dict[str, str], again: bool) -> tuple[list[str], dict[str, str]]:
        """Return arguments and environment with ``names`` put in."""

        def put(text: str) -> str:
            for name, value in names.items():
                text = text.replace(name, value)
            return text

        words = [*self.arguments, *(self.again if again else ())]
        return [put(word) for word in words], {name: put(value) for name, value in self.environment.items()}


INPUT = "INPUTS/a.png"
SHAPES = ("--weights", "shapes")
CACHE = {"MASKRCNN_CACHE": "FOLDER/cache", "NO_PROXY": "127.0.0.1"}
TRAIN = ("train", "shapes:?count=2", "--preset", "tiny", "--stages", "heads:1", "--output", "FOLDER/run", "--set",
         "training.batch_size=1", "--validate", "shapes:?count=1")  # fmt: skip
COMMANDS: dict[str, Command] = {
    "detect": Command(
        ("detect", INPUT, "INPUTS/b.png", "--output", "FOLDER/found", *SHAPES, "--cutouts", "--splash",
         "--features", "FOLDER/f.npz"), ("--overwrite",)),
    "video": Command(("detect", "INPUTS/clip.mp4", "--output", "FOLDER/found", *SHAPES), ("--overwrite",)),
    "trace": Command(("trace", INPUT, "--output", "FOLDER/t.h5", *SHAPES, "--keep", "proposals.*")),
    "walk": Command(("walk", INPUT, "--output", "FOLDER/w.html", *SHAPES)),
    "walk-live": Command(("walk", INPUT, "--live", "--output", "FOLDER/w.html", *SHAPES)),
    "explain": Command(("explain", INPUT, *SHAPES, "--json", "FOLDER/e.json", "--html", "FOLDER/e.html")),
    "explain-data": Command(("explain", "shapes:?count=2", *SHAPES, "--output", "FOLDER/why"), ("--overwrite",)),
    "evaluate": Command(("evaluate", "shapes:?count=2", *SHAPES, "--output", "FOLDER/report"), ("--overwrite",)),
    "oracles": Command(
        ("evaluate", "shapes:?count=1", *SHAPES, "--oracles", "--output", "FOLDER/report"), ("--overwrite",)),
    "check": Command(("check", "shapes:?count=2", "--json", "FOLDER/c.json")),
    "inspect-weights": Command(("inspect-weights", "shapes", "--no-spectra", "--json", "FOLDER/i.json")),
    "convert": Command(("convert", "shapes", "--output", "FOLDER/s.h5")),
    "convert-safetensors": Command(("convert", "shapes", "--output", "FOLDER/s.safetensors")),
    "notebooks": Command(("notebooks", "FOLDER/books"), fresh=True),
    "doctor": Command(("doctor", "--no-measure", "--no-self-test", "--json", "FOLDER/d.json")),
    "export": Command(("export", "shapes", "--output", "FOLDER/s.onnx", "--no-check")),
    "saved-model": Command(
        ("export", "shapes", "--output", "FOLDER/s", "--format", "saved_model", "--no-check")),
    "tflite": Command(("export", "shapes", "--output", "FOLDER/s.tflite", "--format", "tflite", "--no-check")),
    "site": Command(("site", "FOLDER/site"), ("--overwrite",)),
    "download": Command(
        ("download", "coco", "--url", "SERVER/old.h5"), ("--url", "SERVER/new.h5"), goes_on=True, environment=CACHE),
    "download-data": Command(
        ("download", "coco-val2017", "--output", "FOLDER/coco"), fresh=True, goes_on=True,
        environment={**CACHE, "MASKRCNN_COCO_DATA_URL": "SERVER"}),
    "train": Command((*TRAIN, "--set", "training.steps_per_epoch=1", "--no-events"), ("--overwrite",)),
    "train-events": Command(
        (*TRAIN, "--set", "training.steps_per_epoch=2", "--save-every", "1"), ("--overwrite",)),
}  # fmt: skip


def write_inputs(folder: Path) -> Path:
    """Write into ``folder`` what the commands read: images, a video, and what is downloaded."""
    from PIL import Image

    from maskrcnn_core.data.formats.shapes import Shapes
    from maskrcnn_core.inference.video.writing import VideoFile

    folder.mkdir(parents=True)
    images = [Shapes(2, seed=5)[index].image for index in range(2)]
    for image, name in zip(images, ("a.png", "b.png"), strict=True):
        Image.fromarray(image).save(folder / name)
    with contextlib.closing(VideoFile(folder / "clip.mp4", Fraction(10))) as video:
        for index in range(6):
            video.add(images[index % 2], index / 10)
    for seed, name in enumerate(("old.h5", "new.h5")):
        _write_classic(folder / name, seed)
    _write_coco(folder)
    return folder


def _write_classic(path: Path, seed: int) -> None:
    """Write a file in the classic layout, 300 kB."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"conv1"]
        file.create_group("conv1").attrs["weight_names"] = [b"conv1/kernel:0"]
        file["conv1/conv1/kernel:0"] = np.random.default_rng(seed).random((7, 7, 3, 512), np.float32)


def _write_coco(folder: Path) -> None:
    """Write COCO's zips as its server has them, of three images."""
    named = {"annotations/annotations_trainval2017.zip": {}, "zips/val2017.zip": {}}
    images = [{"id": i, "file_name": f"{i:012d}.jpg", "height": 8, "width": 8} for i in range(3)]
    content = {"images": images, "annotations": [], "categories": [{"id": 1, "name": "cat"}]}
    named["annotations/annotations_trainval2017.zip"] = {
        "annotations/instances_val2017.json": json.dumps(content).encode()
    }
    noise = np.random.default_rng(0).bytes(40_000)  # what is unpacked is not looked at
    named["zips/val2017.zip"] = {f"val2017/{one['file_name']}": noise for one in images}
    for name, members in named.items():
        (folder / name).parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(folder / name, "w") as archive:
            for member, inside in members.items():
                archive.writestr(member, inside)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the files of ``folder`` on this machine while the block runs; gives the address."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            with contextlib.suppress(ConnectionError):  # a client whose disk is full hangs up
                super().do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
