"""The one widget that draws: image, boxes, masks, links, heat maps and grids, moved in the browser.

1. ``layers``, ``fields``  what can be drawn, one frozen dataclass a kind
2. ``canvas``              the widget, for notebooks
3. ``standalone``          the same on a page without Jupyter, kernel or network
"""

from .canvas import Canvas, Layer, link_selection
from .fields import Grid, Heat, Links
from .layers import NEUTRAL, Boxes, Frames, Masks, Points
from .standalone import Case, Choice, Html, canvases_in, fragment, page

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
