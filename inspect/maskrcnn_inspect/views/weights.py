"""Weights: is this checkpoint sound, and what does each layer look like?

Enters: a file of weights, and another one to compare with if wanted. Leaves: ``figure`` pure, ``widget`` live,
``snapshot`` static. The figures are in ``weight_overview`` (layers against rules, load report), ``weight_layer`` (one
layer) and ``weight_depth`` (along the network, differences). All of them show whole tensors, never a slice.
"""

from __future__ import annotations

import html
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.weights.stored import StoredWeights, open_weights

from ..analysis.findings import SEVERITIES
from ..analysis.network import is_kernel
from ..analysis.thresholds import Thresholds
from ..analysis.weight_checks import Layer, Progress, Report, by_layer, check_file, read_layers
from ..analysis.weight_difference import compare_files
from . import weight_depth, weight_layer, weight_overview
from .weight_overview import MARKS, WORDS
from .weight_page import Arrays, findings_table, page

STEM = "backbone.conv1"
MOST_FIGURES = 40  # layers of a page that have full figures


def figure(report: Report) -> Figure:
    """Draw layers against rules, the worst finding of each by colour and symbol."""
    return weight_overview.figure(report)


def read_layer(path: str | Path, layer: str) -> dict[str, np.ndarray]:
    """Return the arrays of one layer of a file by variable. Raises: ValueError for a layer that is not there."""
    with open_weights(path) as stored:
        return _arrays_of(stored, layer)


def layer_figures(
    path: str | Path, layer: str, against: str | Path | None = None, spectra: bool = True
) -> list[Figure]:
    """Draw one layer: its variables, its filters if it is the first, and its change since ``against``."""
    return _figures_of(layer, read_layer(path, layer), _read_if_there(against, layer), spectra)


def whole_figures(report: Report, against: str | Path | None = None) -> list[tuple[str, Figure]]:
    """Draw what concerns the file as a whole, each figure with its heading."""
    drawn = [
        ("Loaded into the model", weight_overview.loaded(report)),
        ("Along the depth", weight_depth.figure(report)),
    ]
    if against:
        drawn.append(
            ("Compared with another checkpoint", weight_depth.changes(compare_files(against, report.source)))
        )
    return drawn


def snapshot(
    report: Report, against: str | Path | None = None, spectra: bool = True, progress: Progress | None = None
) -> str:
    """Return the report on a file as one HTML text that needs no kernel, script or network.

    Every layer has its numbers and small histograms; the first, and the first forty with errors or warnings, have
    their figures too. progress: called after each layer with its name, layers drawn and layers in all.
    """
    loud = dict.fromkeys(each.layer for each in report.findings if each.severity != "info" and each.layer)
    drawn = {STEM, *list(loud)[:MOST_FIGURES]}

    def draw(layer: str, arrays: Arrays) -> list[Figure]:
        if layer not in drawn:
            return []
        return _figures_of(layer, arrays, _read_if_there(against, layer), spectra, size=2.8)

    with open_weights(report.source) as stored:
        layers = _counted(read_layers(stored), len(report.layers), progress)
        return page(report, whole_figures(report, against), layers, draw)


def widget(
    path: str | Path,
    against: str | Path | None = None,
    limits: Thresholds | None = None,
    spectra: bool = True,
) -> ipywidgets.Widget:
    """Return the report live: choose a layer, or step from finding to finding, and see its panels."""
    return WeightsWidget(check_file(path, limits, spectra), against, spectra)


