"""What an explanation depends on, as its pages, its JSON and its journal say it."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def heading(source: str, options: dict[str, Any]) -> dict[str, str]:
    """Return what verdicts depend on: the source, the weights (a file by size and time of change), the settings."""
    weights = Path(options["weights"])
    named = {"source": source, "weights": options["weights"], "IoU": f"{options['threshold']:g}"}
    if weights.is_file():
        status = weights.stat()
        named["weights file"] = f"{status.st_size} bytes, {status.st_mtime_ns}"
    if options["engine"] != "tensorflow":
        named["engine"] = options["engine"]
    if options["setting_changes"] is not None:
        named["setting changes"] = "yes" if options["setting_changes"] else "no"
    named |= {} if options["gains"] else {"gains of settings": "not measured"}
    named |= {"depth": f"{options['depth']} bits"} if options["depth"] else {}
    return named | ({"truth": ", ".join(options["truth"])} if options["truth"] else {})
