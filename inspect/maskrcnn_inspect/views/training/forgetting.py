"""Learned and forgotten: which objects of validation a model found after one epoch and lost in a later one.

Look for: objects that are forgotten again and again. They are hard, or labelled wrongly; and a schedule under which
many are forgotten late has too high a learning rate.

Shapes: e epochs; g objects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from maskrcnn_core.training.loop.objects_found import FOUND, UNKNOWN, History

from ...canvas.standalone import Part
from ...palette import NEGATIVE, POSITIVE
from ..framework.bar_chart import Bars
from ..framework.data_panel import DataPanel
from ..framework.drawing import panels, plain
from ..framework.scene import Chart, Shown, View, still_once

MOST = 20  # objects that are listed
FEW = {-1: "never found", 0: "never forgotten", 1: "forgotten once"}
LETTERS = 40  # of a history, the last ones


def by_epoch(histories: Sequence[History]) -> dict[str, np.ndarray]:
    """Return (e,) how many objects were found after each epoch, learned in it and forgotten in it.

    Between two looks at an object there may be epochs without one: it then counts where it was seen changed.
    """
    epochs = max((len(one.found) for one in histories), default=0)
    counts = {name: np.zeros(epochs, np.int64) for name in ("found", "learned", "forgotten")}
    for one in histories:
        before = False
        for epoch, mark in enumerate(one.found):
            if mark == UNKNOWN:
                continue
            now = mark == FOUND
            counts["found"][epoch] += now
            counts["learned"][epoch] += now and not before
            counts["forgotten"][epoch] += before and not now
            before = now
    return counts


def most_forgotten(histories: Sequence[History], count: int = MOST) -> list[History]:
    """Return the objects that were forgotten most often, without those that never were."""
    forgotten = [one for one in histories if one.forgotten]
    return sorted(forgotten, key=lambda one: (-one.forgotten, one.image, one.truth))[:count]


def figure(histories: Sequence[History]) -> Figure:
    """Draw the objects found after each epoch, and those learned and forgotten in it."""
    drawn, (above, below) = panels(2, columns=2, size=4.8, aspect=0.5)
    counts = by_epoch(histories)
    epochs = np.arange(1, len(counts["found"]) + 1)
    above.plot(epochs, counts["found"], color="#0072b2", marker=".")
    above.set_ylim(0, max(1, len(histories)) * 1.05)
    plain(above, f"Objects found, of {len(histories)}", "epoch")
    below.bar(epochs, counts["learned"], color=POSITIVE, label="learned")
    below.bar(epochs, -counts["forgotten"], color=NEGATIVE, hatch="//", label="forgotten")
    below.legend(fontsize=7)
    plain(below, "Objects learned (up) and forgotten (down)", "epoch")
    for axes in (above, below):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return drawn


def draw(histories: Sequence[History]) -> list[Shown]:
    """Return the curves, and how many objects were forgotten how often."""
    if not histories:
        raise ValueError("no object was validated yet; train with --validate, for an epoch at least")
    counts = by_epoch(histories)
    words = "; ".join(f"{name} {', '.join(map(str, values))}" for name, values in counts.items())
    times = Counter(-1 if one.learned is None else one.forgotten for one in histories)
    names = [FEW.get(count, f"forgotten {count} times") for count in sorted(times)]
    numbers = [float(times[count]) for count in sorted(times)]
    return [
        Chart(f"By epoch: {words}", figure(histories)),
        Bars("Objects by how often they were forgotten", names, numbers),
    ]


def explain(histories: Sequence[History]) -> list[str]:
    """Return the objects that were forgotten most often, with their histories."""
    most = most_forgotten(histories)
    if not most:
        return ["No object was forgotten: what was once found was found after every later epoch."]
    width = max(len(one.class_name) for one in most)
    return [
        "Forgotten most often. A letter an epoch, the last ones: 1 found, 0 not, - not looked at.",
        *(
            f"{one.forgotten:>3} x  {one.class_name:<{width}}  {one.found[-LETTERS:]}  {one.area:>7} px²  "
            f"image {one.image}, object {one.truth}  {one.source}"
            for one in most
        ),
    ]


VIEW = View(
    "Learned and forgotten",
    "Look for objects that are forgotten again and again: they are hard, or labelled wrongly.",
    draw,
    explain,
)


def widget(histories: Sequence[History]) -> DataPanel:
    """Return the view in a notebook."""
    return DataPanel(VIEW, (histories,))


def snapshot(histories: Sequence[History]) -> list[Part]:
    """Return the parts of a page without a kernel."""
    return still_once(VIEW, (histories,))
