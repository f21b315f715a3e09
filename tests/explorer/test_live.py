"""The model as a file for the browser: what it holds, which models are refused, that the runtime is the right one."""

import gzip
import hashlib
import json
import struct
import types
from pathlib import Path

import numpy as np
import pytest

from maskrcnn_core.config import detectron2, mmdetection, tiny, torchvision_v1, torchvision_v2
from maskrcnn_core.exporting.parts import PARTS
from maskrcnn_core.stages.molding import layout
from maskrcnn_inspect.analysis.features.receptive_field import receptive_field
from maskrcnn_inspect.canvas import assets as canvas_assets
from maskrcnn_inspect.explorer import assets
from maskrcnn_inspect.explorer.live.manifest import MOST_SIDE, manifest_of
from maskrcnn_inspect.explorer.live.package import _in_wasm, package, packed
from maskrcnn_inspect.explorer.live.runtime import VERSION, WASM, WEBGPU, runtime

EXPLORER = Path(assets.__file__).parent
CANVAS = Path(canvas_assets.__file__).parent


@pytest.mark.parametrize("script", [assets.live_script, assets.webgpu_script])
def test_the_workers_that_ship_were_built_from_the_modules_as_they_are(script):
    """If not: npm run build, in inspect/maskrcnn_inspect/canvas/js. `npm test` compares every byte."""
    folders = (CANVAS / "js", EXPLORER / "js", EXPLORER / "js" / "live")
    sources = b"".join(path.read_bytes() for folder in folders for path in sorted(folder.glob("*.js")))
    first_line = script().splitlines()[0]
    assert first_line.endswith(f"Sources: sha256 {hashlib.sha256(sources).hexdigest()}")


@pytest.mark.parametrize("program", [WASM, WEBGPU], ids=["wasm", "webgpu"])
def test_the_programs_are_of_the_version_whose_script_ships(program):
    tools = json.loads((CANVAS / "js" / "package.json").read_text())["devDependencies"]
    assert tools["onnxruntime-web"] == VERSION and VERSION in program.download.url
    assert program.download.url.endswith(program.file)
    if program.installed.is_file():
        assert hashlib.sha256(program.installed.read_bytes()).hexdigest() == program.sha256
        assert gzip.decompress(runtime(program)) == program.installed.read_bytes()


@pytest.mark.parametrize("program", [WASM, WEBGPU], ids=["wasm", "webgpu"])
def test_another_program_is_refused(program, tmp_path):
    (tmp_path / "other.wasm").write_bytes(b"other")
    with pytest.raises(ValueError, match=r"wanted ort-wasm-.* of ONNX Runtime .* for browsers"):
        program.download.check(tmp_path / "other.wasm")


def test_the_programs_are_kept_and_asked_for_apart():
    assert WASM.download.name != WEBGPU.download.name
    assert WASM.download.variable != WEBGPU.download.variable


def test_the_file_says_where_each_graph_is():
    manifest = manifest_of(tiny(), "tiny")
    graphs = {part.name: part.name.encode() * 3 for part in PARTS}
    content = gzip.decompress(packed(manifest, graphs))
    (length,) = struct.unpack("<Q", content[:8])
    head, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    for entry in head["parts"]:
        assert data[entry["offset"] : entry["offset"] + entry["length"]] == graphs[entry["name"]]
    assert [entry["name"] for entry in head["parts"]] == [part.name for part in PARTS]


def test_the_file_holds_the_run_that_a_gpu_is_held_against():
    found = {"class_ids": [1, 2], "boxes": [[0, 1, 2, 3], [4, 5, 6, 7.5]], "scores": [0.5, 0.25]}
    probe = {f"detections.{name}": np.asarray(values, np.float32) for name, values in found.items()}
    probe["image.original"] = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    graphs = {part.name: b"graph" for part in PARTS}
    content = gzip.decompress(packed(manifest_of(tiny(), "tiny"), graphs, probe))
    (length,) = struct.unpack("<Q", content[:8])
    head, data = json.loads(content[8 : 8 + length])["probe"], content[8 + length :]
    assert data[head["offset"] : head["offset"] + head["length"]] == bytes(range(24))
    assert (head["size"], head["boxes"]) == ([2, 4], [0, 1, 2, 3, 4, 5, 6, 7.5])
    assert (head["class_ids"], head["scores"]) == ([1, 2], [0.5, 0.25])


def test_a_probe_that_is_larger_than_what_pages_run_is_refused_before_the_export():
    model = types.SimpleNamespace(config=tiny())
    probe = {"image.original": np.zeros((MOST_SIDE + 1, 4, 3), np.uint8)}
    with pytest.raises(ValueError, match=r"wanted a probe of 1024 px at most.* received one of 1025 × 4 px"):
        package(model, "tiny", probe)


def test_only_pooling_of_regions_is_kept_from_a_gpu():
    node = types.SimpleNamespace
    nodes = [node(name="pool", op_type="AveragePool"), node(name="conv", op_type="Conv")]
    graph = node(graph=node(node=nodes))
    assert _in_wasm("heads", graph) == _in_wasm("masks", graph) == ["pool"]
    assert _in_wasm("backbone", graph) == []


def test_receptive_fields_are_known_for_every_size_that_can_come():
    config = tiny().replace(**{"molding.mode": "pad64", "molding.min_dim": 0})
    known = manifest_of(config, "tiny")["receptive"]
    for height in (1, 64, 65, 500, MOST_SIDE):
        side = layout((height, 64), config.molding).shape[0]
        first, last = known["fpn.p4"][str(side)][:2]
        top, _, bottom, _ = receptive_field(config, (side, side), "fpn.p4", (0, 0))
        assert (first, last) == (top, bottom)


@pytest.mark.parametrize("preset", [torchvision_v1, torchvision_v2, detectron2, mmdetection])
def test_models_of_other_implementations_are_taken_with_every_size_that_can_come(preset):
    config = preset()
    manifest = manifest_of(config, "other")
    known = manifest["receptive"]
    for size in ((480, 640), (37, 41), (100, 3000), (MOST_SIDE, MOST_SIDE)):
        for side in layout(size, config.molding).shape:
            assert len(known["fpn.p4"][str(side)]) == 2 * side // 16
    assert {side for side in map(int, known["fpn.p4"])} == set(range(32, 1345, 32))
    assert manifest["roi"]["mask_roi"]["samples"] == config.mask_roi.samples


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"molding.mode": "none"}, "molding.mode square or pad64 or corner, received none"),
        ({"molding.mean": (100.0,), "molding.std": (1.0,)}, "molding.channels 3, received 1"),
    ],
)
def test_a_model_that_preprocesses_otherwise_is_refused_in_words(settings, words):
    with pytest.raises(ValueError, match=f"in a browser: wanted a model with {words}"):
        manifest_of(tiny().replace(**settings), "other")
