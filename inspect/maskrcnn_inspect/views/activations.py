"""Activations: any map of the backbone and the pyramid, as channels or summed up.

Look for: channels that are dead (0 everywhere) or not finite; levels on which an object does not stand out.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.tensors import spec_of
from maskrcnn_core.trace import Trace

from ..drawing import panels, show_map

SUMMARIES = ("energy", "mean", "max")


def summarise(features: np.ndarray, how: str = "energy") -> np.ndarray:
    """Return a map (y, x) of ``features`` (y, x, channel): root mean square, mean or maximum over channels."""
    if how == "energy":
        return np.sqrt(np.mean(np.square(features, dtype=np.float64), axis=-1))
    if how == "mean":
        return np.asarray(features.mean(axis=-1))
    if how == "max":
        return np.asarray(features.max(axis=-1))
    raise ValueError(f"wanted {', '.join(SUMMARIES)}, received {how!r}")


def figure(trace: Trace, names: list[str], how: str = "energy") -> Figure:
    """Draw one map a tensor of ``names``, each [y x channel], summed up by ``how``, at the same size."""
    drawn, axes = panels(len(names), columns=5, size=2.5)
    for one, name in zip(axes, names, strict=True):
        features = trace[name]
        cells = f"{features.shape[1]} x {features.shape[0]} cells"
        show_map(
            one,
            summarise(features, how),
            f"{name}, {how}\n{cells}, {spec_of(name).frame}",
            signed=how == "mean",
        )
    return drawn


def channels(trace: Trace, name: str, count: int = 16) -> Figure:
    """Draw the ``count`` channels of a tensor [y x channel] of the greatest energy, around 0."""
    features = trace[name]
    energy = np.nan_to_num(np.square(features, dtype=np.float64).mean(axis=(0, 1)), nan=np.inf)
    strongest = np.argsort(-energy, kind="stable")[:count]
    drawn, axes = panels(len(strongest), columns=8, size=1.5)
    for one, channel in zip(axes, strongest, strict=True):
        show_map(one, features[..., channel], f"channel {channel}", signed=True)
    dead = int((energy == 0).sum())
    drawn.suptitle(
        f"{name}: the {len(strongest)} strongest of {features.shape[-1]} channels, {dead} dead, unit activation",
        fontsize=10, x=0.01, ha="left",
    )  # fmt: skip
    return drawn
