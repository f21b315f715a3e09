"""The Explorer as one file: a recorded trace, the screen, nothing else; it opens from disk without a network.

Inputs: a session. Outputs: HTML. The page has what the front end may ask for, cut as it asks: maps by channel, masks by
row, each compressed on its own, so that a browser unpacks what is shown. Of a map with more channels than fit, the
strongest are there, and the page says so.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..canvas.page_parts import json_text, whole_page, write_page
from ..session import Session
from .assets import page_look, page_script
from .engines import TraceEngine, engine_of
from .readings import MAPS, Run, names_of, require_shown
from .wire import browser_array

MAP_BYTES = 2_000_000  # of one map: 16 channels of 256 x 256 cells weigh twice that, and 8 are the least
LEAST_CHANNELS = 8
BY_ROW = ("pasting.masks", "mask_head.probs")
LEFT_OUT = (
    "molding.image",  # reading.input is what is shown of it
    # shown as readings, or not at all
    "fpn.merged", "box_roi.pooled", "mask_roi.pooled", "mask_head.logits", "truth.masks",
)  # fmt: skip


def explorer_page(session: Session, *others: Session) -> str:
    """Return the page of the model's own run; with ``others``, further images that are chosen from a list.

    Raises: ValueError for a trace without a tensor that is shown.
    """
    data = [explorer_data(one) for one in (session, *others)]
    first = data[0]["description"]["image"]
    title = f"Explorer: {first}" if first and not others else "Mask R-CNN Explorer"
    if others:
        listed = _listed([one["description"] for one in data])
        for one in data:
            one["description"]["samples"] = listed
    marks = ['id="explorer-data"', *['class="explorer-more"'] * len(others)]
    scripts = [
        f'<script type="application/json" {mark}>{json_text(one)}</script>'
        for mark, one in zip(marks, data, strict=True)
    ]
    body = '<main id="explorer"><p>The Explorer needs a browser that runs scripts.</p></main>\n'
    return whole_page(title, page_look(), body + "\n".join(scripts), page_script(), kind="mx-page")


def _listed(descriptions: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Name the images of a page for its list, each by another name."""
    names: list[str] = []
    for place, one in enumerate(descriptions):
        name = one["image"] or f"image {place + 1}"
        one["image"] = name if name not in names else f"{name} ({place + 1})"
        names.append(one["image"])
    return [
        {"name": name, "weights": one["weights"], "says": ""}
        for name, one in zip(names, descriptions, strict=True)
    ]


def explorer_data(session: Session, map_bytes: int = MAP_BYTES) -> dict[str, Any]:
    """Return what the page holds of a recorded run: its description, and its tensors in parts.

    map_bytes: of one map; the strongest channels, as many as fit.
    """
    require_shown(session.base)
    recorded = engine_of(session)
    recorded.measure()
    engine = TraceEngine(recorded.base)
    run = Run(engine.run())
    return {"description": engine.describe(run.trace), "tensors": list(_packed_tensors(run, map_bytes))}


def write_explorer(session: Session, path: str | Path, *others: Session) -> int:
    """Write the page to ``path``, whole or not at all, and return its size in bytes; see ``explorer_page``.

    Raises: OSError where the folder cannot be written to.
    """
    return write_page(explorer_page(session, *others), "walk", path)


def _packed_tensors(run: Run, map_bytes: int) -> Iterator[dict[str, Any]]:
    """Yield every tensor and reading that the front end may ask for, in the parts in which it asks."""
    names = [name for name in run.trace if not name.startswith(LEFT_OUT)]
    for name in (*names, *names_of(run.trace)):
        values = browser_array(run[name])
        entry: dict[str, Any] = {"name": name, "dtype": values.dtype.name, "shape": list(values.shape)}
        if name in MAPS:
            channels = _channels(run, name, map_bytes)
            parts = [values[..., channel] for channel in channels]
            entry["channels"] = channels
        elif name in BY_ROW:
            parts, entry["by_row"] = list(values), True
        else:
            parts = [values]
        yield {**entry, "parts": [_packed(part) for part in parts]}


def _channels(run: Run, name: str, map_bytes: int) -> list[int]:
    """Return the channels of a map that the page holds: the strongest, as many as fit."""
    rows, columns, count = run.trace.shape(name)
    most = max(LEAST_CHANNELS, map_bytes // (4 * rows * columns))
    strongest: list[int] = run[f"reading.order.{name}"][: min(most, count)].tolist()
    return strongest


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(gzip.compress(np.ascontiguousarray(values).tobytes(), 6, mtime=0)).decode()
