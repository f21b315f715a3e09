"""Whose state dict it is: torchvision's, detectron2's or MMDetection's, told by its names, with what lies beside it.

Inputs: an open file of PyTorch's weights, nothing of it read yet. Outputs: the same in our words (``pytorch.Foreign``).
A run of detectron2 leaves ``config.yaml`` in the folder of its weights, which says what they cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from .detectron2 import is_detectron2, read_detectron2
from .mmdetection import is_mmdetection, read_mmdetection
from .pytorch import Foreign, Shape
from .torchvision import is_torchvision, read_torchvision

SETTINGS = "config.yaml"  # what detectron2 writes into its OUTPUT_DIR
MAX_BYTES = 2**20  # a configuration is a few kB; more is another file


class OpenStateDict(Protocol):
    """What is wanted of an open file of weights; ``maskrcnn_core.files.torch.StateDict`` is one."""

    path: Path
    names: dict[str, tuple[Shape, np.dtype[Any]]]  # name -> shape and dtype
    metadata: dict[str, Any]  # plain values beside the weights

    def read(self, name: str) -> np.ndarray:
        """Return one array."""


def foreign_of(state: OpenStateDict) -> Foreign:
    """Return ``state`` in our words. Raises: ValueError for other models, and for what this one cannot be."""
    shapes = {name: shape for name, (shape, _) in state.names.items()}
    if is_torchvision(shapes):
        return read_torchvision(shapes)
    if is_detectron2(shapes):
        return read_detectron2(shapes, state.read, settings_beside(state.path))
    if is_mmdetection(shapes):
        return read_mmdetection(shapes, state.metadata)
    first = ", ".join(list(shapes)[:3])
    raise ValueError(
        "wanted the weights of a Mask R-CNN on FPN of torchvision, detectron2 or MMDetection, received "
        f"{len(shapes)} arrays of other names: {first} …"
    )


def settings_beside(path: Path) -> Mapping[str, Any] | None:
    """Return the plain values of the ``config.yaml`` in the folder of ``path``, None where there is none.

    Raises: ValueError for one that is no mapping of plain values.
    """
    beside = path.parent / SETTINGS
    if not beside.is_file():
        return None
    import yaml  # needed by this one layout alone

    if beside.stat().st_size > MAX_BYTES:
        raise ValueError(f"{beside}: wanted a configuration of at most {MAX_BYTES} bytes")
    try:
        settings = yaml.safe_load(beside.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{beside}: wanted YAML of plain values, received {str(error)[:200]}") from error
    if not isinstance(settings, Mapping):
        raise ValueError(f"{beside}: wanted settings by name, received {type(settings).__name__}")
    return settings
