"""Initial weights: where training starts from.

``none``: random, by the seed. ``coco``: the published weights without the layers that depend on the classes.
``imagenet``: a classifier's backbone. A file: another model, whose class layers are left out where the classes
differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..weights import LoadReport, load_weights
from ..weights.loading import located
from ..weights.names import named_variables
from ..weights.opening import open_weights
from ..weights.report import CLASS_LAYERS
from .loop.checkpoints import require_latest

_SKIP = tuple(f"{layer}.*" for layer in CLASS_LAYERS)  # their shapes depend on K


def require_source(source: str, output: Path) -> None:
    """Refuse what training starts from where it is not there, or fetch it, before a model is made for it.

    source: as of ``initialise``, or last: a checkpoint in ``output``. Raises: ValueError; OSError for a download.
    """
    if source == "last":
        require_latest(output)
    elif source not in ("none", "imagenet"):  # a classifier's backbone is fetched for the model that it fits
        with located(source):
            pass


def initialise(model: Any, source: str) -> str:
    """Load what training starts from into ``model`` and return a sentence that says what was loaded and what was not.

    source: none, coco, imagenet, a shipped name, or a file.
    Raises: ``WeightsMismatch`` where other than the class layers differ; ValueError for what cannot be read.
    """
    if source == "none":
        return "starting from random weights"
    if source == "imagenet":
        from ..weights.imagenet import load_imagenet

        return _say(load_imagenet(model), source)
    with located(source) as path:
        skip = _SKIP if source == "coco" or _classes_differ(model, path) else ()
        return _say(load_weights(model, path, skip=skip), source)


def _classes_differ(model: Any, path: Path) -> bool:
    """Return whether the class layers of the file have other shapes than the model's, or other class names."""
    name = "box_head.class_logits.bias"
    with open_weights(path) as stored:
        if stored.config is not None and stored.config.class_names != model.config.class_names:
            return True
        return name in stored.arrays and stored.arrays[name].shape != tuple(
            named_variables(model)[name].shape
        )


def _say(report: LoadReport, source: str) -> str:
    left = sorted({name.rpartition(".")[0] for name in report.skipped})
    text = f"starting from {source}: {len(report.loaded)} of {len(report.loaded) + len(report.skipped)} weights loaded"
    return f"{text}; left at their random values: {', '.join(left)}" if left else text
