"""Converting: any file of weights that opens here, written as one of ours.

Inputs: weights by name or file. Outputs: one file with the weights, the configuration and the class names, in HDF5 or
safetensors by its ending.
Law: the model of the written file has the weights and the configuration of the one that was read, bit by bit.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .formats.native import save_weights
from .formats.native_safetensors import save_safetensors
from .loading import ConfigSource, load_model, located
from .opening import open_weights

WRITERS = {".h5": save_weights, ".safetensors": save_safetensors}
ORIGIN = "converted from"  # provenance of what this module wrote


def convert(weights: str | Path, output: str | Path, config: ConfigSource = None) -> Any:
    """Write ``weights``, a name or a file in any layout that opens, to ``output`` and return their model.

    config: settings in place of those that belong to the weights; they are written with them.
    Raises: ValueError where ``output`` is the input itself or has another ending, and what ``load_model`` raises.
    """
    require_other(weights, output)
    model = load_model(weights, config)
    WRITERS[Path(output).suffix.lower()](model, output, {**model.provenance, ORIGIN: str(weights)})
    return model


def require_other(weights: str | Path, output: str | Path) -> None:
    """Raise ValueError where ``output`` has no ending that can be written, or is the very file of ``weights``."""
    output = Path(output)
    if output.suffix.lower() not in WRITERS:
        raise ValueError(f"wanted a name that ends in {' or '.join(WRITERS)}, received {output}")
    with located(weights) as path:
        if output.exists() and os.path.samefile(path, output):
            raise ValueError(f"{output} is the file to be converted; choose another output")


def is_converted(path: Path) -> bool:
    """Return whether a file was written by ``convert``, and may be written again."""
    try:
        with open_weights(path) as stored:
            return stored.layout == "own" and ORIGIN in stored.provenance
    except (ValueError, OSError):
        return False
