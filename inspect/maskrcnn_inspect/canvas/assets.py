"""The browser's half, read from its files: one ES module and one style sheet, without a bundler.

The modules in ``js/`` import each other by name, so an editor and a reader can follow them. anywidget and a page on its
own both want one text; ``script`` joins the modules in the order in which they need each other and drops the words
``import`` and ``export`` between them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent

MODULES = (
    "decode", "view", "masks", "heat", "boxes", "marks", "pick", "parts", "controls", "events", "actions", "canvas"
)  # fmt: skip

_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


@cache
def script() -> str:
    """Return the canvas as one ES module whose default export is ``{ render }``."""
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", _read(f"js/{name}.js"))) for name in MODULES)


@cache
def style() -> str:
    """Return the style sheet."""
    return _read("canvas.css") + _read("panel.css") + chart_style()


@cache
def chart_style() -> str:
    """Return the part of it that charts need, also where there is no canvas."""
    return _read("chart.css")


@cache
def page_style() -> str:
    """Return the style sheet of a page that is not JupyterLab."""
    return _read("page.css")


@cache
def shim() -> str:
    """Return the script that stands in for Jupyter on a page of its own; it goes below ``script()``."""
    return _read("js/standalone.js")


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
