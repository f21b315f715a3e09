"""Names that were changed: the former ones still work, and say what to write from now on."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import click

OPTIONS = {  # of commands
    "--validation-pictures": "--validation-images",
    "--remedies": "--setting-changes",
    "--no-remedies": "--no-setting-changes",
}
KEYWORDS = {"validation_pictures": "validation_images", "gpu": "device"}  # of ``train()``
VERDICTS = {  # on missed objects
    "taken": "matched another object",
    "maximum": "over the maximum of detections",
}
STRATEGIES = {  # of ``--strategy`` in commands that detect, with what stands in their place
    "one": "leave it out: one process is what runs by itself",
    "mirrored": "take --workers N: N processes of this machine",
    "multiworker": "take --scheduler ADDRESS: a Dask scheduler, whose workers may be on many machines",
}
HEADINGS = {"remedies": "setting changes"}  # of a journal of explanations


def with_options_of_today(arguments: Sequence[str]) -> list[str]:
    """Return ``arguments`` of a command with each former option under its name of today; a line tells of each."""
    return [_of_today(argument) for argument in arguments]


def _of_today(argument: str) -> str:
    name, equals, value = argument.partition("=")
    if name not in OPTIONS:
        return argument
    click.echo(f"note: {name} is now called {OPTIONS[name]}; the former name will go", err=True)
    return OPTIONS[name] + equals + value


def refuse_strategy(given: str | None) -> None:
    """Raise a usage error, with what to write from now on, where ``--strategy`` was ``given``."""
    if given is not None:
        known = STRATEGIES.get(given, STRATEGIES["multiworker"])
        raise click.UsageError(f"--strategy {given} is no more (but in train); {known}")


def with_keywords_of_today(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``given`` with each former keyword under its name of today; warns of each (DeprecationWarning)."""
    for former in given.keys() & KEYWORDS.keys():
        warn_of(former, KEYWORDS[former], stacklevel=5)
    return {KEYWORDS.get(name, name): value for name, value in given.items()}


def warn_of(former: str, today: str, stacklevel: int = 3) -> None:
    """Warn (DeprecationWarning) that the caller's caller used the name ``former``."""
    warnings.warn(f"{former} is now called {today}; the former name will go", DeprecationWarning, stacklevel)
