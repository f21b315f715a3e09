"""The one widget that draws: image, boxes, masks, links, heat maps and grids, moved in the browser.

1. ``layers``, ``fields``  what can be drawn, one frozen dataclass a kind
2. ``canvas``              the widget, for notebooks
3. ``standalone``          the same on a page without Jupyter, kernel or network

Names below are loaded when they are first used: what writes pages of its own needs no widgets.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .canvas import Canvas, Layer, link_selection
    from .fields import Grid, Heat, Links
    from .layers import NEUTRAL, Boxes, Frames, Masks, Points
    from .standalone import Case, Choice, Html, canvases_in, fragment, page

_NAMES = {
    "canvas": ("Canvas", "Layer", "link_selection"),
    "fields": ("Grid", "Heat", "Links"),
    "layers": ("NEUTRAL", "Boxes", "Frames", "Masks", "Points"),
    "standalone": ("Case", "Choice", "Html", "canvases_in", "fragment", "page"),
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "NEUTRAL",
    "Boxes",
    "Canvas",
    "Case",
    "Choice",
    "Frames",
    "Grid",
    "Heat",
    "Html",
    "Layer",
    "Links",
    "Masks",
    "Points",
    "canvases_in",
    "fragment",
    "link_selection",
    "page",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
