"""The browser's half of the gallery, read from its files: one script, made with the canvas's tools, and a sheet."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def script() -> str:
    """Return the script of the page: the module, which then opens what is on the page."""
    return (_HERE / "built" / "gallery.js").read_text(encoding="utf-8") + "\nmountGallery();\n"


@cache
def style() -> str:
    """Return the style sheet."""
    return (_HERE / "gallery.css").read_text(encoding="utf-8")
