"""Certified exports in the cache: made once for a file of weights, used by every later command.

Inputs: the SHA-256 of a file of weights, a configuration, the tensors that are wanted, an engine. Outputs: the ONNX
file, or none. A folder a file of weights, ``exports/HASH``; in it for each export ``NAME.onnx`` and its certificate for
each engine that was held against TensorFlow, ``NAME.ENGINE.json``; beside them what ``prepared`` makes of it.
Needs no TensorFlow. A file is used only where its own SHA-256 is the one that its certificate names: what was damaged,
or put there by somebody else, counts as not there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..config import Anchors, Composing, Config, Molding, Pasting, Training
from ..config.files import from_dict, to_dict
from ..files.atomic import replacing
from ..files.cache import cache_folder
from ..files.hashes import sha256_of
from .certify import Difference

FORMAT, VERSION = "maskrcnn-certified", 2
LONGEST = 2**22  # bytes of a certificate
# numbers that an export takes as inputs: pipeline.specs.RUNTIME, which a test holds equal
RUNTIME = (
    *("proposals.top_k", "proposals.nms_threshold", "proposals.count"),
    *("detections.min_score", "detections.nms_threshold", "detections.max_count"),
)


def fixed_part(config: Config) -> Config:
    """Return ``config`` with all that an exported network does not depend on at one value.

    Anchors are fed to it; how many there are in a cell is its weights' shape, which is fixed as well.
    """
    outside = dict(molding=Molding(), pasting=Pasting(), composing=Composing(), training=Training())
    channels = {"molding.mean": config.molding.mean, "anchors": Anchors()}
    return config.replace(**outside, **channels, **dict.fromkeys(RUNTIME, 0), name="")


def find_export(weights: str, config: Config, outputs: Iterable[str], engine: str) -> Path | None:
    """Return an export of the weights of that SHA-256 that ``config`` may use, that gives ``outputs`` and that was
    certified in ``engine``.
    """
    wanted = set(outputs)
    fitting = [
        (path, certificate)
        for path in sorted(_folder(weights).glob(f"*.{engine}.json"))
        if (certificate := _certificate(path, weights)) and wanted <= set(certificate["outputs"])
    ]
    for path, certificate in sorted(fitting, key=lambda pair: len(pair[1]["outputs"])):
        graph = path.with_name(path.name.removesuffix(f"{engine}.json") + "onnx")
        if _fits(certificate, config) and graph.is_file() and sha256_of(graph) == certificate["sha256"]:
            return graph
    return None


def keep_export(
    content: bytes,
    weights: str,
    config: Config,
    outputs: Sequence[str],
    engine: str,
    proof: Sequence[Difference],
) -> Path:
    """Put an export that was certified into the cache, its certificate last, and return its path."""
    digest = hashlib.sha256(content).hexdigest()
    graph = _folder(weights) / f"{digest[:16]}.onnx"
    certificate = {
        "format": FORMAT,
        "version": VERSION,
        "weights": weights,
        "sha256": digest,
        "config": to_dict(config),
        "outputs": list(outputs),
        "engine": engine,
        "differences": [one._asdict() for one in proof],
    }
    if not (graph.is_file() and sha256_of(graph) == digest):  # else another engine was certified with it
        with replacing(graph) as part:
            part.write_bytes(content)
    with replacing(graph.with_suffix(f".{engine}.json")) as part:
        part.write_text(json.dumps(certificate, ensure_ascii=False) + "\n", encoding="utf-8")
    return graph


def _folder(weights: str) -> Path:
    return cache_folder() / "exports" / weights[:32]


def _certificate(path: Path, weights: str) -> dict[str, Any] | None:
    """Return a certificate of the weights of that SHA-256; None for anything else."""
    try:
        with path.open(encoding="utf-8") as file:
            content = json.loads(file.read(LONGEST))
    except (OSError, ValueError, RecursionError):
        return None
    kinds = {"sha256": str, "config": dict, "outputs": list}
    sound = isinstance(content, dict) and all(isinstance(content.get(k), t) for k, t in kinds.items())
    if not sound or any(not isinstance(name, str) for name in content["outputs"]):
        return None
    ours = (content.get("format"), content.get("version"), content.get("weights"))
    return content if ours == (FORMAT, VERSION, weights) else None


def _fits(certificate: dict[str, Any], config: Config) -> bool:
    try:
        return fixed_part(from_dict(certificate["config"])) == fixed_part(config)
    except (ValueError, TypeError):
        return False
