"""Files of torchvision's, detectron2's and MMDetection's users in the commands that take weights."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from maskrcnn_core import cli
from maskrcnn_core.config import Config
from maskrcnn_core.recording.trace import Trace
from maskrcnn_core.training.settings import settings_of
from maskrcnn_core.weights import load_model, read_config
from maskrcnn_inspect.analysis.candidates.fates import find_fates
from tests.files.torch_writing import tensor, torch_zip
from tests.golden.peers import Peer
from tests.training.steps import op_by_op

SMALL = {
    "molding": {"min_dim": 64, "max_dim": 96},
    "proposals": {"count": 50},
    "detections": {"max_count": 9},
}
PEERS = {"torchvision": "r50_256", "detectron2": "r50_320", "mmdetection": "r50_320"}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=PEERS)
def weights(request, tmp_path_factory) -> Path:
    """Make a file as each of the three has them: a zip, a pickle, safetensors."""
    folder, layout = tmp_path_factory.mktemp(request.param), request.param
    state = Peer(f"{layout}_{PEERS[layout]}", f"make_{layout}_weights.py").state
    if layout == "torchvision":
        return torch_zip({name: tensor(array) for name, array in state.items()}).write(folder / "mine.pth")
    if layout == "detectron2":
        (folder / "model_final.pkl").write_bytes(pickle.dumps({"model": state, "__author__": "a test"}))
        return folder / "model_final.pkl"
    save_file({n: np.ascontiguousarray(a) for n, a in state.items()}, folder / "mine.safetensors")
    return folder / "mine.safetensors"


@pytest.fixture
def given(tmp_path, photo) -> tuple[Path, Path]:
    """Give an image, and settings under which it takes little time."""
    Image.fromarray(photo).save(tmp_path / "photo.png")
    (tmp_path / "small.json").write_text(json.dumps(SMALL))
    return tmp_path / "photo.png", tmp_path / "small.json"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        cli.main([str(a) for a in arguments])
    return stop.value.code


def test_detect_trace_and_explain_take_the_file(weights, given, tmp_path, capsys):
    image, config = given
    model = ("--weights", weights, "--config", config)
    assert run("detect", image, "--output", tmp_path / "found", *model) == 0
    results = json.loads((tmp_path / "found" / "detections.json").read_text())
    assert run("trace", image, "--output", tmp_path / "t.h5", *model) == 0
    trace = Trace.load(tmp_path / "t.h5")
    assert [r["score"] for r in results] == pytest.approx(trace["detections.scores"].tolist(), abs=1e-6)
    assert run("explain", image, *model) == 0
    assert f"{len(trace['detections.scores'])}" in capsys.readouterr().out

    fates = find_fates(trace)  # several candidates of a proposal, and one fate an anchor all the same
    assert len(trace["detections.candidate_class"]) > len(trace["proposals.boxes"])
    assert sum(fates.counts().values()) == len(trace["anchors.boxes"])
    anchors = trace["proposals.anchor_index"][trace["detections.proposal_index"]]
    assert fates.counts()["reported"] + fates.counts()["empty mask"] == len(np.unique(anchors))
    assert sorted(fates.detection[fates.detection >= 0]) == sorted(
        [int(np.flatnonzero(anchors == anchor)[0]) for anchor in np.unique(anchors)]
    )


def test_inspect_weights_reads_the_file(weights, tmp_path):
    out = tmp_path / "report.json"
    assert run("inspect-weights", weights, "--no-spectra", "--json", out) in (0, 1)
    assert json.loads(out.read_text())["layout"] in PEERS


def test_training_goes_on_from_the_file_with_other_classes(weights, tmp_path, photo):
    data = tmp_path / "data"
    data.mkdir()
    Image.fromarray(photo).save(data / "a.png")
    label = {"label": "mine", "points": [[8, 8], [40, 8], [40, 40], [8, 40]], "shape_type": "polygon"}
    (data / "a.json").write_text(
        json.dumps({"shapes": [label], "imagePath": "a.png", "imageHeight": 48, "imageWidth": 64})
    )
    small = [f"--set={name}" for name in ("molding.min_dim=64", "molding.max_dim=64")]
    small += [
        "--set=training.steps_per_epoch=1",
        "--set=training.batch_size=1",
        "--no-events",
        "--skip-check",
    ]
    out = tmp_path / "run"
    arguments = ("train", f"labelme:{data}", "--init", weights, "--stages", "heads:1", "--output", out)
    with op_by_op():
        assert run(*arguments, *small) == 0
    trained = load_model(next((out / "checkpoints").iterdir()))
    assert trained.config.class_names == ("background", "mine")
    original = load_model(weights)
    np.testing.assert_array_equal(
        trained.backbone.stem.conv.kernel, original.backbone.stem.conv.kernel, "frozen, and the file's"
    )


def test_settings_begin_with_those_of_the_file_unless_a_preset_is_named(weights):
    options = {"preset": None, "init": str(weights), "config_file": None, "settings": ()}
    names = ("background", "mine")
    assert settings_of(names, options) == read_config(weights).replace(class_names=names)
    assert settings_of(names, {**options, "preset": "classic"}) == Config().replace(class_names=names)
