"""What several commands ask for in the same words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

DEFAULT_WEIGHTS = "nuclei"

_WEIGHTS = click.option(
    "--weights",
    default=DEFAULT_WEIGHTS,
    show_default=True,
    metavar="W",
    help="A shipped name (nuclei, shapes), coco, or a file: this project's or the classic h5.",
)
_CONFIG = click.option(
    "--config",
    "config_file",
    metavar="C.json",
    help="Settings on top of the weights' own: this project's JSON or the classic one.",
)


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--weights`` and ``--config`` to a command."""
    return _WEIGHTS(_CONFIG(command))


strategy_option = click.option(
    "--strategy",
    type=click.Choice(["one", "mirrored", "multiworker"]),
    default="one",
    show_default=True,
    help="Share the pictures among this machine's devices, or among the machines of TF_CONFIG.",
)

overwrite_option = click.option(
    "--overwrite",
    is_flag=True,
    help="Replace what an earlier run of this command left in DIR, and nothing else.",
)
