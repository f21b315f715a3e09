"""The Explorer as one file with the model and the runtime inside: it runs from disk, without a network or a kernel.

Inputs: a session. Outputs: HTML. The page shows the recorded run at once; when its worker has run the same image, the
run is its own, and settings, other images and other models can be tried. Nothing leaves the machine: the page's policy
lets it connect to nothing.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from maskrcnn_core.recording.trace import Trace

from ...canvas.page_parts import json_text, whole_page, write_page
from ...session import Session
from ..assets import live_script, page_look, page_script, webgpu_script
from ..page import explorer_data
from ..readings import require_shown
from .manifest import made_by_model
from .package import package
from .runtime import WASM, WEBGPU, Program, runtime

POLICY = "worker-src blob:; connect-src 'self'"  # of a file, 'self' is nothing
CHANNELS = 200_000  # bytes of a recorded map: until the model runs, its strongest channels are enough

Source = dict[str, str]
Image = tuple[dict[str, str], np.ndarray]  # name, weights and what there is to see; pixels (y, x, rgb) uint8


class Place(Protocol):
    """Where bytes of a page go: into it, or beside it."""

    def __call__(self, name: str, packed: bytes) -> Source:
        """Keep ``packed``, compressed by gzip, and return how the page finds it."""


def inside(name: str, packed: bytes) -> Source:
    """Return bytes as they stand in the page itself."""
    return {"base64": base64.b64encode(packed).decode()}


def write_live(session: Session, path: str | Path) -> int:
    """Write the page to ``path``, whole or not at all, and return its size in bytes.

    Raises: OSError where the folder cannot be written to; ValueError as ``live_page``.
    """
    return write_page(live_page(session), "walk", path)


def live_page(session: Session) -> str:
    """Return the page of a session's own image.

    Raises: ValueError for a session without a model, or one that a browser cannot run.
    """
    name = Path(str(session.base.attributes.get("weights", "model"))).stem
    if session.model is None:
        raise ValueError(
            "wanted a session with a model, which runs in the page; received one of a saved trace"
        )
    models = {name: package(session.model, name)}
    sample = {"name": _image_name(session), "weights": name, "says": "this image"}
    return page_of(session, models, [(sample, np.asarray(session.base["image.original"]))], inside)


def page_of(
    session: Session,
    models: Mapping[str, bytes],
    images: Sequence[Image],
    place: Place,
    *,
    docs: str = "",
    gpu: bool = False,
) -> str:
    """Return the page that begins with the run of ``session``, the first of ``images``.

    models: files by name. docs: where the documentation is, if it is beside the page. gpu: browsers that have one use
    it, by a program of 7 MB beside that of 4 MB.
    """
    require_shown(session.base)
    sample = images[0][0]
    data = explorer_data(Session(_without_truth(session.base)), CHANNELS)
    data["description"] |= {"image": sample["name"], "weights": sample["weights"]}
    held = {
        **_worker(live_script(), WASM, place),
        "models": {name: place(f"{name}.maskrcnn", file) for name, file in models.items()},
        "recorded": place("recorded.json", _squeezed(json_text(data).encode())),
        "samples": [_sample(about, pixels, place) for about, pixels in images],
        "sample": sample["name"],
        "docs": docs,
    }
    if gpu:
        held["webgpu"] = _worker(webgpu_script(), WEBGPU, place)
    body = (
        '<main id="explorer"><p>The Explorer needs a browser that runs scripts.</p></main>\n'
        f'<script type="application/json" id="explorer-live">{json_text(held)}</script>'
    )
    return whole_page(
        "Mask R-CNN Explorer", page_look(), body, page_script(), kind="mx-page", allowed=POLICY, compiles=True
    )


def _worker(script: str, program: Program, place: Place) -> dict[str, Source]:
    return {
        "worker": place(f"worker{program.name}.js", _squeezed(script.encode())),
        "runtime": place(f"runtime{program.name}.wasm", runtime(program)),
    }


def _without_truth(trace: Trace) -> Trace:
    """Return a trace of the same run that holds what the page's own model makes, and no more."""
    kept = {name: trace[name] for name in made_by_model() if name in trace}
    part = Trace(list(kept), config=trace.config)
    part.attributes.update(trace.attributes)
    part.update(kept)
    return part


def _sample(about: dict[str, str], pixels: np.ndarray, place: Place) -> dict[str, Any]:
    where = place(f"{about['name']}.rgb", _squeezed(np.ascontiguousarray(pixels).tobytes()))
    return {**about, "size": list(pixels.shape[:2]), "pixels": where}


def _image_name(session: Session) -> str:
    name = Path(str(session.base.attributes.get("image", ""))).name
    return Path(name).stem if name and name != "array" else "image"


def _squeezed(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)
