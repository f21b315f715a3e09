"""A package of somebody else's adds a command, a data format, a weights format, a view and a weight rule without a
change here.

``tests/plugin`` is installed into a folder of its own, and seen by processes that have that folder on their path.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import h5py
import numpy as np
import pytest

from maskrcnn_core.runtime.plugins import GROUPS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def plugin(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("plugin")
    pip = ["install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", *pip, str(ROOT / "tests" / "plugin")], check=True)
    return target


def run(plugin: Path, *command: str, folder: Path = ROOT, status: int = 0) -> str:
    path = os.pathsep.join(map(str, (plugin, ROOT, ROOT / "inspect")))
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


MASKRCNN = ("-c", "from maskrcnn_core.cli import main; main()")


def test_command_is_listed_last_with_its_summary_and_runs(plugin):
    lines = run(plugin, *MASKRCNN, "--help").split("Commands:")[1].split("\n")
    last = [line for line in lines if line.strip()][-1]
    assert " ".join(last.split()) == "count Say how many images a data set holds."
    assert run(plugin, *MASKRCNN, "count", "shapes:?count=7") == "7 images\n"


def test_format_takes_its_options_by_name(plugin):
    assert run(plugin, *MASKRCNN, "count", "grey:32") == "1 images\n"
    assert "1 readable" in run(plugin, *MASKRCNN, "check", "grey:?side=40")
    assert "grey" in run(plugin, *MASKRCNN, "check", "gray:32", status=2)


def test_weights_of_another_layout_are_opened(plugin, tmp_path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["flat"] = True
        file["fpn.p2.bias"] = np.arange(3, dtype=np.float32)
    program = (
        "from maskrcnn_core.weights.opening import open_weights\n"
        "with open_weights('w.h5') as stored:\n"
        "    print(stored.layout, stored.arrays['fpn.p2.bias'].read().tolist())"
    )
    assert run(plugin, "-c", program, folder=tmp_path) == "flat [0.0, 1.0, 2.0]\n"


def test_view_is_loaded_by_its_name(plugin):
    program = (
        "from maskrcnn_inspect import views\n"
        "print('brightness' in dir(views), views.view('brightness').VIEW.title, views.brightness.VIEW.look_for)"
    )
    said = run(plugin, "-c", program)
    assert said == "True Brightness Look for detections that are darker than the others.\n"


def test_view_is_whole_and_takes_its_place_in_the_walk(plugin):
    program = (
        "from maskrcnn_inspect.export import walk_views\n"
        "names = list(walk_views())\n"
        "print(names[names.index('detections'):][:3])"
    )
    assert run(plugin, "-c", program) == "['detections', 'brightness', 'masks']\n"


def test_rule_is_asked_and_its_threshold_can_be_changed(plugin, tmp_path):
    whole = np.arange(-32, 32, dtype=np.float32).reshape(1, 1, 8, 8)
    np.savez(tmp_path / "w.npz", **{"fpn.p2.kernel": whole, "fpn.p3.kernel": whole + 0.5})
    program = (
        "import numpy as np\n"
        "from maskrcnn_inspect.analysis.weights.checks import check_arrays\n"
        "from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds, changed\n"
        "arrays = dict(np.load('w.npz'))\n"
        "for limits in (Thresholds(), changed(Thresholds(), {'round_share': 0.0})):\n"
        "    found = check_arrays(arrays, limits).findings\n"
        "    print(sorted((each.layer, each.detail) for each in found if each.rule == 'round_numbers'))"
    )
    assert run(plugin, "-c", program, folder=tmp_path).splitlines() == [
        "[('fpn.p2', '100% of the weights are whole numbers')]",
        "[('fpn.p2', '100% of the weights are whole numbers'), ('fpn.p3', '0% of the weights are whole numbers')]",
    ]


def test_the_package_uses_every_door():
    project = tomllib.loads((ROOT / "tests" / "plugin" / "pyproject.toml").read_text())["project"]
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(project["entry-points"]) == set(GROUPS) == set(ours["entry-points"])


def test_without_the_package_nothing_of_it_is_offered(tmp_path):
    assert "'count'" in run(tmp_path, *MASKRCNN, "count", "shapes:", status=2)


def test_names_of_ours_cannot_be_taken(plugin, tmp_path):
    package = tmp_path / "theirs-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Name: theirs\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[maskrcnn.formats]\nshapes = maskrcnn_plugin.reader:Grey\n")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from maskrcnn_core.data.reading.registry import open_dataset\n"
        "print(type(open_dataset('shapes:?count=1')).__name__)"
    )
    assert run(plugin, "-c", program, str(tmp_path)) == "Shapes\n"
