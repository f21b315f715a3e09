"""Oracles: what each stage costs, as the AP that the ground truth in its place would give.

Look for: the stage whose oracle alone gains most; a stage that gains nothing until another one is true as well; the
ceiling, which no weights can pass.

``figure`` draws the budget of a data set. ``widget`` puts oracles into one image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Edit, Trace, config_of

from ...analysis.candidates.verdicts import TruthVerdict, judge_truths
from ...analysis.oracles.budget import FIGURES, Budget
from ...analysis.oracles.stages import ORACLES, correct
from ...analysis.what_if.effects import find_effect
from ...canvas import Html, Layer
from ...canvas.standalone import Part
from ...palette import INK, MUTED, NEGATIVE, POSITIVE
from ...session import Selection, Session
from ..framework.before_after import after_scene, before_scene, on_slider
from ..framework.drawing import panels, plain
from ..framework.panel import Panel
from ..framework.rows import truth_boxes
from ..framework.scene import RENDER_ERRORS, Scene, Shown, View, error_text

LINES = 40  # of objects, those that changed first
NO_MODEL = "Oracles run the model again; they need a session with its model."


def figure(budget: Budget, measure: str = "mask AP") -> Figure:
    """Draw the gain of each oracle alone, and the climb from the model as it is to the ceiling.

    measure: a name of ``FIGURES``. Raises: ValueError for another.
    """
    if measure not in FIGURES:
        raise ValueError(f"wanted a measure of {', '.join(FIGURES)}, received {measure!r}")
    drawn, (alone, together) = panels(2, columns=2, size=5.2, aspect=0.55)
    start = budget.baseline.figures[measure]
    gains = [row.figures[measure] - start for row in budget.alone]
    _steps(alone, [row.name for row in budget.alone], [0.0] * len(gains), gains)
    plain(alone, f"one stage true: change of {measure} from {start:.3f}")
    before = [start, *(row.figures[measure] for row in budget.together)]
    climbs = [b - a for a, b in pairwise(before)]
    _steps(
        together, [row.name for row in budget.together], before[:-1], climbs, [f"{v:.3f}" for v in before[1:]]
    )
    together.axvline(start, color=MUTED, linewidth=1, linestyle=":")
    title = f"one after the other: {measure} from {start:.3f} to the ceiling of {before[-1]:.3f}"
    plain(together, title)
    return drawn


def _steps(
    axes: Axes,
    names: Sequence[str],
    starts: Sequence[float],
    lengths: Sequence[float],
    labels: Sequence[str] | None = None,
) -> None:
    """Draw a bar a step, the first on top, losses in another colour and with their sign."""
    places = np.arange(len(names))
    colours = [POSITIVE if length >= 0 else NEGATIVE for length in lengths]
    axes.barh(places, lengths, left=starts, color=colours)
    axes.set_yticks(places, names, fontsize=8)
    axes.invert_yaxis()
    ends = labels or [""] * len(names)
    for place, (start, length, end) in enumerate(zip(starts, lengths, ends, strict=True)):
        text = f" {length:+.3f}" + (f" = {end}" if end else "")
        axes.text(max(start, start + length), float(place), text, va="center", fontsize=8, color=INK)
    reached = [*starts, *(start + length for start, length in zip(starts, lengths, strict=True))]
    low, high = min(reached), max(reached)
    room = (high - low) or 0.01
    axes.set_xlim(low - 0.08 * room, high + 0.4 * room)


class Corrected:
    """One image with stages replaced by its ground truth; the last answer is kept, since scenes and words ask for
    it.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._last: tuple[Any, Trace] | None = None

    def after(self, trace: Trace, chosen: Sequence[str]) -> Trace:
        """Return the replay of ``trace`` with the stages ``chosen`` true, in the order of the pipeline.

        Raises: ValueError without a model or without ground truth.
        """
        if not self.session.has_model:
            raise ValueError(NO_MODEL)
        if "truth.boxes" not in trace:
            raise ValueError("oracles need the ground truth of the image; trace it with truth=")
        asked = id(trace), tuple(chosen)
        if self._last is None or self._last[0] != asked:
            chained, edits = trace, dict[str, Edit]()
            for name, oracle in ORACLES.items():
                if name in chosen:
                    correction = oracle(chained)
                    before, edits = edits, {**edits, **correction.edits}
                    chained = correct(self.session.model, chained, correction, before)
            self._last = asked, chained
        return self._last[1]

    def draw(self, trace: Trace, selection: Selection, **chosen: bool) -> list[Shown]:
        """Return the detections of ``trace``, and those with the ground truth in the place of the stages ``chosen``."""
        names = [name for name in ORACLES if chosen.get(name)]
        after = self.after(trace, names)
        effect = find_effect(trace, after)
        left, right = before_scene(trace, effect), after_scene(trace, after, effect, "nothing")
        words = (
            f"True: {', '.join(names) or 'nothing yet'}; {found_of(after)} objects found, network-input px"
        )
        return [
            replace(
                left,
                title=f"As it is: {found_of(trace)} objects found, network-input px",
                layers=_with_truth(trace, left),
            ),
            replace(right, title=words, layers=_with_truth(trace, right)),
        ]

    def explain(self, trace: Trace, selection: Selection, **chosen: bool) -> list[str]:
        """Tell what each object's verdict was, and what it is with the stages ``chosen`` true."""
        after = self.after(trace, [name for name in ORACLES if chosen.get(name)])
        names = config_of(trace).class_names
        head = f"{'object':<24}{'as it is':<32}with the ground truth in place"
        same, changed = list[str](), list[str]()
        for one, other in zip(judge_truths(trace), judge_truths(after), strict=True):
            words = _words(one), _words(other)
            line = f"{f'{one.truth} {names[one.class_id]}':<24}{words[0]:<32}{words[1]}"
            (same if words[0] == words[1] else changed).append(line)
        lines = [*changed, *same]
        more = [f"and {len(lines) - LINES} more"] if len(lines) > LINES else []
        return [head, *lines[:LINES], *more]


