"""The model as a file for the browser: what it holds, which models are refused, that the runtime is the right one."""

import gzip
import hashlib
import json
import struct
from pathlib import Path

import pytest

from maskrcnn_core.config import detectron2, tiny, torchvision_v2
from maskrcnn_core.exporting.parts import PARTS
from maskrcnn_core.stages.molding import layout
from maskrcnn_inspect.analysis.features.receptive_field import receptive_field
from maskrcnn_inspect.canvas import assets as canvas_assets
from maskrcnn_inspect.explorer import assets
from maskrcnn_inspect.explorer.live import runtime
from maskrcnn_inspect.explorer.live.manifest import MOST_SIDE, manifest_of
from maskrcnn_inspect.explorer.live.package import packed

EXPLORER = Path(assets.__file__).parent
CANVAS = Path(canvas_assets.__file__).parent


def test_the_worker_that_ships_was_built_from_the_modules_as_they_are():
    """If not: npm run build, in inspect/maskrcnn_inspect/canvas/js. `npm test` compares every byte."""
    folders = (CANVAS / "js", EXPLORER / "js", EXPLORER / "js" / "live")
    sources = b"".join(path.read_bytes() for folder in folders for path in sorted(folder.glob("*.js")))
    first_line = assets.live_script().splitlines()[0]
    assert first_line.endswith(f"Sources: sha256 {hashlib.sha256(sources).hexdigest()}")


def test_the_program_is_of_the_version_whose_script_ships():
    tools = json.loads((CANVAS / "js" / "package.json").read_text())["devDependencies"]
    assert tools["onnxruntime-web"] == runtime.VERSION and runtime.VERSION in runtime.DOWNLOAD.url
    if runtime.INSTALLED.is_file():
        assert hashlib.sha256(runtime.INSTALLED.read_bytes()).hexdigest() == runtime.SHA256
        assert gzip.decompress(runtime.runtime()) == runtime.INSTALLED.read_bytes()


def test_another_program_is_refused(tmp_path):
    (tmp_path / "other.wasm").write_bytes(b"other")
    with pytest.raises(ValueError, match=r"wanted ONNX Runtime .* for browsers"):
        runtime.DOWNLOAD.check(tmp_path / "other.wasm")


def test_the_file_says_where_each_graph_is():
    manifest = manifest_of(tiny(), "tiny")
    graphs = {part.name: part.name.encode() * 3 for part in PARTS}
    content = gzip.decompress(packed(manifest, graphs))
    (length,) = struct.unpack("<Q", content[:8])
    head, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    for entry in head["parts"]:
        assert data[entry["offset"] : entry["offset"] + entry["length"]] == graphs[entry["name"]]
    assert [entry["name"] for entry in head["parts"]] == [part.name for part in PARTS]


def test_receptive_fields_are_known_for_every_size_that_can_come():
    config = tiny().replace(**{"molding.mode": "pad64", "molding.min_dim": 0})
    known = manifest_of(config, "tiny")["receptive"]
    for height in (1, 64, 65, 500, MOST_SIDE):
        side = layout((height, 64), config.molding).shape[0]
        first, last = known["fpn.p4"][str(side)][:2]
        top, _, bottom, _ = receptive_field(config, (side, side), "fpn.p4", (0, 0))
        assert (first, last) == (top, bottom)


@pytest.mark.parametrize("preset", [torchvision_v2, detectron2])
def test_a_model_that_preprocesses_otherwise_is_refused_in_words(preset):
    with pytest.raises(ValueError, match=r"in a browser: wanted a model with molding.mode square or pad64"):
        manifest_of(preset(), "other")
