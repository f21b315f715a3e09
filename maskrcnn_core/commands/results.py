"""Text files that a command writes as its result, named by an option."""

from __future__ import annotations

from pathlib import Path

import click

from ..files.atomic import replacing
from ..terminal.inert import say


def write_text(path: str | Path, text: str) -> None:
    """Write a whole file or none, and say so. Raises: UsageError where that cannot be."""
    try:
        with replacing(path) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path}: cannot be written ({error.strerror})") from None
    say(f"written: {path}", err=True)
