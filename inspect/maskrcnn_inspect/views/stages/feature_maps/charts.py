"""Charts of activations: all maps at a glance, and how often each value occurs.

Shapes: y, x cells of a map; channel.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Trace

from ....session import Selection
from ...framework.drawing import panels, plain, show_map
from .maps import FeatureMap, map_of


def figure(trace: Trace, names: list[str], how: str = "energy") -> Figure:
    """Draw one map a tensor of ``names``, each [y x channel], summed up by ``how``, at the same size."""
    drawn, axes = panels(len(names), columns=5, size=2.1)
    for one, name in zip(axes, names, strict=True):
        chosen = map_of(trace, Selection(), name)
        cells = f"{chosen.shape[1]} x {chosen.shape[0]} cells"
        image = show_map(
            one,
            chosen.summary(how),
            f"{chosen.title}, {how}\n{cells}, {chosen.spec.frame}",
            signed=how == "mean",
        )
        drawn.colorbar(image, ax=one, shrink=0.75).ax.tick_params(labelsize=7)
    return drawn


def histogram(chosen: FeatureMap) -> Figure:
    """Draw how often each value occurs, all channels together; what is not finite is counted in the title."""
    values, numbers = chosen.features, chosen.numbers()
    finite = values[np.isfinite(values)].astype(np.float64)  # in float32 a distance may be infinite
    drawn, (one,) = panels(1, size=6.0, aspect=0.4)
    if finite.size:
        counts, edges = np.histogram(finite, bins=80)
        one.stairs(counts, edges, fill=True, color="#0072b2")
        one.set_yscale("log")
        one.axvline(0.0, color="#1b1f24", linewidth=0.8)
    zero = float((finite == 0).mean()) if finite.size else 0.0
    plain(
        one,
        f"{chosen.title}: {zero:.0%} exactly 0, {int(numbers.nan.sum())} NaN, {int(numbers.infinite.sum())} infinite,"
        f" {int(numbers.dead.sum())} of {values.shape[-1]} channels dead",
        chosen.spec.unit, "values, log scale",
    )  # fmt: skip
    return drawn
