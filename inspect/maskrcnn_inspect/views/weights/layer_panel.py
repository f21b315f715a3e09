"""The report on a checkpoint, live: choose a rule and a layer, or step from finding to finding.

Inputs: a ``Report`` and a function that draws a layer. Outputs: a widget. Texts from the file are escaped.
"""

from __future__ import annotations

import html
from collections.abc import Callable

import ipywidgets
from matplotlib.figure import Figure

from ...analysis.weights.checks import Report
from ...analysis.weights.findings import Finding, worst
from ...analysis.weights.rules.registry import RULES
from ..framework.chart_image import chart_markup
from ..framework.panel import CHART_STYLE
from ..framework.selector import selector
from .grid import grid
from .overview import MARKS, WORDS, headline

ALL = "all layers"
WIDTH = "330px"


class WeightsWidget(ipywidgets.VBox):
    """A list of layers in the order of the network, each with the symbol of its worst finding, and its panels.

    ``layer`` is the name of the layer shown; set it, click it in the overview or the list, or step with the
    buttons. ``rule`` leaves the layers in which a rule found something.
    """

    def __init__(self, report: Report, draw: Callable[[str], list[Figure]]) -> None:
        self.report, self.draw = report, draw
        wide = ipywidgets.Layout(width=WIDTH)
        self.rule = selector("", _rules(report))
        self.choice = ipywidgets.Select(options=_layers(report, ALL), rows=24, layout=wide)
        self.back = ipywidgets.Button(description="previous finding", icon="arrow-up")
        self.forth = ipywidgets.Button(description="next finding", icon="arrow-down")
        self.grid = grid(report)
        self.words = ipywidgets.HTML()
        self.images = ipywidgets.VBox()
        left = ipywidgets.VBox(
            [self.rule, self.choice, ipywidgets.HBox([self.back, self.forth], layout=wide)]
        )
        right = ipywidgets.VBox(
            [self.words, self.images], layout=ipywidgets.Layout(flex="1", overflow="auto")
        )
        super().__init__(
            [
                ipywidgets.HTML(f"<b>{html.escape(headline(report))}</b>"),
                self.grid,
                ipywidgets.HBox([left, right]),
            ]
        )
        found = [each.layer for each in report.findings if each.layer]
        if report.layers:
            self.choice.value = found[0] if found else report.layers[0]
            self._show(self.layer)
        self.choice.observe(lambda change: self._show(change["new"]), "value")
        self.grid.observe(lambda change: setattr(self, "layer", change["new"]), "layer")
        self.rule.observe(lambda change: self._filter(change["new"]), "value")
        self.back.on_click(lambda _: self.step(-1))
        self.forth.on_click(lambda _: self.step(1))

    @property
    def layer(self) -> str:
        """Return the name of the layer shown."""
        return str(self.choice.value)

    @layer.setter
    def layer(self, name: str) -> None:
        if name not in [layer for _, layer in self.choice.options]:
            self.rule.value = ALL
        self.choice.value = name

    def step(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) layer with a finding among those listed, around the ends."""
        found = {each.layer for each in self.report.findings}
        layers = [layer for _, layer in self.choice.options]
        order = [layer for layer in layers if layer in found][::direction]
        if order:
            at = layers.index(self.layer) * direction
            self.layer = next((layer for layer in order if layers.index(layer) * direction > at), order[0])

    def _filter(self, rule: str) -> None:
        """List the layers in which ``rule`` found something, and show the first."""
        self.choice.options = _layers(self.report, rule)

    def _show(self, layer: str | None) -> None:
        if layer is None:
            return
        self.grid.layer = layer
        found = self.report.of_layer(layer)
        words = "".join(_in_words(each) for each in found) or "<p>Nothing found.</p>"
        self.words.value = f"<h3>{html.escape(layer)}</h3>{words}"
        self.images.children = [_image(each) for each in self.draw(layer)]


def _rules(report: Report) -> list[tuple[str, str]]:
    """Return the choice of rules: all, and those that found something in a layer, with their number."""
    options = [(ALL, ALL)]
    for rule, text in RULES.items():
        found = [each for each in report.findings if each.rule == rule and each.layer]
        severity = worst(found)
        if severity:
            options.append((f"{MARKS[severity][0]} {text.title}: {len(found)}", rule))
    return options


def _layers(report: Report, rule: str) -> list[tuple[str, str]]:
    """Return the choice of layers, each with the symbol of its worst finding."""
    options = []
    for layer in report.layers:
        found = report.of_layer(layer)
        severity = worst(found)
        if rule == ALL or rule in {each.rule for each in found}:
            label = f"{MARKS[severity][0]} {layer} ({WORDS[severity]})" if severity else f"· {layer}"
            options.append((label, layer))
    return options


def _in_words(found: Finding) -> str:
    """Return a finding as a paragraph."""
    symbol, colour = MARKS[found.severity]
    style = f"background: {colour}; color: #1b1f24; padding: 0 4px"
    return (
        f'<p style="line-height: 1.4; margin: 4px 0"><span style="{style}">{symbol}</span> '
        f"<b>{html.escape(RULES[found.rule].title)}</b>, {html.escape(found.variable)}: "
        f"{html.escape(found.detail)}. {html.escape(found.why)} <i>{html.escape(found.advice)}</i></p>"
    )


def _image(figure: Figure) -> ipywidgets.HTML:
    """Return a figure as an image that fits a light and a dark page."""
    return ipywidgets.HTML(CHART_STYLE + chart_markup("Figures of the layer", figure))
