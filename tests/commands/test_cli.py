"""The command line as a person uses it: what is written, what is said, and with which status."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from maskrcnn_core import cli
from maskrcnn_core.config import tiny
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.runtime.plugins import offered, summary


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Give a file of an untrained model, which reports whatever has a score."""
    from maskrcnn_core.model import MaskRCNN
    from maskrcnn_core.weights import save_weights

    path = tmp_path_factory.mktemp("weights") / "random.h5"
    config = tiny(Shapes.class_names).replace(**{"detections.min_score": 0.0})
    save_weights(MaskRCNN(config), path)
    return str(path)


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "images"
    (folder / "more").mkdir(parents=True)
    for index, name in enumerate(("a.png", "more/a.png")):
        Image.fromarray(Shapes(2, seed=1)[index].image).save(folder / name)
    return folder


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    return stop.value.code


def test_detect_writes_overlays_results_and_areas(images, weights, tmp_path):
    out = tmp_path / "found"
    assert run("detect", images, "--output", out, "--weights", weights, "--cutouts", "--splash") == 0
    names = {path.name for path in out.iterdir()}
    assert {
        "a.overlay.png",
        "a.splash.png",
        "a.2.overlay.png",
        "a.2.splash.png",
        "detections.json",
        "areas.csv",
    } <= names
    results = json.loads((out / "detections.json").read_text())
    rows = list(csv.DictReader((out / "areas.csv").open()))
    assert {row["image"] for row in rows} == {"a", "a.2"}
    assert len(results) == sum(int(row["instances"]) for row in rows) > 0
    assert len([n for n in names if ".cutout_" in n]) == len(results)
    for image in ("a", "a.2"):
        free = next(row for row in rows if row["image"] == image and row["class"] == "background")
        assert 0 <= float(free["share"]) <= 1


def test_a_bad_image_is_said_and_skipped_and_makes_the_status_1(images, weights, tmp_path, capfd):
    (images / "broken.jpg").write_bytes(b"nonsense")
    assert run("detect", images, "--output", tmp_path / "out", "--weights", weights) == 1
    assert "broken.jpg" in capfd.readouterr().err
    assert (tmp_path / "out" / "a.2.overlay.png").is_file()


def test_trace_writes_what_was_asked_for(images, weights, tmp_path, capfd):
    out = tmp_path / "t.h5"
    command = ("trace", images / "a.png", "--output", out, "--weights", weights, "--keep", "proposals.*")
    assert run(*command, "--keep", "rpn.scores") == 0
    with Trace.load(out) as trace:
        assert set(trace) == {n for n in trace if n.startswith("proposals.")} | {"rpn.scores"}
        assert len(trace) == 9
        assert trace.attributes["weights"] == weights
    assert "proposals.boxes" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("detect", "nothing.png", "--output", "OUT"), "no such file"),
        (("detect", "IMAGE", "--output", "OUT", "--weights", "shaps"), "shapes"),
        (("detect", "IMAGE", "--output", "OUT", "--min-score", "2"), "min-score"),
        (("detect", "IMAGE"), "--output"),
        (("detect", "IMAGE", "--output", "IMAGE", "--weights", "nuclei"), "cannot write"),
        (("detect", "IMAGE", "--output", "OUT"), "torchvision-v2 (186 MB)"),
        (("trace", "IMAGE", "--output", "OUT", "--keep", "rpn.score"), "rpn.scores"),
        (("trace", "EMPTY", "--output", "OUT"), "wanted an image"),
        (("detect", "EMPTY_FOLDER", "--output", "OUT"), "holds no image"),
        (("download", "imagnet"), "coco"),
        (("nonsense",), "nonsense"),
    ],
)
def test_wrong_use_gives_one_message_and_status_2(arguments, words, images, tmp_path, capfd):
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "empty_folder").mkdir()
    places = {
        "OUT": tmp_path / "out",
        "IMAGE": images / "a.png",
        "EMPTY": tmp_path / "empty.png",
        "EMPTY_FOLDER": tmp_path / "empty_folder",
    }
    assert run(*(places.get(a, a) for a in arguments)) == 2
    said = capfd.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_help_of_every_command_has_examples_and_needs_no_tensorflow():
    for name in offered(cli.GROUP):
        code = (
            "import sys\nfrom maskrcnn_core.cli import main\n"
            f"try: main(['{name}', '--help'])\nexcept SystemExit: pass\nsys.exit('tensorflow' in sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert f"maskrcnn {name}" in done.stdout.split("Examples:")[1]


def test_every_command_is_listed_with_a_summary():
    assert all(summary(entry).endswith(".") for entry in offered(cli.GROUP).values())


def test_names_of_images_never_collide():
    from pathlib import Path

    from maskrcnn_core.inference.outputs import unique_names

    paths = [Path(p) for p in ("x/a.png", "y/A.jpg", "z/a.png", "a.2.png")]
    names = unique_names(paths)
    assert len({n.lower() for n in names}) == 4
    assert names[:3] == ["a", "A.2", "a.3"]


def test_min_score_holds_back_what_is_less_probable(images, weights, tmp_path):
    out = tmp_path / "out"
    assert run("detect", images / "a.png", "--output", out, "--weights", weights, "--min-score", "1") == 0
    scores = [row["score"] for row in json.loads((out / "detections.json").read_text())]
    assert all(np.isclose(score, 1.0) for score in scores)


def test_trace_lists_what_it_would_record(images, weights, tmp_path, capfd):
    command = ("trace", images / "a.png", "--weights", weights, "--list")
    assert run(*command, "--keep", "backbone.*.conv2", "--keep", "rpn.hidden.p3") == 0
    said = capfd.readouterr().out
    assert "5 tensors to keep" in said
    assert "backbone.c5.block1.conv2" in said and "16 x 16 x 64" in said
    assert "fpn.p2" not in said
    assert run(*command) == 0
    said = capfd.readouterr().out
    assert "53 tensors to keep" in said
    assert "box_head.fc1.before_relu" in said and "when named" in said and "<= 200 x 256" in said
    out = tmp_path / "t.h5"
    assert run(*command, "--keep", "box_head.fc?", "--output", out) == 0
    with Trace.load(out) as trace:
        assert list(trace) == ["box_head.fc1", "box_head.fc2"]
        assert trace.shape("box_head.fc2") == (200, 256)
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]


def test_trace_wants_a_file_or_a_list(images, weights, capfd):
    assert run("trace", images / "a.png", "--weights", weights) == 2
    assert "--output" in capfd.readouterr().err
    assert run("trace", images / "a.png", "--weights", weights, "--list", "--keep", "box_head.conv1") == 2
    assert "did you mean box_head.fc1" in capfd.readouterr().err
