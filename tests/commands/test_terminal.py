"""Commands as a person uses them: on a wide and a narrow terminal and through a pipe, to the end or to Ctrl-C.

Every example of the help texts and the README runs as written, on small inputs of the names that it uses, and on a few
made-up images where it asks for hundreds. One that is not in ``CASES`` fails: say there what has to come of it.
"""

from __future__ import annotations

import re
import signal
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import pytest
from PIL import Image

from tests.commands.examples import examples
from tests.commands.stand_ins import write_all
from tests.commands.terminal import (
    WIDE,
    Ended,
    arguments_of,
    maskrcnn,
    require_harmless,
    run,
    run_several,
    without_marks,
)
from tests.commands.warm import Warm
from tests.training import steps


class Case(NamedTuple):
    """What has to come of an example.

    stop: it is ended by Ctrl-C when it first says something, or has written ``begun``.
    """

    words: str
    statuses: tuple[int, ...] = (0,)
    stop: bool = False
    begun: str = ""


OFF = Case("127.0.0.1:9 cannot be reached", (2,))
ENDED = Case("interrupted", (130,), stop=True)
OPEN = Case("Ctrl-C ends it.", stop=True)  # what it opens is tested in a browser
JUDGED = (0, 1)
CASES = {
    "detect photo.jpg --output found --weights nuclei": Case("written: found"),
    "detect photo.jpg --output found --weights coco --engine onnxruntime": OFF,
    "detect holiday/ --output found --weights coco --workers 4": OFF,
    "evaluate coco:annotations/instances_val2017.json --weights coco --workers 4 --output report": OFF,
    "explain coco:annotations/instances_val2017.json --output why --weights coco --workers 4": OFF,
    "export nuclei --output nuclei.onnx": Case("certified"),
    'export coco --output coco.onnx --taps "fpn.*" --taps proposals.boxes': OFF,
    "export runs/mine/best.h5 --output serving/mine/1 --format saved_model": Case("certified"),
    "export shapes --output shapes.onnx --size 128x128": Case("certified"),
    "export shapes --output shapes.tflite --format tflite": Case("certified"),
    "export coco --output network.onnx --part network": OFF,
    "detect holiday/ more/*.png --output found --weights coco --cutouts": OFF,
    "detect cells/ --output found --weights runs/mine/best.h5 --min-score 0.9": Case("written: found"),
    "detect slide.tif --output found --weights nuclei --tile 512 --tile-overlap 128": Case("written: found"),
    "detect holiday/ --output found --weights nuclei --features found.npz": Case(
        "feature vectors: found.npz"
    ),
    "detect clip.mp4 --output found --weights shapes --every 5": Case("written: found: clip.overlay.mp4"),
    "detect --camera 0 --output found --weights coco --seconds 60": Case("", (2,)),  # no camera, or no coco
    "trace photo.jpg --output photo.h5 --weights nuclei": Case("written: photo.h5"),
    'trace photo.jpg --list --weights nuclei --keep "backbone.*.conv2"': Case("tensors to keep"),
    'trace photo.jpg --output photo.h5 --weights coco --keep "proposals.*" --keep "detections.*"': OFF,
    "trace photo.jpg --output photo.h5 --weights mask_rcnn_shapes_0030.h5 --config classic.json": Case(
        "mask_rcnn_shapes_0030.h5: there is no such file", (2,)
    ),
    "walk": OPEN,
    "walk photo.jpg --weights nuclei": OPEN,
    "walk --sample hard": OPEN,
    "walk --output walk.html": Case("Wrote walk.html"),
    "walk photo.jpg --output walk.html --weights nuclei": Case("Wrote walk.html"),
    "walk photo.jpg --output walk.html --weights coco": OFF,
    "walk photo.jpg holiday/*.png --output walk.html --weights nuclei": Case("Wrote walk.html"),
    "walk --sample shapes --live --output live.html": Case("Wrote live.html"),
    "walk photo.jpg --pages --output walk.html --weights nuclei": Case("Wrote walk.html"),
    "walk photo.jpg --truth instances.json --output walk.html --weights runs/mine/best.h5": Case(
        "Wrote walk.html"
    ),
    "walk clip.mp4 --frame 12 --output walk.html --weights shapes": Case("Wrote walk.html"),
    "walk --trace photo.h5 --output walk.html": Case("Wrote walk.html"),
    "walk --film runs/shapes --output film.html": Case("runs/shapes holds no film", (2,)),
    "train labelme:images --init coco --output runs/mine": OFF,
    'train coco:instances.json --init coco --stages "heads:40 all:60" --output runs/mine': OFF,
    "train coco:instances.json --init last --output runs/mine": Case("no checkpoint", (2,)),
    "train coco:data/coco --init imagenet --output runs/coco": Case("data/coco", (2,)),
    'train shapes: --preset tiny --output runs/shapes --validate "shapes:?count=100&seed=2"': ENDED,
    "train labelme:images --init coco --save-every 10min --output runs/mine": OFF,
    "train labelme:images --config mine.json --set training.batch_size=1 --output runs/mine": ENDED,
    "train shapes: --preset tiny --output runs/shapes --validate shapes: --tensorboard": ENDED,
    "train shapes: --preset tiny --output runs/shapes --validate shapes: --film 0 --film photo.jpg": ENDED,
    'evaluate "shapes:?count=100&seed=2" --weights shapes --output report': Case(
        "written: report/report.html"
    ),
    "evaluate coco:annotations/instances_val2017.json --weights coco --stage-recall": OFF,
    "evaluate nuclei:stage1_train --weights nuclei --max-detections 400": Case("AP50"),
    'evaluate "shapes:?count=50&seed=2" --weights shapes --oracles --output budget': Case(
        "written: budget/oracles.json"
    ),
    "evaluate --results results.json --truth instances_val2017.json --output report": Case(
        "written: report/report.html"
    ),
    'evaluate "shapes:?count=500&seed=3" --weights shapes': Case("AP50"),
    'evaluate "label_map:nuclei?only=$SPLIT&class_name=nucleus" --weights nuclei --max-detections 400'
    " --stage-recall": Case("AP50"),
    "explain photo.jpg --truth photo.json --weights runs/mine/best.h5": Case("1 objects found", JUDGED),
    "explain photo.jpg --truth coco:annotations/instances_val2017.json --weights coco --html why.html": OFF,
    "explain photo.jpg --box 40,60,200,180 --weights nuclei": Case("Near the box"),
    'explain "shapes:?count=100" --output why --weights shapes': Case("written: why/gallery.html", JUDGED),
    'explain "shapes:?count=100" --output again --weights shapes --against why': Case(
        "why/images.jsonl is not there", (2,)
    ),
    "explain nuclei:stage1_train --output why --weights nuclei --fiftyone": Case(
        "written: why/gallery.html", JUDGED
    ),
    "check coco:annotations/instances_train.json": Case("Everything can be used"),
    "check coco:train.json --against coco:val.json": Case("photo.jpg of the other part is a copy of it"),
    'check "via:balloon/train?class_name=balloon"': Case("Everything can be used"),
    'check "open_images:oid?classes=Pumpkin&split=train" --config config.json': Case(
        "Everything can be used"
    ),
    "check nuclei:stage1_train --json report.json": Case("written: report.json"),
    "inspect-weights runs/mine/best.h5": Case("layers", JUDGED),
    "inspect-weights mask_rcnn_coco.h5 --html coco.html": Case("written: coco.html", JUDGED),
    "inspect-weights epoch_20.h5 --against epoch_10.h5 --json report.json": Case(
        "written: report.json", JUDGED
    ),
    "inspect-weights shapes --threshold dead_filter_ratio=1e-4 --no-spectra": Case("layers", JUDGED),
    "download coco": OFF,
    "download torchvision-v2": OFF,
    "detect photo.jpg --weights torchvision-v2 --output found": OFF,
    "models": Case("torchvision-v2"),
    "convert model_final.pth --output mine.h5": Case("model_final.pth", (2,)),
    "convert nuclei --output nuclei.safetensors": Case("written: nuclei.safetensors"),
    "train labelme:images --init model_final.pth --stages heads:20 --output runs/mine": Case(
        "model_final.pth", (2,)
    ),
    "download coco --file ~/Downloads/mask_rcnn_coco.h5": Case("coco:"),
    "download coco-val2017 --output data/coco": OFF,
    "doctor": Case("self-test", JUDGED),
    "doctor --measure": ENDED,
    "doctor --no-measure --json machine.json": Case("self-test", JUDGED),
    "doctor --forget": Case(""),  # says what it removed, or that nothing was remembered
    "notebooks walks": Case("walks"),
    "site public": ENDED._replace(begun="public/run.json"),  # what it writes is opened in a browser
    "site public --docs build/docs --overwrite": Case("build/docs", (2,)),
}
LONG = re.compile(
    r'train "(shapes:\?count=\d{5}|label_map:nuclei\?without)'
)  # what the shipped models were made with


