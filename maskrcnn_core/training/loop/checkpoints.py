"""Checkpoints: everything that training needs to go on as if it had never stopped.

A checkpoint is a weights file of this project with the optimizer's variables and the position beside them; it
loads as weights wherever weights are wanted. Written under a temporary name and renamed: killing the program at
any moment costs at most what was done since the last one.

Names: ``epoch_00002.h5`` after two epochs, ``epoch_00002_step_0000300.h5`` after 300 steps more: in their order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...config.files import to_dict
from ...files.h5_checks import open_h5, read_array
from ...files.h5_sums import seal, write_array
from ...files.h5_writing import writing_h5
from ...runtime import onednn
from ...weights.formats.native import write_weights
from ...weights.names import named_variables

if TYPE_CHECKING:  # ``keep_switch`` comes before TensorFlow
    import keras

PATTERN = "epoch_*.h5"
WITHIN = "epoch_*_step_*.h5"  # those within an epoch
UNFINISHED = f".{PATTERN}.*.part"  # what a kill in the middle of writing leaves (``files.atomic``)


def save_checkpoint(
    path: Path,
    model: Any,
    optimizer: keras.optimizers.Optimizer,
    state: Mapping[str, Any],
    provenance: Mapping[str, Any],
) -> None:
    """Write weights, optimizer and ``state`` (JSON: epoch, seed) to ``path``.

    Raises: OSError where that fails; checkpoints that were there are whole.
    """
    arrays = {name: np.asarray(variable) for name, variable in named_variables(model).items()}
    with writing_h5(path) as file:
        write_weights(file, arrays, to_dict(model.config), provenance)
        file.attrs["training_state"] = json.dumps(dict(state))
        group = file.create_group("optimizer", track_order=True)
        for index, variable in enumerate(optimizer.variables):
            write_array(group, f"{index:05d}", variable)
        seal(file)


def load_checkpoint(path: Path, model: Any, optimizer: keras.optimizers.Optimizer) -> dict[str, Any]:
    """Restore weights and optimizer from ``path`` and return the state.

    Raises: ValueError where the file holds weights alone, or the state of another optimizer.
    """
    from ...weights import load_weights

    load_weights(model, path)
    with open_h5(path) as file:
        if "training_state" not in file.attrs or "optimizer" not in file:
            raise ValueError(f"{path} holds weights without the state of training: use it as --init {path}")
        names = sorted(file["optimizer"])
        if len(names) != len(optimizer.variables):
            raise ValueError(
                f"{path}: wanted {len(optimizer.variables)} variables of {type(optimizer).__name__}, received "
                f"{len(names)}; was it trained with another optimizer?"
            )
        for name, variable in zip(names, optimizer.variables, strict=True):
            dataset = file["optimizer"][name]
            array = read_array(dataset, name, kinds="fiu")
            if array.shape != tuple(variable.shape):
                raise ValueError(
                    f"{path}: wanted shape {tuple(variable.shape)} of {variable.path}, received {array.shape}"
                )
            variable.assign(array)
        state: dict[str, Any] = json.loads(file.attrs["training_state"])
    return state


def keep_switch(output: Path) -> None:
    """Have TensorFlow round as it did when the last checkpoint of a run was written; to be called before its import.

    Whatever is wrong with the file is said when it is loaded.
    """
    path = latest(output / "checkpoints")
    if path is None:
        return
    try:
        with open_h5(path) as file:
            state = json.loads(file.attrs.get("training_state", "{}"))
    except (ValueError, TypeError, OSError):
        return
    if isinstance(state, dict) and isinstance(state.get("onednn"), bool):
        onednn.as_before(state["onednn"])


def latest(folder: Path) -> Path | None:
    """Return the checkpoint in ``folder`` that was written last, of an epoch or within one, or None."""
    return max(folder.glob(PATTERN), default=None)


def require_latest(output: Path) -> Path:
    """Return the last checkpoint of the run in ``output``. Raises: ValueError where there is none."""
    path = latest(output / "checkpoints")
    if path is None:
        raise ValueError(f"{output} holds no checkpoint to go on from; omit --init last to start a new run")
    return path


def name_of(epochs: int, steps: int = 0) -> str:
    """Return the name of the checkpoint after ``epochs`` epochs and ``steps`` steps of the next one."""
    return f"epoch_{epochs:05d}_step_{steps:07d}.h5" if steps else f"epoch_{epochs:05d}.h5"


def prune(folder: Path, keep: int, written: Path) -> None:
    """Delete what the checkpoint ``written`` replaces: others within an epoch, and all but the last ``keep`` epochs.

    Goes too: what kills left of checkpoints that were being written.
    """
    within = set(folder.glob(WITHIN))
    epochs = sorted(set(folder.glob(PATTERN)) - within)
    for path in (*(within - {written}), *epochs[:-keep], *folder.glob(UNFINISHED)):
        path.unlink()
