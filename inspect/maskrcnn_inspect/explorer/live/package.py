"""A model as one file for the browser: the graphs of its parts with what has to be known of them.

Inputs: a model, and a run of it as the probe that a browser's GPU is held against. Outputs: the bytes of a
``.maskrcnn`` file: gzip around eight bytes of length, JSON, the graphs, the probe's grey levels.
"""

from __future__ import annotations

import gzip
import json
import struct
from typing import Any

import numpy as np

from maskrcnn_core.recording.trace import Trace

from .manifest import MOST_SIDE, manifest_of

SUFFIX = ".maskrcnn"
BY_ROI = ("heads", "masks")  # parts whose rows are regions, at times none of a level


def package(model: Any, name: str, probe: Trace | None = None) -> bytes:
    """Return the file of ``model``, which pages call ``name``.

    probe: a run of this model, best of an image with many objects; without one, pages run the model in WASM alone.
    Raises: ValueError for a model that the browser's half cannot run, or whose graph ONNX cannot express; for a probe
    that is larger than what pages run.
    """
    from maskrcnn_core.exporting.parts import export_parts  # imports TensorFlow

    manifest = manifest_of(model.config, name)  # before the export, which takes its time
    if probe is not None:
        _require_small(probe)
    graphs = export_parts(model)
    for entry in manifest["parts"]:
        entry["in_wasm"] = _in_wasm(entry["name"], graphs[entry["name"]])
    return packed(manifest, {part: graph.SerializeToString() for part, graph in graphs.items()}, probe)


def _require_small(probe: Trace) -> None:
    size = np.asarray(probe["image.original"]).shape[:2]
    if max(size) > MOST_SIDE:
        raise ValueError(
            f"wanted a probe of {MOST_SIDE} px at most, which pages run at once, received one of "
            f"{size[0]} × {size[1]} px; take a smaller image"
        )


def _in_wasm(part: str, graph: Any) -> list[str]:
    """Return the nodes of a part that ONNX Runtime's WebGPU cannot run: the pooling of levels that have no box."""
    return [node.name for node in graph.graph.node if part in BY_ROI and node.op_type == "AveragePool"]


def packed(manifest: dict[str, Any], graphs: dict[str, bytes], probe: Trace | None = None) -> bytes:
    """Return the file of ``manifest`` and ``graphs``, by part, and of a run as the ``probe``."""
    offset = 0
    for entry in manifest["parts"]:
        length = len(graphs[entry["name"]])
        entry |= {"offset": offset, "length": length}
        offset += length
    levels = b"" if probe is None else np.ascontiguousarray(probe["image.original"]).tobytes()
    if probe is not None:
        manifest["probe"] = {"offset": offset, "length": len(levels), **_found(probe)}
    head = json.dumps(manifest, separators=(",", ":")).encode()
    data = b"".join(graphs[entry["name"]] for entry in manifest["parts"])
    return gzip.compress(struct.pack("<Q", len(head)) + head + data + levels, 6, mtime=0)


def _found(probe: Trace) -> dict[str, Any]:
    """Return the size of an image, y and x, and what TensorFlow found in it; boxes are one list, network-input px."""
    found = {name: np.asarray(probe[f"detections.{name}"]) for name in ("class_ids", "boxes", "scores")}
    lists = {name: values.ravel().tolist() for name, values in found.items()}
    return {"size": list(np.asarray(probe["image.original"]).shape[:2]), **lists}