def case_of(example: str) -> Case:
    """Return what has to come of an example of the command. Raises: KeyError where nobody has said so."""
    said = example.partition("maskrcnn ")[2]
    return ENDED if LONG.match(said) else CASES[said]


EXAMPLES = list(dict.fromkeys(line.removeprefix(".venv/bin/") for line in examples()))
TO_THE_END = [line for line in EXAMPLES if line.partition("maskrcnn ")[2] in CASES and not case_of(line).stop]
# from here on coco is there: the last one
CACHING = "maskrcnn download coco --file ~/Downloads/mask_rcnn_coco.h5"
MODES = (WIDE, 40, 0)  # columns of a terminal; 0 = a pipe


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_all(tmp_path_factory.mktemp("as_written"))


@pytest.fixture(scope="module")
def warm():
    """Give what forks a process for a command."""
    made = Warm()
    yield made
    made.close()


@pytest.fixture(scope="module")
def ended(folder) -> dict[str, Ended]:
    """Run each example in one of the modes, all of a mode in one process; how each ended."""
    every = sorted(TO_THE_END, key=lambda line: (line == CACHING, "--trace" in line))
    found: dict[str, Ended] = {}
    for place, columns in enumerate(MODES):
        size = -(-len(every) // len(MODES))
        chosen = every[
            place * size : (place + 1) * size
        ]  # in blocks: what reads a trace comes after what writes it
        results = run_several([arguments_of(line, folder) for line in chosen], folder, columns)
        found |= dict(zip(chosen, results, strict=True))
    return found


def flat(text: str) -> str:
    """Return ``text`` as if no line had been broken for a narrow terminal."""
    return re.sub(r"\s+", "", text)


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_does_what_it_says(example, ended, folder, warm):
    case = case_of(example)
    if case.stop:
        begun = folder / case.begun

        def stop(text: str) -> bool:
            return begun.is_file() if case.begun else bool(text.strip())

        result = run(arguments_of(example, folder), folder, 80, stop=stop, warm=warm)
    else:
        result = ended[example]
    require_harmless(result)
    assert result.status in case.statuses, result.text[-2000:]
    assert flat(case.words) in without_marks(flat(result.text)), result.text[-2000:]


@pytest.mark.parametrize("columns", [80, 0])
def test_training_passes_its_epochs(columns, tmp_path):
    command = maskrcnn(
        "train", "shapes:?count=2", "--preset", "tiny", "--output", "out", "--stages", "heads:2", "--skip-check",
        "--no-events", "--set", "training.steps_per_epoch=1", "--set", "training.batch_size=1",
    )  # fmt: skip
    if not columns:  # what a step computes was on the terminal; to compile it takes most of the time
        command[2] = f"{steps.PROGRAM}; {command[2]}"
    result = run(command, tmp_path, columns)
    require_harmless(result)
    assert result.status == 0, result.text[-2000:]
    assert "epoch 2/2" in result.text
    assert "trained in" in result.text
    assert result.last.startswith("weights: out")
    assert "oneDNN" not in result.text


def hostile(folder: Path) -> str:
    name = "a\x1b[31mRED\x1b]0;pwned\x07\u202e\nforged.png"
    (folder / name).write_text("nonsense")
    return name


@pytest.mark.parametrize("columns", [80, 40, 0])
def test_a_hostile_name_is_shown_and_not_obeyed(columns, tmp_path, warm):
    command = ("detect", hostile(tmp_path), "--output", "o", "--weights", "shapes")
    result = run(command, tmp_path, columns, warm=warm)
    assert result.status == 1
    assert "\x1b[31mRED" not in result.raw
    require_harmless(result)
    assert flat(r"\x1b[31mRED\x1b]0;pwned\x07\u202e\nforged") in flat(result.text)


def test_hostile_text_of_configurations_and_servers_is_shown_and_not_obeyed(tmp_path, warm):
    (tmp_path / "c.json").write_text('{"\\u001b[31mx": 1}')
    command = ("check", "shapes:?count=1", "--preset", "tiny", "--config", "c.json")
    key = run(command, tmp_path, 80, warm=warm)
    with serving(404, "\x1b[31mgone\x1b]0;pwned\x07") as address:
        reason = run(("download", "coco", "--url", address), tmp_path, 80, warm=warm)
    for result in (key, reason):
        assert result.status == 2
        require_harmless(result)
        assert r"\x1b[31m" in result.text


class serving:  # noqa: N801  # reads as a statement: with serving(...) as address
    """A server that answers ``status`` and ``reason``, or sends a file slowly and for ever where that is 200."""

    def __init__(self, status: int, reason: str = "OK") -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name that http.server calls
                self.send_response(status, reason)
                self.send_header("ETag", '"one"')
                self.end_headers()
                while status == 200 and not stopped.wait(0.05):
                    self.wfile.write(b"x" * 20000)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        stopped = self.stopped = threading.Event()
        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/coco.h5"

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()


SIGNALS = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "terminated")}


