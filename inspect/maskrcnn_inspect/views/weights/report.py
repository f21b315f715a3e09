"""Weights: is this checkpoint sound, and what does each layer look like?

Inputs: a file of weights, and another one to compare with if wanted. Outputs: ``figure`` pure, ``widget`` live,
``snapshot`` static. The figures are in ``weight_overview`` (layers against rules, load report), ``weight_layer`` (one
layer) and ``weight_depth`` (along the network, differences). All of them show whole tensors, never a slice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.weights.opening import open_weights
from maskrcnn_core.weights.stored import StoredWeights

from ...analysis.weights.checks import Layer, Progress, Report, by_layer, check_file, read_layers
from ...analysis.weights.difference import compare_files
from ...analysis.weights.network import is_kernel
from ...analysis.weights.rules.thresholds import Thresholds
from ..framework.scene import Chart, View
from . import depth as weight_depth
from . import layer as weight_layer
from . import overview as weight_overview
from .layer_panel import WeightsWidget
from .page import Arrays, page

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
    """Draw one layer: its variables, its filters if it is the first, what changed since ``against``."""
    return _figures_of(layer, read_layer(path, layer), _read_if_there(against, layer), spectra)


def draw(report: Report, against: str | Path | None = None) -> list[Chart]:
    """Draw what concerns the file as a whole."""
    drawn = [
        Chart("Loaded into the model", weight_overview.loaded(report)),
        Chart("Along the depth", weight_depth.figure(report)),
    ]
    if against:
        changes = weight_depth.changes(compare_files(against, report.source))
        drawn.append(Chart("Compared with another checkpoint", changes))
    return drawn


def explain(report: Report, against: str | Path | None = None) -> list[str]:
    """Return the report in a sentence, then a line for each error and warning, the worst first."""
    loud = [each for each in report.findings if each.severity != "info"]
    return [
        weight_overview.headline(report),
        *(f"{each.severity}: {each.place}: {each.detail}" for each in loud),
    ]


VIEW = View(
    "Weights: is this checkpoint sound, and what does each layer look like?",
    "Look for errors and warnings, and for a layer whose numbers are far from its neighbours'.",
    draw,
    explain,
)


def snapshot(
    report: Report, against: str | Path | None = None, spectra: bool = True, progress: Progress | None = None
) -> str:
    """Return the report on a file as one HTML text that needs no kernel, script or network.

    Every layer has its numbers and small histograms; the first, and the first forty with errors or warnings, have
    their figures too. progress: called after each layer with its name, layers drawn and layers in all.
    """
    loud = dict.fromkeys(each.layer for each in report.findings if each.severity != "info" and each.layer)
    drawn = {STEM, *list(loud)[:MOST_FIGURES]}

    def figures_of(layer: str, arrays: Arrays) -> list[Figure]:
        if layer not in drawn:
            return []
        return _figures_of(layer, arrays, _read_if_there(against, layer), spectra, size=2.8)

    with open_weights(report.source) as stored:
        layers = _counted(read_layers(stored), len(report.layers), progress)
        return page(report, draw(report, against), layers, figures_of)


def widget(
    path: str | Path,
    against: str | Path | None = None,
    limits: Thresholds | None = None,
    spectra: bool = True,
) -> ipywidgets.Widget:
    """Return the report live: choose a layer, or step from finding to finding, and see its panels."""
    report = check_file(path, limits, spectra)
    return WeightsWidget(report, lambda layer: layer_figures(path, layer, against, spectra))


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
        if variable in before
        and before[variable].size == values.size
        and not np.array_equal(before[variable].ravel(), values.ravel(), equal_nan=True)
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
