"""The Explorer as a static site: samples and both shipped models, run by the browser of whoever visits it.

Inputs: a folder. Outputs: files that any static host serves: ``index.html`` with the screen, and beside it what it
loads as it needs it. First comes a recorded run, which is shown at once; then the runtime and a model, which make it
live; the other model comes when one of its samples is chosen. Of the two runtimes, in WASM and for WebGPU, a visitor
loads one.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from maskrcnn_core.files.atomic import prepare_folder, replacing

from ...opening import SAMPLE, open_session
from ...samples import SAMPLES
from .package import package
from .page import Source, page_of

MODELS = ("nuclei", "shapes")  # the first one's first sample is what a visitor sees first
DATA = "data"  # folder of what the page loads
DOCS = "docs"  # folder of the documentation, where it is given
ENDING = ".bin"  # of files that are compressed: hosts that know .gz would unpack it on the way
HASHED = 12  # letters of a hash in a file's name, so that no cache gives an older file


def write_site(folder: Path, docs: Path | None = None) -> int:
    """Write the site into ``folder`` and return its size in bytes, without the documentation ``docs`` copied beside it.

    Raises: ValueError where the folder cannot be written to, or a model cannot be exported.
    """
    prepare_folder(folder / DATA)
    sizes: list[int] = []

    def beside(name: str, packed: bytes) -> Source:
        stem, _, ending = name.rpartition(".")
        mark = hashlib.sha256(packed).hexdigest()[:HASHED]
        address = f"{DATA}/{stem}.{ending}.{mark}{ENDING}"
        sizes.append(_write(folder / address, packed))
        return {"url": address}

    session, models = None, {}
    for weights in MODELS:
        first = next(one.name for one in SAMPLES.values() if one.weights == weights)
        opened = open_session(weights, f"{SAMPLE}{first}")
        models[weights] = package(opened.model, weights, opened.base)
        session = session or opened
    assert session is not None
    images = [
        ({"name": one.name, "weights": one.weights, "says": one.says}, one.read().image)
        for one in SAMPLES.values()
    ]
    address = f"{DOCS}/" if docs else ""
    page = page_of(session, models, images, beside, docs=address, gpu=True)
    sizes.append(_write(folder / "index.html", page.encode()))
    if docs:
        shutil.copytree(docs, folder / DOCS, dirs_exist_ok=True)
    return sum(sizes)


def _write(path: Path, content: bytes) -> int:
    with replacing(path) as part:
        part.write_bytes(content)
    return len(content)
