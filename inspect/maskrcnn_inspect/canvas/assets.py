"""The browser's half, read from its files: one ES module and the style sheets.

The modules in ``js/`` import each other by name; esbuild bundles them into ``built/canvas.js``, which is committed, so
that nobody needs Node to run the canvas. It is not minified (67 kB, 37 kB if it were), so that its changes can be read.
Who changes a module runs ``npm run build`` in ``js/``; the tests compare the two.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def script() -> str:
    """Return the canvas as one ES module: its default export is ``{ render }``, a page of its own uses ``mountAll``."""
    return _read("built/canvas.js")


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
def page_script() -> str:
    """Return the script of a page that is not JupyterLab: the module, which then draws what is on the page."""
    return f"{script()}\nmountAll();\n"


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
