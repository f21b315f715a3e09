"""Training as a film: when each anchor wakes, when the box settles, when the mask closes, on one image.

Look for: an object whose anchor wakes late, or never; a stage that keeps an object and loses it again.

Shapes: f frames; g objects; s stages.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import config_of

from ....analysis.training.film import AWAKE, Film, ImageFilm, since, times_lost
from ....canvas.standalone import Part
from ....palette import INK, MUTED, SEQUENTIAL, instance_colour
from ...framework.data_panel import DataPanel, slider
from ...framework.drawing import panels, plain, verbatim
from ...framework.scene import Chart, Shown, View, still_once
from .scenes import film_scene

CURVES = {"objectness": "objectness of its best anchor", "box": "IoU of its box", "mask": "IoU of its mask"}
MOST = 24  # objects that charts and tables have room for


class Shots:
    """The images of a film, of which the last is kept: what a panel shows and tells."""

    def __init__(self, film: Film) -> None:
        self.film = film
        self._last: tuple[int, ImageFilm] | None = None

    def of(self, number: int) -> ImageFilm:
        """Return the film of image ``number``."""
        if self._last is None or self._last[0] != number:
            self._last = (number, self.film.image(number))
        return self._last[1]


def names_of_objects(film: ImageFilm) -> list[str]:
    """Return ``0 square`` for each object: its row and its class."""
    names, objects = config_of(film.last).class_names, film.objects
    return [f"{row} {names[k]}" for row, k in zip(objects.rows, objects.class_ids, strict=True)]


def figure(film: ImageFilm) -> Figure:
    """Draw how far each object came at each step where that is known, else its curves."""
    return lives_figure(film) if film.is_judged else curves_figure(film)


def lives_figure(film: ImageFilm) -> Figure:
    """Draw, an object a row and a step a column, how many stages kept it."""
    kept, names = film.kept.T[:MOST], names_of_objects(film)[:MOST]
    drawn, (axes,) = panels(1, size=9.0, aspect=max(0.14, 0.035 * len(names) + 0.06))
    axes.imshow(kept, cmap=SEQUENTIAL, vmin=0, vmax=len(film.stages), aspect="auto")
    for (row, column), count in np.ndenumerate(kept):
        colour = "white" if count < len(film.stages) / 2 else INK
        axes.text(column, row, str(count), ha="center", va="center", fontsize=8, color=colour)
    axes.set_yticks(range(len(names)), [verbatim(name) for name in names], fontsize=8)
    axes.set_xticks(range(len(film.steps)), [_short(step) for step in film.steps], fontsize=8)
    order = " → ".join(film.stages)
    plain(axes, f"Stages that keep each object, of {len(film.stages)}: {order}", "step")
    axes.spines[["left", "bottom"]].set_visible(False)
    return drawn


def curves_figure(film: ImageFilm) -> Figure:
    """Draw objectness, box and mask of each object over the steps."""
    drawn, axes = panels(len(CURVES), columns=3, size=3.4, aspect=0.75)
    for one, (name, title) in zip(axes, CURVES.items(), strict=True):
        values = getattr(film.growth, name)
        for place in range(min(MOST, values.shape[1])):
            one.plot(
                range(len(film.steps)), values[:, place], color=instance_colour(place), marker=".", lw=1.4
            )
        _mark_steps(one, film.steps)
        one.axhline(AWAKE, color=MUTED, lw=0.8, ls=":")
        one.set_ylim(-0.03, 1.03)
        plain(one, title, "step")
    return drawn


def _mark_steps(axes: Axes, steps: tuple[int, ...]) -> None:
    """Write some of the steps below; frames stand side by side, as on the slider."""
    every = max(1, -(-len(steps) // 6))
    places = range(0, len(steps), every)
    axes.set_xticks(list(places), [_short(steps[place]) for place in places])


def _short(step: int) -> str:
    return f"{step / 1000:.3g}k" if step >= 10_000 else str(step)


def draw(shots: Shots, number: int = 0) -> list[Shown]:
    """Return the canvas that plays, how far the objects came at each step, and their curves."""
    film = shots.of(number)
    lives = [Chart(_lives_words(film), lives_figure(film))] if film.is_judged and len(film.objects) else []
    curves = [Chart("Objectness, box and mask of each object by step", curves_figure(film))]
    return [film_scene(film), *lives, *(curves if len(film.objects) else [])]


def _lives_words(film: ImageFilm) -> str:
    names = names_of_objects(film)[:MOST]
    lives = (f"{name} {', '.join(map(str, row))}" for name, row in zip(names, film.kept.T, strict=False))
    return f"Stages that keep each object, by step: {'; '.join(lives)}"


def explain(shots: Shots, number: int = 0) -> list[str]:
    """Return a line an object: the steps from which it has what it needs for good."""
    film = shots.of(number)
    if not len(film.objects):
        return ["There is no object to follow: no ground truth, and no detection at the last step."]
    names = names_of_objects(film)[:MOST]
    moments = [film.growth.moments(place) for place in range(len(names))]
    lines = _table(names, moments)
    if film.is_judged:
        lines += [
            "",
            "The step from which each stage keeps it; in brackets how often it lost it again before.",
        ]
        lines += _table(names, [_stage_moments(film, place) for place in range(len(names))])
    left = len(film.objects) - len(names)
    return [
        "The step from which it holds for good; - where it does not hold at the last step.",
        *lines,
        *([f"and {left} more objects"] if left else []),
    ]


def _stage_moments(film: ImageFilm, place: int) -> dict[str, Any]:
    moments: dict[str, Any] = {}
    for order, stage in enumerate(film.stages):
        kept = film.kept[:, place] > order
        step, lost = since(kept, film.steps), times_lost(kept)
        moments[stage] = f"{'-' if step is None else step}{f' ({lost})' if lost else ''}"
    return moments


def _table(names: list[str], rows: list[dict[str, Any]]) -> list[str]:
    """Return a head and a line a name, in columns."""
    first = max(map(len, names)) + 2
    head = f"{'object':<{first}}" + "".join(f"{title:>{len(title) + 3}}" for title in rows[0])
    return [
        head.rstrip(),
        *(
            f"{name:<{first}}"
            + "".join(f"{'-' if v is None else v!s:>{len(title) + 3}}" for title, v in row.items())
            for name, row in zip(names, rows, strict=True)
        ),
    ]


VIEW = View(
    "Training as a film",
    "Look for objects whose anchors wake late or never, and for stages that keep an object and lose it again.",
    draw,
    explain,
)


def widget(film: Film) -> DataPanel:
    """Return the live view; with several images, a slider chooses one."""
    return DataPanel(VIEW, (Shots(film),), {"number": slider("image", len(film) - 1)})


def snapshot(film: Film, number: int = 0) -> list[Part]:
    """Return the parts of a page without a kernel: the film of one image."""
    return still_once(VIEW, (Shots(film),), number=number)
