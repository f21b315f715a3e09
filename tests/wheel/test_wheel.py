"""The project as users get it: a wheel in a new environment, each command run from another folder.

The new environments see the libraries of this one, but none of its ``.pth`` files, so the checkout is out of sight;
one of them sees no TensorFlow.
"""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from maskrcnn_core import __version__
from maskrcnn_core.data.formats.shapes import Shapes
from maskrcnn_core.runtime.installing import VIEWS
from maskrcnn_core.runtime.plugins import own

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
LIBRARIES = Path(sysconfig.get_path("purelib"))
OF_TENSORFLOW = ("tensorflow", "keras")
ONE_LINE = (
    "maskrcnn: this command needs TensorFlow, which is not installed here: "
    'pip install "maskrcnn-inspect[{extra}]"'
)

TOGETHER = """
import json, sys
from maskrcnn_core.cli import main
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments)
    except SystemExit as ended:
        if ended.code:
            sys.exit(f"{arguments}: {ended.code}")
"""

pytestmark = pytest.mark.slow


class Installed:
    """A new environment with the wheel, and a folder away from the checkout in which its commands run."""

    def __init__(self, folder: Path, wheel: Path, libraries: Path) -> None:
        self.folder = folder / "elsewhere"
        self.folder.mkdir(parents=True)
        venv.create(folder / "env", symlinks=True)
        self.bin = folder / "env" / "bin"
        self.packages = next((folder / "env").glob("lib/python*/site-packages"))
        (self.packages / "libraries.pth").write_text(f"{libraries}\n")
        pip = [sys.executable, "-m", "pip", "--python", str(self.bin / "python"), "install"]
        subprocess.run([*pip, "--quiet", "--no-index", "--no-deps", "--no-compile", str(wheel)], check=True)

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        hidden = ("PYTHONPATH", "MASKRCNN_DEBUG")
        environment = {name: value for name, value in os.environ.items() if name not in hidden}
        environment |= {"TF_CPP_MIN_LOG_LEVEL": "2", "MASKRCNN_CACHE": str(self.folder / "cache")}
        return subprocess.run(
            [str(self.bin / str(arguments[0])), *map(str, arguments[1:])],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def together(self, *commands: tuple[str, ...]) -> str:
        """Run commands one after the other in one process, which imports TensorFlow once."""
        done = self.run("python", "-c", TOGETHER, json.dumps(commands))
        assert done.returncode == 0, f"{commands}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def maskrcnn(self, *arguments: object, status: int = 0) -> str:
        done = self.run("maskrcnn", *arguments)
        assert done.returncode == status, f"maskrcnn {arguments}: {done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ["wheel", "--no-build-isolation", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([sys.executable, "-m", "pip", *build, "-w", str(folder), str(ROOT)], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Installed:
    made = Installed(tmp_path_factory.mktemp("installed"), wheel, LIBRARIES)
    Image.fromarray(Shapes(1, seed=3)[0].image).save(made.folder / "shapes.png")
    return made


@pytest.fixture(scope="module")
def without_tensorflow(wheel, tmp_path_factory) -> Installed:
    return without(OF_TENSORFLOW, tmp_path_factory.mktemp("without_tensorflow"), wheel)


@pytest.fixture(scope="module")
def of_an_engine(wheel, tmp_path_factory) -> Installed:
    """What the extra onnx brings: neither TensorFlow nor what views need."""
    return without((*OF_TENSORFLOW, *VIEWS), tmp_path_factory.mktemp("of_an_engine"), wheel)


def without(hidden: tuple[str, ...], folder: Path, wheel: Path) -> Installed:
    """Return an environment that sees the libraries of this one but those whose names begin so."""
    libraries = folder / "libraries"
    libraries.mkdir()
    for path in LIBRARIES.iterdir():
        if not path.name.startswith(hidden) and path.suffix != ".pth":
            (libraries / path.name).symlink_to(path)
    made = Installed(folder, wheel, libraries)
    Image.fromarray(Shapes(1, seed=3)[0].image).save(made.folder / "shapes.png")
    return made


def ours() -> list[Path]:
    """Return the notebooks and lessons, without what a JupyterLab saved beside them."""
    return [path for path in NOTEBOOKS.rglob("[!.]*.ipynb") if ".ipynb_checkpoints" not in path.parts]


def test_wheel_holds_types_notebooks_and_lessons(wheel):
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"maskrcnn_core/py.typed", "maskrcnn_inspect/py.typed"} <= names
    wanted = {f"maskrcnn_inspect/notebooks/{p.relative_to(NOTEBOOKS).as_posix()}" for p in ours()}
    saved = {name for name in names if ".ipynb_checkpoints" in name}  # by a JupyterLab in this checkout
    assert {name for name in names if name.endswith(".ipynb")} - saved == wanted
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name]
    assert wheel.name.split("-")[1] == __version__


def test_what_runs_is_the_wheel(installed):
    program = (
        "import maskrcnn_core, maskrcnn_inspect; print(maskrcnn_core.__file__, maskrcnn_inspect.__file__)"
    )
    done = installed.run("python", "-c", program)
    assert all(Path(name).is_relative_to(installed.packages) for name in done.stdout.split()), done.stderr
    assert __version__ in installed.maskrcnn("--version")


def test_every_command_of_the_checkout_is_in_the_wheel(installed):
    listed = installed.maskrcnn("--help")
    assert all(f"\n  {name} " in listed for name in own("maskrcnn.commands"))


