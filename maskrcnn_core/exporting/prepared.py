"""Exports of the cache as ONNX Runtime has optimised them, kept beside them.

Inputs: a certified export of the cache. Outputs: what runs it. Most of the time that ONNX Runtime takes to open an
export goes into optimising its graph: of ResNet-101, 0.6 of 0.7 s. What it makes of the graph is written into a folder
beside the export when that is opened for the first time, and later opened as it is, its weights mapped from their file.

Law: what is certified is what runs. A prepared graph is the one that the session of the export itself runs. It is kept
only where it computes the same as that session, to the last bit in all outputs, of a network input of noise; a test
holds this for the models that ship on their samples. It is used only in the same ONNX Runtime on the same processor,
since it may hold what no other can run, and only where its files have the hashes that they had when it was compared.
Whatever is wrong with it or with the cache, the export itself is opened, and nothing is said.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ..config import Config
from ..files.atomic import FREE_BYTES, put_folder
from ..files.hashes import compute_sha256, sha256_of
from ..runtime.processor import processor
from ..stages.anchors import make_anchors
from ..stages.molding import normalise
from ..terminal.progress import telling
from .runner import OnnxRuntime, onnx_options, onnx_runtime

FORMAT, VERSION = "maskrcnn-prepared", 1
NETWORK, WEIGHTS, NOTE = "network.onnx", "weights.bin", "prepared.json"
LONGEST = 2**16  # bytes of a note
OUTSIDE = 1024  # bytes of a tensor that stands in WEIGHTS; smaller ones stay in the graph
ENDING = ".prepared"
MOST = 3  # of an export, since machines may share a home; the oldest go
STALE = 3600  # s after which one in the making counts as left by a process that was killed
SIDE = 128  # px of the network input on which both are compared
# so that comparing takes little, and finds something on noise
FEW = {"proposals.top_k": 100, "proposals.count": 20, "detections.min_score": 0.0, "detections.max_count": 10}


def open_kept(graph: Path, config: Config) -> OnnxRuntime:
    """Return what runs an export of the cache in ONNX Runtime, prepared where it can be.

    config: one that the export may be used with.
    """
    if not processor().flags:  # the system does not tell what this processor can run: Linux alone does
        return OnnxRuntime(graph)
    facts = _facts(graph)
    folder = graph.with_name(f"{graph.stem}.{_version_of(facts)}{ENDING}")
    files = _noted(folder, facts)
    if files == {}:  # what was made of it does not compute the same
        return OnnxRuntime(graph)
    if files and _are_there(files, folder):
        # another process may have removed it since; what ONNX Runtime raises has no class in common
        with suppress(Exception):
            return OnnxRuntime(folder / NETWORK, _as_it_is())
    return _preparing(graph, folder, facts, config) or OnnxRuntime(graph)


def _facts(graph: Path) -> dict[str, Any]:
    """Return what a prepared graph depends on."""
    engine, here = onnx_runtime(), processor()
    return {
        "format": FORMAT,
        "version": VERSION,
        "export": sha256_of(graph),
        "onnxruntime": engine.__version__,
        "build": engine.get_build_info(),
        "processor": f"{here.name}, {here.identity}: {' '.join(sorted(here.flags))}",
    }


def _version_of(facts: dict[str, Any]) -> str:
    """Return what tells prepared graphs of an export from each other: ONNX Runtime's version first."""
    return f"{facts['onnxruntime']}-{sha256(json.dumps(facts).encode()).hexdigest()[:8]}"


def _noted(folder: Path, facts: dict[str, Any]) -> dict[str, str] | None:
    """Return the SHA-256 of each file of a prepared graph, none where it is not to be used; None of other facts."""
    try:
        with (folder / NOTE).open(encoding="utf-8") as file:
            content = json.loads(file.read(LONGEST))
    except (OSError, ValueError, RecursionError):
        return None
    files = content.pop("files", None) if isinstance(content, dict) else None
    return files if isinstance(files, dict) and content == facts else None


def _are_there(files: dict[str, str], folder: Path) -> bool:
    """Return whether the files of a prepared graph are there as they were noted."""
    try:
        return all(sha256_of(folder / name) == files.get(name) for name in (NETWORK, WEIGHTS))
    except OSError:
        return False


