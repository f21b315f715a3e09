"""The command ``maskrcnn train`` as one function, for notebooks and scripts.

Inputs: a data set by name, a folder, and any options of the command by keyword. Outputs: the logs of the last epoch.
Names and defaults are those of ``TrainOptions``, from which the command takes its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..runtime.devices import want
from ..runtime.quiet import import_tensorflow
from .judging import Judge
from .loop.checkpoints import keep_switch
from .options import Findings, TrainOptions


def train(
    dataset: str,
    output: str | Path,
    findings: Findings | None = None,
    judge: Judge | None = None,
    **options: Any,
) -> dict[str, float]:
    """Train on ``dataset`` (``FORMAT:PATH``, or a name given by ``register``) into the folder ``output``.

    options: fields of ``TrainOptions``: ``validation``, ``preset``, ``init``, ``stages``, …; ``settings`` may be a
    mapping: ``{"training.batch_size": 4}``.
    findings: a function from weights by flat name to sentences on them, written every epoch for TensorBoard.
    judge: says what becomes of the objects of validation and of a film: ``maskrcnn_inspect``'s ``SurvivalJudge()``.
    Returns: the logs of the last epoch: losses, and with ``validation`` its figures.
    Raises: ValueError for a name or a value that the command does not take, and for all that ``start`` refuses.
    """
    chosen = TrainOptions.of(options)
    want(chosen.device)
    if chosen.init == "last":
        keep_switch(Path(output))
    import_tensorflow("training")
    from .start import start

    said = "".join(f", {name}={value!r}" for name, value in options.items())
    command = f"train({dataset!r}, {str(output)!r}{said})"
    given = {**_beside_device(chosen), "findings": findings, "judge": judge}
    return start(dataset, Path(output), command=command, **given)


def _beside_device(chosen: TrainOptions) -> dict[str, Any]:
    """Return the options that a run is told; its device was said to TensorFlow."""
    return {name: value for name, value in chosen.as_dict().items() if name != "device"}
