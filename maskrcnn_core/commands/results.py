"""Text files that a command writes as its result, named by an option."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..files.atomic import replacing
from ..terminal.inert import say


def write_text(path: str | Path, text: str) -> None:
    """Write a whole file or none, and say so. Raises: OSError with the name of the file where that cannot be."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")
    say(f"written: {path}", err=True)


def write_json(path: str | Path, content: dict[str, Any]) -> None:
    """Write plain values as JSON, like ``write_text``."""
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")