def _preparing(graph: Path, folder: Path, facts: dict[str, Any], config: Config) -> OnnxRuntime | None:
    """Open an export and put the graph that is made of it into ``folder``; None where the export was not opened."""
    opened = None
    # a full disk, a cache that is read only, another process that is at it; errors of ONNX Runtime have no common class
    with (
        suppress(Exception),
        telling("Preparing, once for this processor"),
        _making(folder, graph, facts) as part,
    ):
        opened = OnnxRuntime(graph, _written_to(part))
        files = {name: compute_sha256(part / name) for name in (NETWORK, WEIGHTS)}
        if not _compute_the_same(opened, OnnxRuntime(part / NETWORK, _as_it_is()), config):
            for name in files:
                (part / name).unlink()
            files = {}
        (part / NOTE).write_text(json.dumps({**facts, "files": files}, indent=1) + "\n", encoding="utf-8")
    return opened


@contextmanager
def _making(folder: Path, graph: Path, facts: dict[str, Any]) -> Iterator[Path]:
    """Give a folder to write into, which becomes ``folder`` when the block ends well, and older ones of ``graph`` go.

    Raises: OSError where another process is at the same or was, and where the disk has too little room.
    """
    for left in graph.parent.glob(f".{graph.stem}.*{ENDING}.*part"):
        if time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True)
    if shutil.disk_usage(graph.parent).free < graph.stat().st_size + FREE_BYTES:
        raise OSError(f"wanted room for {folder}")
    part = folder.with_name(f".{folder.name}.part")
    part.mkdir()  # one process alone can
    try:
        # never replaced: a process that is opening it would take weights from where only this graph has them
        if _are_there(_noted(folder, facts) or {}, folder):
            raise FileExistsError(folder)
        yield part
        put_folder(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _remove_others(folder, graph)


def _remove_others(folder: Path, graph: Path) -> None:
    """Remove what other versions of ONNX Runtime made of ``graph``, and all but the newest of this one."""
    made = sorted(graph.parent.glob(f"{graph.stem}.*{ENDING}"), key=lambda one: one.stat().st_mtime)
    version = f"{graph.stem}.{onnx_runtime().__version__}-"
    ours = [one for one in made if one.name.startswith(version) and one != folder]
    for one in made:
        if one != folder and one not in ours[1 - MOST :]:
            shutil.rmtree(one, ignore_errors=True)


def _written_to(folder: Path) -> Any:
    """Return options by which a session writes the graph that it runs into ``folder``."""
    options = onnx_options()
    options.optimized_model_filepath = str(folder / NETWORK)
    entry = "session.optimized_model_external_initializers"
    options.add_session_config_entry(f"{entry}_file_name", WEIGHTS)
    options.add_session_config_entry(f"{entry}_min_size_in_bytes", str(OUTSIDE))
    return options


def _as_it_is() -> Any:
    """Return options by which a session runs a graph without changing it."""
    options = onnx_options()
    options.graph_optimization_level = onnx_runtime().GraphOptimizationLevel.ORT_DISABLE_ALL
    return options


def _compute_the_same(one: OnnxRuntime, other: OnnxRuntime, config: Config) -> bool:
    """Return whether two graphs compute the same of a network input of noise, to the last bit in all outputs."""
    if (one.inputs, one.outputs) != (other.inputs, other.outputs):
        return False
    feed = {name: value for name, value in _noise(config).items() if name in one.inputs}
    made = [graph.run(graph.outputs, feed) for graph in (one, other)]
    return all(_bits(made[0][name]) == _bits(made[1][name]) for name in one.outputs)


def _noise(config: Config) -> dict[str, np.ndarray]:
    """Return what a network is fed for an image of noise, with ``FEW`` of all that it chooses."""
    size = (SIDE, SIDE)
    image = np.random.default_rng(0).integers(0, 256, (*size, config.molding.channels), np.uint8)
    feed = {
        "molding.image": normalise(image, config.molding),
        "molding.window": np.array([0, 0, *size], np.float32),
    }
    feed |= {f"anchors.{name}": value for name, value in make_anchors(size, config.anchors)._asdict().items()}
    kinds = {int: np.int32, float: np.float32}
    return feed | {name: np.array(value, kinds[type(value)]) for name, value in FEW.items()}


def _bits(array: np.ndarray) -> tuple[Any, ...]:
    return array.dtype, array.shape, array.tobytes()
