"""A model as one file for the browser: the graphs of its parts with what has to be known of them.

Inputs: a model. Outputs: the bytes of a ``.maskrcnn`` file: gzip around eight bytes of length, JSON, the graphs.
"""

from __future__ import annotations

import gzip
import json
import struct
from typing import Any

from .manifest import manifest_of

SUFFIX = ".maskrcnn"


def package(model: Any, name: str) -> bytes:
    """Return the file of ``model``, which pages call ``name``.

    Raises: ValueError for a model that the browser's half cannot run, or whose graph ONNX cannot express.
    """
    from maskrcnn_core.exporting.parts import export_parts  # imports TensorFlow

    manifest = manifest_of(model.config, name)  # before the export, which takes its time
    graphs = {part: graph.SerializeToString() for part, graph in export_parts(model).items()}
    return packed(manifest, graphs)


def packed(manifest: dict[str, Any], graphs: dict[str, bytes]) -> bytes:
    """Return the file of ``manifest`` and ``graphs``, by part."""
    offset = 0
    for entry in manifest["parts"]:
        length = len(graphs[entry["name"]])
        entry |= {"offset": offset, "length": length}
        offset += length
    head = json.dumps(manifest, separators=(",", ":")).encode()
    data = b"".join(graphs[entry["name"]] for entry in manifest["parts"])
    return gzip.compress(struct.pack("<Q", len(head)) + head + data, 6, mtime=0)
