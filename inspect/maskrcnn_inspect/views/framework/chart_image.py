"""A matplotlib figure as images for a light and for a dark page: the same drawing, with ink that can be read on either.

Inputs: a figure. Outputs: two PNG images without a ground, and markup of both, of which the style sheet
(``canvas/chart.css``) shows the one that fits the page. What is drawn on an image or a map keeps its colours.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import BytesIO
from typing import Any

from matplotlib.artist import Artist
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.spines import Spine
from matplotlib.text import Text

from ...palette import FAINT, INK, MUTED

ON_DARK = {
    INK: "#e6edf3",
    "#000000": "#e6edf3",
    MUTED: "#a9b4c0",
    FAINT: "#2a323a",
    "#262626": "#e6edf3",
}  # ink on light: on dark


def light_and_dark(figure: Figure) -> tuple[bytes, bytes]:
    """Return the PNG of ``figure`` for a light page, and that for a dark one; the figure is left as it was."""
    with _changed(_grounds(figure)):
        light, engine = _png(figure), figure.get_layout_engine()
        figure.set_layout_engine("none")  # everything has its place by now; to find it takes most of the time
        try:
            with _changed(_inks(figure)):
                return light, _png(figure)
        finally:
            figure.set_layout_engine(engine)


def chart_markup(title: str, figure: Figure) -> str:
    """Return both images as markup that needs no file; without the style sheet the light one is seen."""
    return markup_of(title, round(figure.get_figwidth() * figure.dpi), *light_and_dark(figure))


def markup_of(title: str, width: int, *images: bytes) -> str:
    """Return markup of the image for light and that for dark, ``width`` px wide."""
    light, dark = (base64.b64encode(image).decode() for image in images)
    words = f'width="{width}" alt="{escape(title)}"'
    return (
        f'<img class="mi-chart mi-on-light" {words} src="data:image/png;base64,{light}">'
        f'<img class="mi-chart mi-on-dark" hidden {words} src="data:image/png;base64,{dark}">'
    )


def _png(figure: Figure) -> bytes:
    file = BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None}, facecolor="none", edgecolor="none")
    return file.getvalue()


Change = tuple[Any, str, Any, Any]  # what has the colour, how the colour is called, as it is, as it shall be


@contextmanager
def _changed(changes: list[Change]) -> Iterator[None]:
    """Set colours, and set them back at the end."""
    for artist, name, _, wanted in changes:
        artist.set(**{name: wanted})
    try:
        yield
    finally:
        for artist, name, before, _ in changes:
            artist.set(**{name: before})


def _grounds(figure: Figure) -> list[Change]:
    """Return what makes the white ground of axes and legends transparent."""
    patches = [axes.patch for axes in figure.axes]
    patches += [legend.get_frame() for legend in figure.findobj(Legend)]
    return [(patch, "facecolor", patch.get_facecolor(), "none") for patch in patches]


def _inks(figure: Figure) -> list[Change]:
    """Return what turns dark ink light: texts, ticks, spines, lines of a chart; not what lies on an image."""
    changes = []
    for artist, name in _coloured(figure):
        before = getattr(artist, f"get_{name}")()
        wanted = ON_DARK.get(to_hex(before)) if before is not None and str(before) != "none" else None
        if wanted is not None:
            changes.append((artist, name, before, wanted))
    return changes


def _coloured(figure: Figure) -> Iterator[tuple[Artist, str]]:
    kept = {one for axes in figure.axes if axes.images for one in (*axes.lines, *axes.texts)}
    for text in figure.findobj(Text):
        if text not in kept:
            yield text, "color"
    for spine in figure.findobj(Spine):
        yield spine, "edgecolor"
    for line in figure.findobj(Line2D):
        if line not in kept:
            yield from ((line, name) for name in ("color", "markeredgecolor", "markerfacecolor"))
