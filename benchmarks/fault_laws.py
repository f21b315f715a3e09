"""The laws of a run in which something could not be written: how it ends, what it says, what it leaves.

Inputs: how a command ended, and the files that are there then. Outputs: the laws that were broken, in words.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import zipfile
from pathlib import Path

import h5py
import numpy as np

STATUS = {"SIGINT": 130, "SIGTERM": 143}  # of the others 2
TEMPORARY = (".part", ".probe", ".tmp", ".lock~", "checked.json.", "hashes.json.")


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below ``folder`` by name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def broken_laws(
    ended: tuple[int, str], kind: str, left: dict[str, bytes], wholes: dict[str, set[bytes]], goes_on: bool
) -> list[str]:
    """Return which laws a run with a fault broke.

    wholes: contents of each file that are whole; goes_on: whether the command may end well all the same.
    """
    laws, (status, said), wanted = list[str](), ended, STATUS.get(kind, 2)
    if status != wanted and not (goes_on and status in (0, 1)):
        laws.append(f"status {status}")
    lines = [line for line in said.splitlines() if line.startswith(("maskrcnn: ", "Error: "))]
    if status == 2 and (len(lines) != 1 or os.sep not in lines[0]):
        laws.append(f"said {lines}")
    if "Traceback" in said:
        laws.append("traceback")
    laws += [f"left {name}" for name in left if is_temporary(name)]
    for name, content in left.items():
        known = wholes.get(name, set())
        # what grows: of rows without a header the journal says how many count, and a table ends with a line
        grows = name.endswith(".f16") or (
            name.endswith("training_images.csv") and content[-1:] in (b"", b"\n")
        )
        begun = grows and any(one.startswith(content) for one in known)
        if not (is_temporary(name) or content in known or begun or is_whole(name, content)):
            laws.append(f"torn {name}")
    return laws


def is_temporary(name: str) -> bool:
    """Return whether a file is one in the making, by its name or that of its folder."""
    return any(mark in part for part in Path(name).parts for mark in TEMPORARY)


def is_whole(name: str, content: bytes) -> bool:
    """Return whether a file whose content no other run had is one that ends where it should."""
    if name.endswith(".json"):
        with contextlib.suppress(ValueError):
            return json.loads(content) is not None
    if name.endswith(".jsonl"):  # a journal, from which a refused run goes on: whole lines
        with contextlib.suppress(ValueError):
            return content[-1:] in (b"", b"\n") and all(
                json.loads(line) is not None for line in content.splitlines()
            )
    if name.endswith((".h5", ".npz")):
        with contextlib.suppress(OSError, ValueError, zipfile.BadZipFile):
            opener = h5py.File if name.endswith(".h5") else np.load
            return opener(io.BytesIO(content)) is not None
    if name.endswith(".html"):
        return content.rstrip().endswith((b"</html>", b"-->"))
    if name.endswith(".zip"):
        with contextlib.suppress(zipfile.BadZipFile):
            return zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    if name.endswith((".onnx", ".pb")):
        return is_message(name, content)
    if name.endswith(".tflite"):
        return is_flatbuffer(content)
    if ".tfevents." in name:  # a log that grows: what reads it passes over a last record that is cut short
        return not content or b"brain.Event" in content[:64]
    return name.endswith(".lock") and not content


def is_message(name: str, content: bytes) -> bool:
    """Return whether ``content`` is a whole message of Protocol Buffers: an ONNX graph, or one of a SavedModel."""
    import onnx
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import fingerprint_pb2, saved_model_pb2

    with contextlib.suppress(DecodeError):
        if name.endswith(".onnx"):
            return onnx.load_from_string(content).graph.output != []
        if name.endswith("saved_model.pb"):
            return saved_model_pb2.SavedModel.FromString(content).meta_graphs != []
        return fingerprint_pb2.FingerprintDef.FromString(content).saved_model_checksum > 0
    return False


def is_flatbuffer(content: bytes) -> bool:
    """Return whether ``content`` is a whole file of LiteRT: its interpreter takes it, which looks at every buffer."""
    import tensorflow as tf

    with contextlib.suppress(ValueError):
        return tf.lite.Interpreter(model_content=content).get_input_details() != []
    return False