def leftovers(folder: Path) -> list[str]:
    """Return files that only work in hand has; a download's part is kept to go on from, and is no such file."""
    return [p.name for p in folder.rglob("*") if re.search(r"\.[0-9a-f]{8}\.part$|^tmp|\.probe\.", p.name)]


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, signal.SIGINT) for name in ("detect", "train", "evaluate", "trace")]
    + [(name, signal.SIGTERM) for name in ("detect", "trace")],
)
def test_a_stopped_command_says_so_in_a_line_and_leaves_nothing(name, number, tmp_path):
    for index in range(40):
        Image.fromarray(np.zeros((128, 128, 3), np.uint8)).save(tmp_path / f"{index}.png")
    Image.fromarray(np.zeros((900, 900, 3), np.uint8)).save(tmp_path / "large.png")
    commands = {
        "detect": ("detect", ".", "--output", "out", "--weights", "shapes"),
        "train": ("train", "shapes:?count=4", "--preset", "tiny", "--output", "out", "--skip-check"),
        "evaluate": ("evaluate", "shapes:?count=5000", "--weights", "shapes", "--output", "out"),
        "trace": (
            "trace",
            "large.png",
            "--output",
            "t.h5",
            "--weights",
            "nuclei",
        ),  # some hundred MB: there is time to stop it
    }
    with h5py.File(tmp_path / "t.h5", "w") as file:
        file.attrs["format"] = "maskrcnn-trace"  # an older trace, which the command may replace
    old = (tmp_path / "t.h5").read_bytes()
    begun = {
        "detect": lambda _: (
            (tmp_path / "out/3.overlay.png").exists() or (tmp_path / "out/5.overlay.png").exists()
        ),
        "train": lambda text: "starting from" in text,
        "evaluate": lambda _: any(p.stat().st_size for p in tmp_path.glob("out/.results*")),
        "trace": lambda _: any(tmp_path.glob(".t.h5.*.part")),
    }
    result = run(maskrcnn(*commands[name]), tmp_path, 0, stop=begun[name], number=number)
    status, word = SIGNALS[number]
    require_harmless(result)
    assert (result.status, result.last) == (status, word), result.text[-2000:]
    assert result.text.count(word) == 1
    assert leftovers(tmp_path) == []
    assert (tmp_path / "t.h5").read_bytes() == old


