"""The canvas's one script is made of the modules in canvas/js; whoever has no Node sees here that they differ."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from maskrcnn_inspect.canvas import assets

CANVAS = Path(assets.__file__).parent


def test_the_script_that_ships_was_built_from_the_modules_as_they_are():
    """If not: npm run build, in inspect/maskrcnn_inspect/canvas/js. `npm test` compares every byte."""
    sources = b"".join(path.read_bytes() for path in sorted((CANVAS / "js").glob("*.js")))
    first_line = assets.script().splitlines()[0]
    assert first_line.endswith(f"Sources: sha256 {hashlib.sha256(sources).hexdigest()}")


def test_the_script_keeps_the_names_that_widgets_and_pages_ask_for():
    exports = re.search(r"export \{\n(.*?)\n\};\n$", assets.script(), re.DOTALL)
    assert exports is not None
    assert [line.strip(" ,") for line in exports[1].splitlines()] == ["canvas_default as default", "mountAll"]
    assert assets.page_script().endswith("};\n\nmountAll();\n")


def test_the_script_asks_for_no_other_module():
    assert re.search(r"^import |\bimport\(|\brequire\(", assets.script(), re.MULTILINE) is None


@pytest.mark.parametrize(
    "folder", [CANVAS / "js", Path(__file__).parents[1] / "browser" / "vscode"], ids=lambda one: one.name
)
def test_front_end_tools_are_pinned_and_the_lock_file_names_no_host(folder):
    wanted = json.loads((folder / "package.json").read_text())["devDependencies"]
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    said = [value for one in locked.values() for key, value in one.items() if key != "funding"]
    assert "://" not in json.dumps(said)
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name}: wanted one version, received {version}"
        assert locked[f"node_modules/{name}"]["version"] == version
