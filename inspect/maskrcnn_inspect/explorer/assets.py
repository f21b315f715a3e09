"""The browser's half of the Explorer, read from its files: one ES module, made with the canvas's tools, and a sheet.

``npm run build`` in ``canvas/js`` makes ``built/explorer.js`` of the modules here and there; the tests compare them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..canvas import assets as canvas

_HERE = Path(__file__).parent


@cache
def script() -> str:
    """Return the Explorer as one ES module: default export ``{ render }``; a page of its own uses ``mountExplorer``."""
    return (_HERE / "built" / "explorer.js").read_text(encoding="utf-8")


@cache
def style() -> str:
    """Return the style sheets of the canvas and of the screen around it."""
    return canvas.style() + (_HERE / "explorer.css").read_text(encoding="utf-8")


@cache
def page_script() -> str:
    """Return the script of a page of its own: the module, which then opens what is on the page."""
    return f"{script()}\nmountExplorer();\n"


@cache
def page_look() -> str:
    """Return the style of a page of its own: all of the window, light and dark."""
    return style() + (_HERE / "page.css").read_text(encoding="utf-8")


@cache
def live_script() -> str:
    """Return the worker that runs a model in the browser, in WASM: one script, ONNX Runtime's JavaScript within."""
    return (_HERE / "built" / "live.js").read_text(encoding="utf-8")


@cache
def webgpu_script() -> str:
    """Return the worker that does so on a GPU."""
    return (_HERE / "built" / "live_webgpu.js").read_text(encoding="utf-8")
