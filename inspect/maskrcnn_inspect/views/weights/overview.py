"""Weights at a glance: layers in the order of the network against rules, and what of the model was loaded.

Inputs: a ``Report``. Outputs: figures. A cell has a colour and a symbol for the worst finding of its rule in its layer;
an empty cell means that the rule cannot judge this layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ...analysis.weights.checks import Report
from ...analysis.weights.findings import SEVERITIES, worst
from ...analysis.weights.rules.file.load_audit import by_stage
from ...analysis.weights.rules.registry import RULES, of_scope
from ...palette import INK, MUTED, POSITIVE
from ..framework.drawing import DPI, Drawn, plain

# severity -> symbol, colour (Okabe-Ito): told apart without the colour too
MARKS = {"error": ("✖", "#d55e00"), "warning": ("▲", "#e69f00"), "info": ("●", "#56b4e9")}
WORDS = {"error": "error", "warning": "warning", "info": "hint"}
SOUND = ("·", "#eef1f4")
MANY_ROWS = 60  # rows from which runs of layers without errors and warnings are drawn as one


@dataclass(frozen=True)
class Row:
    """A layer, or a run of layers with no more than hints."""

    label: str
    layers: tuple[str, ...]


def columns_of(report: Report) -> tuple[str, ...]:
    """Return the rules that looked at any layer, in order."""
    judged = frozenset[str]().union(*report.judged.values()) if report.judged else frozenset()
    found = {each.rule for each in report.findings if each.layer}
    return tuple(rule for rule in of_scope("weights", "spectrum", "series") if rule in judged | found)


def rows_of(report: Report, many: int = MANY_ROWS) -> list[Row]:
    """Return a row a layer; with more than ``many``, runs of layers without errors and warnings become one row."""
    if len(report.layers) <= many:
        return [Row(layer, (layer,)) for layer in report.layers]
    loud = {each.layer for each in report.findings if each.severity != "info"}
    rows: list[Row] = []
    run: list[str] = []
    for layer in report.layers:
        if layer in loud or (run and part_of(run[0]) != part_of(layer)):
            rows, run = [*rows, *_joined(run)], []
        if layer in loud:
            rows.append(Row(layer, (layer,)))
        else:
            run.append(layer)
    return [*rows, *_joined(run)]


def part_of(layer: str) -> str:
    """Return the part of the network a layer is in: ``fpn``, ``backbone 4`` for stage 4 of the backbone."""
    stage, _, within = layer.partition(".")
    number = re.match(r"(?:res|bn_?(?:res)?)(\d)", within)
    return f"{stage} {number[1]}" if number else stage


def _joined(run: list[str]) -> list[Row]:
    if len(run) < 2:
        return [Row(layer, (layer,)) for layer in run]
    return [Row(f"{run[0]} … {run[-1].split('.')[-1]} ({len(run)} layers)", tuple(run))]


def cell(report: Report, layers: Iterable[str], rule: str) -> tuple[str | None, int]:
    """Return the worst severity that ``rule`` found in ``layers`` and in how many.

    The severity is "sound" where it found nothing, None where it could not judge.
    """
    layers = set(layers)
    found = [each for each in report.findings if each.rule == rule and each.layer in layers]
    if found:
        return worst(found), len({each.layer for each in found})
    return ("sound" if any(rule in report.judged[layer] for layer in layers) else None), 0


def figure(report: Report, many: int = MANY_ROWS) -> Figure:
    """Draw layers against rules, the worst finding of each by colour and symbol."""
    rows, rules = rows_of(report, many), columns_of(report)
    drawn = Drawn(
        figsize=(4.2 + 0.42 * len(rules), 1.7 + 0.2 * max(len(rows), 1)), dpi=DPI, layout="constrained"
    )
    axes = drawn.subplots()
    for y, row in enumerate(rows):
        for x, rule in enumerate(rules):
            _draw_cell(axes, x, y, *cell(report, row.layers, rule))
        if y and part_of(row.layers[0]) != part_of(rows[y - 1].layers[0]):
            axes.axhline(y - 0.5, color=MUTED, linewidth=0.7)
    axes.set_xlim(-0.5, max(len(rules), 1) - 0.5)
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    axes.set_xticks(
        range(len(rules)), [RULES[rule].title for rule in rules], rotation=45, ha="left", fontsize=8
    )
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(rows)), [escaped(row.label) for row in rows], fontsize=7.5)
    axes.tick_params(length=0, colors=INK)
    axes.spines[:].set_visible(False)
    drawn.suptitle(headline(report), fontsize=10, x=0.01, ha="left", color=INK)
    drawn.supxlabel(legend(), fontsize=8, color=MUTED, x=0.01, ha="left")
    return drawn


def headline(report: Report) -> str:
    """Return the report in a sentence: ``model.h5: 1 error, 2 warnings, 3 hints in 47 layers``."""
    name = report.source.replace("\\", "/").rsplit("/", 1)[-1]
    return escaped(f"{name}: {counted(report)} in {len(report.layers)} layers")


def counted(report: Report) -> str:
    """Return ``1 error, 2 warnings, 3 hints``."""
    numbers = [(report.count(severity), WORDS[severity]) for severity in SEVERITIES]
    return ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in numbers)


def legend() -> str:
    """Return the symbols in words."""
    marks = [f"{MARKS[severity][0]} {word}" for severity, word in WORDS.items()]
    return "   ".join([*marks, f"{SOUND[0]} nothing found", "empty: the rule cannot judge this layer"])


def escaped(text: str) -> str:
    """Return ``text`` for matplotlib: a dollar sign is no mathematics."""
    return text.replace("$", r"\$")


def _draw_cell(axes: Axes, x: int, y: int, state: str | None, count: int) -> None:
    """Draw one cell; where it stands for several layers with findings, their number beside the symbol."""
    if state is None:
        return
    symbol, colour = MARKS.get(state, SOUND)
    symbol = f"{symbol} {count}" if count > 1 else symbol
    axes.add_patch(Rectangle((x - 0.46, y - 0.44), 0.92, 0.88, facecolor=colour, linewidth=0))
    axes.text(x, y, symbol, ha="center", va="center_baseline", fontsize=8, color=INK)


def loaded(report: Report) -> Figure:
    """Draw, stage by stage, how many of the model's variables the file fills."""
    drawn = Drawn(figsize=(6.4, 2.2), dpi=DPI, layout="constrained")
    axes = drawn.subplots()
    if report.audit is None:
        plain(axes, "no file, so nothing to load")
        axes.set_axis_off()
        return drawn
    counts = by_stage(report.audit)
    names = list(counts)
    wanted, have = [counts[name][1] for name in names], [counts[name][0] for name in names]
    axes.barh(names, have, color=POSITIVE)
    lacking = [other - one for one, other in zip(have, wanted, strict=True)]
    axes.barh(
        names, lacking, left=have, color="white", edgecolor=MARKS["error"][1], hatch="////", linewidth=0
    )
    for y, (one, other) in enumerate(zip(have, wanted, strict=True)):
        note = "" if one == other else f"   {other - one} missing or of another shape"
        axes.text(other, y, f"  {one} of {other}{note}", va="center", fontsize=8, color=INK)
    axes.invert_yaxis()
    axes.margins(x=0.4)
    rest = len(report.audit.unexpected)
    more = f"; {rest} in the file that the model does not have" if rest else ""
    plain(axes, f"variables of the model that the file fills{more}", "variables")
    return drawn
