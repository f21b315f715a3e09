"""The gallery's page: all of it in one file beside the sheets, and names from data are text."""

import base64
import gzip
import hashlib
import json
import re

import numpy as np

from maskrcnn_core.evaluation.report.walks import Walk
from maskrcnn_inspect.analysis.verdict_table.atlas import Atlas
from maskrcnn_inspect.canvas import assets as canvas
from maskrcnn_inspect.gallery import assets
from maskrcnn_inspect.gallery.page import Entry, Page, gallery_page


def content_of(page):
    packed = re.search(r'id="gallery-data">"([^"]*)"<', page)[1]
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def numbers(column, dtype):
    return np.frombuffer(base64.b64decode(column), dtype)


def test_the_page_holds_the_table(many):
    table = many(7)
    entry = Entry("title", "words", rows=[2, 5], facts={"F1": "+1"})
    walks = {0: Walk("maskrcnn walk", "walk_0.html")}
    page = gallery_page(Page("Title", {"source": "x"}, {"What to do": [entry]}, {}, walks), table, None)
    content = content_of(page)
    assert content["rows"] == 7 and content["images"] == 2 and content["atlas"] is None
    kinds = content["columns"]["kind"]
    assert [kinds["words"][code] for code in numbers(kinds["codes"], "<i4")] == table["kind"]
    np.testing.assert_array_equal(
        numbers(content["columns"]["area"]["values"], "<f4"), np.float32(table["area"])
    )
    assert np.isnan(numbers(content["columns"]["score"]["values"], "<f4")[1])
    assert content["columns"]["sentence"]["texts"] == table["sentence"]
    assert content["lists"]["What to do"][0]["rows"] == [2, 5]
    assert content["walks"] == {"0": {"command": "maskrcnn walk", "page": "walk_0.html"}}


def test_a_false_detection_has_a_verdict_of_its_own_in_the_bars(many):
    table = many(4)  # found, found, score, and a false detection
    table["verdict"][1] = "background"
    column = content_of(gallery_page(Page("t", {}), table, None))["columns"]["outcome"]
    outcomes = [column["words"][code] for code in numbers(column["codes"], "<i4")]
    assert outcomes == ["found", "background", "score", "false: background"]


def test_names_are_nothing_but_text(many):
    page = gallery_page(Page("<b>t</b>", {}), many(5), None)
    assert "onerror" not in page and "<b>" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; img-src data: blob: 'self' file:; ")


def test_the_atlas_is_packed_row_by_row(many):
    atlas = Atlas(
        np.array([0, 3]),
        np.array([[1, 2], [3, 4]], np.float32),
        np.array([[1, 0], [0.6, -0.8]], np.float32),
        np.array([0.7, 0.3]),
    )
    packed = content_of(gallery_page(Page("t", {}), many(5), atlas))["atlas"]
    np.testing.assert_array_equal(numbers(packed["rows"], "<i4"), [0, 3])
    np.testing.assert_array_equal(numbers(packed["places"], "<f4"), [1, 2, 3, 4])
    np.testing.assert_array_equal(numbers(packed["short"], "<i1"), [127, 0, 76, -102])
    assert packed["shares"] == [0.7, 0.3] and packed["components"] == 2


def test_the_script_is_built_from_these_modules():
    from pathlib import Path

    folders = [Path(canvas.__file__).parent / "js", Path(assets.__file__).parent / "js"]
    sources = b"".join(path.read_bytes() for folder in folders for path in sorted(folder.glob("*.js")))
    first = assets.script().splitlines()[0]
    assert first.endswith(f"Sources: sha256 {hashlib.sha256(sources).hexdigest()}")
