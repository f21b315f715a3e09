"""The overview of a checkpoint to click on: layers against rules, a button a layer.

Inputs: a ``Report``. Outputs: a widget whose trait ``layer`` follows the click and the other way round. It draws
in the browser; all names arrive there as text.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from ...analysis.weights.checks import Report
from ...analysis.weights.rules.registry import RULES
from .overview import MARKS, SOUND, WORDS, cell, columns_of, legend

HERE = files(__package__)


class WeightGrid(anywidget.AnyWidget):
    """A table: a row a layer in the order of the network, a column a rule, a symbol where something was found.

    layer: the row that is chosen. rules: titles of the columns. rows: a layer with its cells, each symbol,
    colour and words.
    """

    _esm = (HERE / "grid.js").read_text(encoding="utf-8")
    _css = (HERE / "grid.css").read_text(encoding="utf-8")
    layer = traitlets.Unicode().tag(sync=True)
    rules: traitlets.List[str] = traitlets.List().tag(sync=True)
    rows: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    legend = traitlets.Unicode().tag(sync=True)


def grid(report: Report) -> WeightGrid:
    """Return the overview of ``report``."""
    rules = columns_of(report)
    rows = [
        {"layer": layer, "cells": [_cell(report, layer, rule) for rule in rules]} for layer in report.layers
    ]
    return WeightGrid(rules=[RULES[rule].title for rule in rules], rows=rows, legend=legend())


def _cell(report: Report, layer: str, rule: str) -> dict[str, Any]:
    """Return what a cell shows: a symbol and a colour, and the words of both for those who cannot see them."""
    severity, _ = cell(report, [layer], rule)
    if severity is None:
        return {"symbol": "", "colour": "", "words": "cannot judge this layer"}
    if severity == "sound":
        return {"symbol": SOUND[0], "colour": SOUND[1], "words": "nothing found"}
    symbol, colour = MARKS[severity]
    return {"symbol": symbol, "colour": colour, "words": WORDS[severity]}