def test_commands_that_look_at_images_data_and_weights(installed):
    folder = installed.folder
    installed.maskrcnn("detect", "shapes.png", "--output", "found", "--weights", "shapes")
    assert json.loads((folder / "found" / "detections.json").read_text())
    said = installed.together(
        ("trace", "shapes.png", "--output", "t.h5", "--weights", "shapes"),
        ("walk", "--trace", "t.h5", "--output", "walk.html"),
        ("walk", "--trace", "t.h5", "--pages", "--output", "pages.html"),
        ("explain", "shapes.png", "--box", "20,20,60,60", "--weights", "shapes"),
        ("check", "shapes:?count=2"),
        ("inspect-weights", "shapes", "--no-spectra", "--html", "weights.html"),
        ("evaluate", "shapes:?count=2&seed=2", "--weights", "shapes", "--output", "report"),
    )
    assert "<title>Explorer: shapes.png</title>" in (folder / "walk.html").read_text()
    assert "Inside Mask R-CNN" in (folder / "pages.html").read_text()
    assert "proposals" in said and "layers" in said
    assert json.loads((folder / "report" / "report.json").read_text())


def test_training(installed):
    few = ("--set", "training.steps_per_epoch=1", "--set", "training.batch_size=1", "--no-events")
    run = ("train", "shapes:?count=2", "--preset", "tiny", "--stages", "heads:1", "--skip-check", *few)
    installed.maskrcnn(*run, "--output", "runs/shapes")
    assert list((installed.folder / "runs" / "shapes").rglob("*.h5"))


def test_download_takes_a_file_and_says_what_is_wrong_with_it(installed):
    (installed.folder / "wrong.h5").write_bytes(b"nothing")
    assert "wrong.h5" in installed.maskrcnn("download", "coco", "--file", "wrong.h5", status=2)


def test_notebooks_are_copied_and_changes_are_kept(installed):
    folder = installed.folder / "walks"
    installed.maskrcnn("notebooks", "walks")
    assert len(list(folder.rglob("*.ipynb"))) == len(ours())
    installed.maskrcnn("notebooks", "walks")  # a second time: nothing to do
    (folder / "demo.ipynb").write_text("mine")
    (folder / "why_missed.ipynb").unlink()
    assert "kept walks/demo.ipynb" in installed.maskrcnn("notebooks", "walks", status=1)
    assert (folder / "demo.ipynb").read_text() == "mine"
    assert (folder / "why_missed.ipynb").is_file()


def test_doctor_advises_what_a_wheel_has(installed, without_tensorflow):
    assert "All is well" in installed.maskrcnn("doctor", "--no-measure")
    said = " ".join(without_tensorflow.maskrcnn("doctor", "--no-measure", status=1).split())
    assert 'pip install "maskrcnn-inspect[' in said
    assert "./run" not in said and "constraints.txt" not in said


@pytest.mark.parametrize(
    "command",
    [
        "detect shapes.png --output found --weights shapes",
        "trace shapes.png --output t.h5 --weights shapes",
        "walk shapes.png --output walk.html --weights shapes",
        "explain shapes.png --box 20,20,60,60 --weights shapes",
        "evaluate shapes:?count=2 --weights shapes",
        "train shapes:?count=2 --preset tiny --output runs/mine",
    ],
)
def test_without_tensorflow_one_line_says_how_to_get_it(without_tensorflow, command):
    lines = without_tensorflow.maskrcnn(*command.split(), status=2).splitlines()
    assert lines[-1] in [ONE_LINE.format(extra=extra) for extra in ("cpu", "gpu")]
    assert sum("TensorFlow" in line for line in lines) == 1


def test_without_tensorflow_the_rest_works(installed, without_tensorflow):
    without_tensorflow.maskrcnn("check", "shapes:?count=2")
    without_tensorflow.maskrcnn("inspect-weights", "shapes", "--no-spectra")
    without_tensorflow.maskrcnn("notebooks", "walks")
    trace = installed.folder / "saved.h5"
    installed.maskrcnn("trace", "shapes.png", "--output", trace, "--weights", "shapes", "--keep", "*")
    without_tensorflow.maskrcnn("walk", "--trace", trace, "--output", "saved.html")


def test_an_engine_alone_detects_evaluates_and_explains(installed, of_an_engine):
    network = installed.folder / "network.onnx"
    taps = [
        word for name in ("rpn", "proposals", "box_head", "detections") for word in ("--taps", f"{name}.*")
    ]
    installed.maskrcnn("export", "shapes", "--part", "network", *taps, "--no-check", "--output", network)
    engine = ("--weights", network, "--engine", "onnxruntime")
    of_an_engine.maskrcnn("detect", "shapes.png", "--output", "found", *engine)
    assert json.loads((of_an_engine.folder / "found" / "detections.json").read_text())
    assert "AP50" in of_an_engine.maskrcnn(
        "evaluate", "shapes:?count=2&seed=2", "--output", "report", *engine
    )
    of_an_engine.maskrcnn("explain", "shapes.png", "--box", "20,20,60,60", "--no-setting-changes", *engine)
    data = ("explain", "shapes:?count=2&seed=2", "--output", "why", "--no-gains")
    said = of_an_engine.maskrcnn(*data, *engine, status=1)  # it misses one of five
    assert 'for Parquet too: pip install "maskrcnn-inspect[views]"' in said
    assert (of_an_engine.folder / "why" / "gallery.html").is_file()


@pytest.mark.parametrize(
    "command", ["walk --trace t.h5 --output walk.html", "inspect-weights shapes --html weights.html"]
)
def test_without_views_one_line_says_how_to_get_them(of_an_engine, command):
    lines = of_an_engine.maskrcnn(*command.split(), status=2).splitlines()
    assert lines[-1].startswith("maskrcnn: this command needs ")
    assert lines[-1].endswith('which is not installed here: pip install "maskrcnn-inspect[views]"')
