"""The page holds the tensors that ran, opens without a network, and lets no text of the data become markup."""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest

from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.canvas import assets as canvas_assets
from maskrcnn_inspect.explorer import assets, explorer_page
from maskrcnn_inspect.explorer.readings import MAPS
from maskrcnn_inspect.session import Session

HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def page(shapes_session) -> str:
    return explorer_page(shapes_session)


def data_of(page: str) -> dict:
    return json.loads(re.search(r'id="explorer-data">(.*?)</script>', page, re.DOTALL)[1])


def unpacked(entry: dict, part: int = 0) -> np.ndarray:
    return np.frombuffer(gzip.decompress(base64.b64decode(entry["parts"][part])), entry["dtype"])


def test_the_tensors_of_the_page_are_those_that_ran(page, shapes_session):
    trace = shapes_session.base
    entries = {entry["name"]: entry for entry in data_of(page)["tensors"]}
    for name in ("rpn.scores", "proposals.boxes", "box_head.class_probs", "detections.boxes"):
        np.testing.assert_array_equal(unpacked(entries[name]).reshape(entries[name]["shape"]), trace[name])
    for name in MAPS:
        for place, channel in enumerate(entries[name]["channels"][:3]):
            np.testing.assert_array_equal(
                unpacked(entries[name], place), trace[name][..., channel].reshape(-1)
            )
    for row in range(len(trace["pasting.masks"])):
        mask = unpacked(entries["pasting.masks"], row)
        np.testing.assert_array_equal(mask, trace["pasting.masks"][row].reshape(-1))


def test_the_page_says_that_nothing_can_be_run(page):
    assert data_of(page)["description"]["live"] is False


def test_the_policy_lets_nothing_in_but_the_two_texts_of_the_page(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'") and "http" not in policy
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (code,) = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    for text in (style, code):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_no_name_becomes_markup(shapes_session):
    config = shapes_session.base.config.replace(class_names=("background", HOSTILE, "circle", "triangle"))
    trace = Trace(config=config)
    trace.update(dict(shapes_session.base.tensors))
    trace.attributes["image"] = HOSTILE
    page = explorer_page(Session(trace))
    assert "<img" not in page.replace(assets.page_script(), "")


def test_the_script_that_ships_was_built_from_the_modules_as_they_are():
    """If not: npm run build, in inspect/maskrcnn_inspect/canvas/js. `npm test` compares every byte."""
    folders = [Path(one.__file__).parent / "js" for one in (canvas_assets, assets)]
    sources = b"".join(path.read_bytes() for folder in folders for path in sorted(folder.glob("*.js")))
    first_line = assets.script().splitlines()[0]
    assert first_line.endswith(f"Sources: sha256 {hashlib.sha256(sources).hexdigest()}")


def test_the_script_asks_for_no_other_module():
    assert re.search(r"^import |\bimport\(|\brequire\(", assets.script(), re.MULTILINE) is None