@pytest.mark.parametrize("number", SIGNALS)
def test_a_stopped_download_leaves_the_part_that_it_goes_on_from(number, tmp_path):
    part = tmp_path / "cache/mask_rcnn_coco.h5.part"
    with serving(200) as address:
        result = run(
            maskrcnn("download", "coco", "--url", address),
            tmp_path,
            0,
            stop=lambda _: part.exists() and part.stat().st_size > 0,
            number=number,
        )
    assert (result.status, result.last) == SIGNALS[number]
    require_harmless(result)
    assert leftovers(tmp_path) == []


def test_through_a_pipe_a_long_command_says_where_it_is(tmp_path):
    code = (
        "import time\nfrom maskrcnn_core.terminal.progress import heartbeat, progress_bar\n"
        "with heartbeat('at work', every=0.1), progress_bar('Reading', 4) as advance:\n"
        "    advance(3)\n    time.sleep(0.5)\n"
    )
    result = run([maskrcnn()[0], "-c", code], tmp_path)
    assert re.search(r"^Reading: 3 of 4, \d+ s$", result.text, re.MULTILINE)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("detct", "a.png"), "did you mean detect"),
        (("check", "coc:a.json"), "did you mean coco"),
        (("check", "labelmee"), "did you mean labelme:PATH"),
        (("explain", "photo.jpg", "--truth", "nope.json"), "nope.json: there is no such file"),
        (("walk", "photo.jpg", "--output", "/proc/none/walk.html"), "cannot write into /proc/none"),
        (("trace", "photo.jpg", "--output", "/proc/none/t.h5"), "cannot write into /proc/none"),
    ],
)
def test_a_mistake_is_told_before_any_work(command, words, folder, warm):
    result = run(command, folder, 80, warm=warm)
    assert result.status == 2
    require_harmless(result)
    assert flat(words) in flat(result.text)