class WeightsWidget(ipywidgets.VBox):
    """A list of layers in the order of the network, each with the symbol of its worst finding, and its panels.

    ``layer`` is the name of the layer shown; set it, click it, or step with the buttons.
    """

    def __init__(self, report: Report, against: str | Path | None, spectra: bool) -> None:
        self.report, self.against, self.spectra = report, against, spectra
        self.choice = ipywidgets.Select(
            options=[(_label(report, layer), layer) for layer in report.layers],
            rows=24,
            layout=ipywidgets.Layout(width="330px"),
        )
        self.back = ipywidgets.Button(description="previous finding", icon="arrow-up")
        self.forth = ipywidgets.Button(description="next finding", icon="arrow-down")
        self.words = ipywidgets.HTML()
        self.pictures = ipywidgets.VBox()
        steps = ipywidgets.HBox([self.back, self.forth], layout=ipywidgets.Layout(width="330px"))
        right = ipywidgets.VBox(
            [self.words, self.pictures], layout=ipywidgets.Layout(flex="1", overflow="auto")
        )
        head = ipywidgets.HTML(f"<b>{html.escape(weight_overview.headline(report))}</b>")
        super().__init__([head, ipywidgets.HBox([ipywidgets.VBox([self.choice, steps]), right])])
        self.choice.observe(lambda change: self._show(change["new"]), "value")
        self.back.on_click(lambda _: self.step(-1))
        self.forth.on_click(lambda _: self.step(1))
        loud = [each.layer for each in report.findings if each.layer]
        self.layer = loud[0] if loud else report.layers[0]
        self._show(self.layer)

    @property
    def layer(self) -> str:
        """Return the name of the layer shown."""
        return str(self.choice.value)

    @layer.setter
    def layer(self, name: str) -> None:
        self.choice.value = name

    def step(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) layer with a finding, around the ends."""
        found = {each.layer for each in self.report.findings}
        layers = self.report.layers
        order = [layer for layer in layers if layer in found]
        if order:
            at = layers.index(self.layer)
            following = [layer for layer in order if (layers.index(layer) - at) * direction > 0]
            ends = (order[0], order[-1]) if direction > 0 else (order[-1], order[0])
            self.layer = (following[0] if direction > 0 else following[-1]) if following else ends[0]

    def _show(self, layer: str) -> None:
        found = self.report.of_layer(layer)
        self.words.value = (
            f"<h3>{html.escape(layer)}</h3>{findings_table(found, {}) if found else 'nothing found'}"
        )
        drawn = layer_figures(self.report.source, layer, self.against, self.spectra)
        self.pictures.children = [_image(each) for each in drawn]


def _figures_of(layer: str, arrays: Arrays, before: Arrays, spectra: bool, size: float = 3.2) -> list[Figure]:
    drawn = [weight_layer.figure(layer, arrays, spectra, size)]
    kernel = arrays.get("kernel")
    if (
        layer == STEM
        and kernel is not None
        and kernel.ndim == 4
        and is_kernel(f"{layer}.kernel", kernel.shape)
    ):
        drawn.append(weight_layer.filters(f"{layer}.kernel", kernel))
    drawn += [
        weight_layer.compared(f"{layer}.{variable}", before[variable], values)
        for variable, values in arrays.items()
        if variable in before and before[variable].size == values.size
    ]
    return drawn


def _arrays_of(stored: StoredWeights, layer: str) -> dict[str, np.ndarray]:
    names = by_layer(stored.arrays).get(layer)
    if names is None:
        raise ValueError(f"wanted a layer of {stored.path}, received {layer!r}; see report.layers")
    return {variable: stored.arrays[name].read() for variable, name in names.items()}


def _read_if_there(path: str | Path | None, layer: str) -> dict[str, np.ndarray]:
    """Return a layer's arrays; nothing where there is no such file or layer."""
    if path is None:
        return {}
    with open_weights(path) as stored:
        return _arrays_of(stored, layer) if layer in by_layer(stored.arrays) else {}


def _counted(layers: Iterable[Layer], total: int, progress: Progress | None) -> Iterator[Layer]:
    for done, layer in enumerate(layers, start=1):
        yield layer
        if progress:
            progress(layer[0], done, total)


def _label(report: Report, layer: str) -> str:
    """Return a layer's name behind the symbol of its worst finding; without one, a dot."""
    severities = {each.severity for each in report.of_layer(layer)}
    severity = next((each for each in SEVERITIES if each in severities), None)
    return f"{MARKS[severity][0]} {layer} ({WORDS[severity]})" if severity else f"· {layer}"


def _image(figure: Figure) -> Any:
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    return ipywidgets.Image(value=stream.getvalue(), format="png", layout=ipywidgets.Layout(max_width="100%"))