def found_of(trace: Trace) -> str:
    """Return how many objects of how many are found, masks with IoU >= 0.5."""
    verdicts = [one.verdict for one in judge_truths(trace)]
    return f"{verdicts.count('found')} of {len(verdicts) - verdicts.count('crowd')}"


def _words(verdict: TruthVerdict) -> str:
    return f"found, mask IoU {verdict.iou:.3f}" if verdict.verdict == "found" else verdict.verdict


def _with_truth(trace: Trace, scene: Scene) -> list[Layer]:
    return [*truth_boxes(trace, numbered=False), *scene.layers]


VIEW = View(
    "Oracles: one stage after the other replaced by the ground truth",
    "Look for the switch that brings your object back: that is the stage that lost it.",
    Corrected.draw,
    Corrected.explain,
    needs=("truth.boxes",),
    needs_model=True,
)


def widget(session: Session) -> Panel:
    """Return the live view of one image with ground truth: a switch a stage."""
    switches = {name: ipywidgets.Checkbox(False, description=name) for name in ORACLES}
    return Panel(session, VIEW.of(Corrected(session)), switches)


def snapshot(session: Session) -> list[Part]:
    """Return the image with each oracle alone, on a slider; a sentence where model or ground truth are not there."""
    parts: list[Part] = [
        Html("<h2>Oracles: one stage replaced by the ground truth</h2>"),
        "Look for the stage whose ground truth brings an object back.",
    ]
    corrected, trace = Corrected(session), session.trace
    try:
        after = {name: corrected.after(trace, [name]) for name in ORACLES}
        after |= {"all": corrected.after(trace, list(ORACLES))}
        traces = {f"as it is: {found_of(trace)} found": trace}
        traces |= {f"{name} true: {found_of(one)} found": one for name, one in after.items()}
        scene = on_slider(
            trace, traces, "Stage", "Detections with a stage replaced by the ground truth, network-input px"
        )
    except RENDER_ERRORS as error:
        return [*parts, error_text(error)]
    return [*parts, replace(scene, layers=_with_truth(trace, scene)).canvas()]
