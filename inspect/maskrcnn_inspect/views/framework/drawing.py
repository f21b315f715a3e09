"""Drawing with matplotlib: arrays in, artists out. No view computes here, and nothing here runs a stage.

Shapes: n boxes; yxyx px of the image drawn on; y, x rows and columns.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from ...canvas.assets import chart_style
from ...palette import BROKEN, DIVERGING, INK, MUTED, SEQUENTIAL, instance_colour
from .chart_image import light_and_dark, markup_of

DPI = 100


class Drawn(Figure):
    """A figure that a notebook shows by itself, without pyplot and its list of open figures, in light and in dark."""

    def _repr_png_(self) -> bytes:
        file = BytesIO()
        self.savefig(file, format="png")
        return file.getvalue()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Return the image, for notebooks that are read elsewhere, and the two that follow the theme of JupyterLab."""
        light, dark = light_and_dark(self)
        markup = markup_of("Figure", round(self.get_figwidth() * self.dpi), light, dark)
        return {
            "image/png": base64.b64encode(light).decode(),
            "text/html": f"<style>{chart_style()}</style>{markup}",
        }


def panels(count: int, columns: int = 4, size: float = 3.2, aspect: float = 1.0) -> tuple[Figure, list[Axes]]:
    """Return a figure of ``count`` panels in rows of ``columns``, each ``size`` inches wide; no global state."""
    columns = max(1, min(columns, count))
    rows = max(1, -(-count // columns))
    figure = Drawn(figsize=(size * columns, (size * aspect + 0.45) * rows), dpi=DPI, layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for spare in grid[count:]:
        spare.set_axis_off()
    return figure, list(grid[:count])


def show_image(axes: Axes, image: np.ndarray, title: str = "") -> Axes:
    """Show ``image`` (y, x, rgb) uint8, pixel edges at whole numbers, so that boxes lie where they say."""
    height, width = image.shape[:2]
    axes.imshow(image, extent=(0, width, height, 0), interpolation="nearest")
    return frame(axes, title)


def show_map(
    axes: Axes,
    values: np.ndarray,
    title: str = "",
    extent: tuple[float, float] | None = None,
    signed: bool = False,
) -> Any:
    """Show a map (y, x): ``cividis``, or around 0 if ``signed``; NaN and infinity in a colour of their own.

    extent: (height, width) in px that the map covers; its own cells by default.
    """
    height, width = extent or values.shape
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if signed:
        high = max(abs(low), abs(high)) or 1.0
        low = -high
    colours = colormaps[DIVERGING if signed else SEQUENTIAL].with_extremes(bad=BROKEN)
    shown = np.ma.masked_invalid(values)
    image = axes.imshow(
        shown, cmap=colours, vmin=low, vmax=high, extent=(0, width, height, 0), interpolation="nearest"
    )
    frame(axes, title)
    return image


def frame(axes: Axes, title: str) -> Axes:
    """Put a small title above and take the ticks away."""
    axes.set_title(verbatim(title), fontsize=9, color=INK, loc="left")
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)
    return axes


def draw_boxes(
    axes: Axes,
    boxes: np.ndarray,
    colours: Sequence[str] | str | None = None,
    labels: Sequence[str] | None = None,
    dotted: bool = False,
    width: float = 1.5,
) -> None:
    """Draw ``boxes`` (n, yxyx); by default in the colours of instances by rank, each with its label above."""
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    if colours is None:
        colours = [instance_colour(i) for i in range(len(boxes))]
    y1, x1, y2, x2 = boxes.T
    corners = np.stack(
        [np.stack([x, y], -1) for x, y in ((x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1))], 1
    )
    # axes of an image do not grow with what is drawn on it
    axes.add_collection(
        LineCollection(list(corners), colors=colours, linewidths=width, linestyles=":" if dotted else "-"),
        autolim=False,
    )
    for index, label in enumerate(labels or ()):
        colour = colours if isinstance(colours, str) else colours[index % len(colours)]
        write(axes, x1[index], y1[index], label, colour)


def write(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    """Write ``text`` on a dark ground at (x, y); never as mathematics or markup."""
    axes.text(
        x,
        y,
        verbatim(text),
        color="white",
        fontsize=7,
        va="bottom",
        clip_on=True,
        bbox={"facecolor": INK, "edgecolor": colour, "pad": 1.2, "alpha": 0.85},
    )


def draw_points(axes: Axes, points: np.ndarray, colour: str, size: float = 10.0) -> None:
    """Draw ``points`` (n, yx) with a dark rim."""
    axes.scatter(points[:, 1], points[:, 0], s=size, c=colour, edgecolors=INK, linewidths=0.4)


def outline(axes: Axes, mask: np.ndarray, colour: str, width: float = 1.5) -> None:
    """Draw the outline of ``mask`` (y, x) bool."""
    if mask.any():
        contour = axes.contour(
            np.pad(mask, 1).astype(float),
            levels=[0.5],
            colors=[colour],
            linewidths=width,
            extent=(-1, mask.shape[1] + 1, -1, mask.shape[0] + 1),
        )
        contour.set_path_effects([withStroke(linewidth=width + 1, foreground=INK)])


def verbatim(text: str) -> str:
    """Return ``text`` such that matplotlib shows it as it stands: a dollar sign begins no mathematics."""
    return text.replace("$", r"\$")


def bars(axes: Axes, names: Sequence[str], values: Sequence[float], title: str, colours: Any = None) -> None:
    """Draw horizontal bars with their numbers, the first on top."""
    places = np.arange(len(names))
    axes.barh(places, values, color=colours or "#0072b2")
    axes.set_yticks(places, [verbatim(name) for name in names], fontsize=8)
    axes.invert_yaxis()
    for place, value in zip(places, values, strict=True):
        number = f"{value:,}" if isinstance(value, int) else f"{value:.3g}"
        axes.text(value, float(place), f" {number}", va="center", fontsize=8, color=INK)
    axes.margins(x=0.18)
    plain(axes, title)


def plain(axes: Axes, title: str, x_label: str = "", y_label: str = "") -> None:
    """Give a chart its title and labels and take the upper and right spine away."""
    axes.set_title(verbatim(title), fontsize=9, color=INK, loc="left")
    axes.set_xlabel(x_label, fontsize=8, color=MUTED)
    axes.set_ylabel(y_label, fontsize=8, color=MUTED)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
