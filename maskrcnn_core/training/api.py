"""The command ``maskrcnn train`` as one function, for notebooks and scripts.

Enters: a data set by name, a folder, and any options of the command by keyword. Leaves: the logs of the last epoch.
Names, defaults and checks are read from the command itself, so that there is one list of them and no second.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..files.suggestions import unknown
from ..runtime.quiet import import_tensorflow
from .loop.checkpoints import keep_switch

POSITIONAL = ("dataset", "output")
BEYOND = ("findings",)  # options of ``start`` that no command line can give


def train(dataset: str, output: str | Path, **options: Any) -> dict[str, float]:
    """Train on ``dataset`` (``FORMAT:PATH``, or a name given by ``register``) into the folder ``output``.

    options: those of ``maskrcnn train`` with its defaults: ``validation``, ``preset``, ``init``, ``stages``, …;
    ``settings`` may be a mapping: ``{"training.batch_size": 4}``. Also ``findings`` of ``start``.
    Returns: the logs of the last epoch: losses, and with ``validation`` its figures.
    Raises: ValueError for a name or a value that the command does not take, and for all that ``start`` refuses.
    """
    chosen = options_of(options)
    if chosen["init"] == "last":
        keep_switch(Path(output))
    import_tensorflow("training")
    from .start import start

    said = "".join(f", {name}={value!r}" for name, value in options.items())
    return start(dataset, Path(output), command=f"train({dataset!r}, {str(output)!r}{said})", **chosen)


def options_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all options of the command: as ``given``, checked and converted by it, or its defaults."""
    from ..commands.train import train as command  # which imports this package in turn

    context = command.make_context("train", ["dataset", "--output", "output"])
    parameters = {p.name: p for p in command.params if p.expose_value and p.name not in POSITIONAL}
    options = {name: value for name, value in context.params.items() if name in parameters}
    for name, value in given.items():
        if name in BEYOND:
            options[name] = value
            continue
        if name not in parameters:
            raise ValueError(unknown(f"option {name!r} of train", parameters, name))
        if isinstance(value, Mapping):
            value = [f"{setting}={json.dumps(chosen)}" for setting, chosen in value.items()]
        if value is not None:
            try:
                value = parameters[name].type_cast_value(context, value)
            except click.BadParameter as error:
                raise ValueError(f"{name}={value!r}: {error.message}") from None
        options[name] = value
    return options
