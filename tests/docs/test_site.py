"""The site: it builds without a warning, holds the real thing, and asks nothing of other machines."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from maskrcnn_core.recording.tensors import TENSORS

ROOT = Path(__file__).resolve().parents[2]
LOADED = re.compile(
    r'<(?:script|img|iframe)\b[^>]*\bsrc="([^"]+)"|<link\b[^>]*rel="(?:stylesheet|icon|preload)"[^>]*>'
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def test_nothing_is_loaded_from_elsewhere(site):
    pages = sorted(site.rglob("*.html"))
    loaded = [found.group(0) for page in pages for found in LOADED.finditer(page.read_text(encoding="utf-8"))]
    assert loaded
    assert not [tag for tag in loaded if re.search(r'(?:src|href)="(?:https?:)?//', tag)]
    assert not [p for p in site.rglob("*.css") if re.search(r"url\(['\"]?(?:https?:)?//", p.read_text())]


def test_first_page_shows_a_canvas_of_what_the_model_found(site):
    frame = re.search(r'<iframe[^>]*src="([^"]+)"', (site / "index.html").read_text(encoding="utf-8"))
    assert frame is not None
    page = (site / frame[1]).read_text(encoding="utf-8")
    assert "data-mi-canvases" in page
    assert "detections" in page and "proposals" in page


def test_tensors_and_modules_have_their_places(site):
    tensors = (site / "tensors" / "index.html").read_text(encoding="utf-8")
    assert all(f"<code>{name}</code>" in tensors for name in TENSORS)
    inside = ("backbone.cN.blockN.convN", "fpn.lateralN", "rpn.hidden.pN", "box_head.fcN", "mask_head.deconv")
    assert all(f"<code>{name}</code>" in tensors for name in inside)
    model = (site / "api" / "core" / "maskrcnn_core.model" / "index.html").read_text(encoding="utf-8")
    assert "maskrcnn_core.model.MaskRCNN.replay" in model
