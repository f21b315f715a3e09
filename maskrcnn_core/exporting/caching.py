"""An export for the cache: made from a model that TensorFlow runs, certified in the engine that will run it, and kept.

Inputs: a model, the tensors that are wanted, an engine. Outputs: the file in the cache. An export that is not certified
is not kept, so that no command can work with one.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..terminal.progress import telling
from .certify import TOLERANCE
from .making import Wanted, certified, make_onnx
from .runner import RUNNERS
from .samples import sample_images
from .stored import find_export, keep_export


def make_and_keep(model: Any, weights: str, names: tuple[str, ...], engine: str) -> Path:
    """Return the path of an export of ``model`` whose network gives out ``names``, certified in ``engine``.

    weights: SHA-256 of their file. Raises: ValueError where it differs from TensorFlow by more than ``TOLERANCE``.
    """
    wanted = Wanted("network", names)
    content = _of_another_engine(model, weights, names, engine)
    if content is None:
        with telling("Exporting, once for these weights"):
            content = make_onnx(model, wanted, weights).SerializeToString()
    with telling("Certifying"), TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        path.write_bytes(content)
        runner = RUNNERS[engine](path)
        proof = certified(runner, model, wanted, sample_images(model.config))
    worse = [one.name for one in proof if one.exceeds(TOLERANCE)]
    if worse:
        raise ValueError(
            f"wanted an export that computes what TensorFlow does, received one that differs in "
            f"{', '.join(worse[:4])}: it is not used; `maskrcnn export` shows by how much; take --engine tensorflow"
        )
    return keep_export(content, weights, model.config, runner.outputs, engine, proof)


def _of_another_engine(model: Any, weights: str, names: tuple[str, ...], engine: str) -> bytes | None:
    """Return an export of the cache that another engine was certified with: to convert takes longer than to certify."""
    exports = (find_export(weights, model.config, names, other) for other in RUNNERS if other != engine)
    found = next(filter(None, exports), None)
    return found.read_bytes() if found else None
