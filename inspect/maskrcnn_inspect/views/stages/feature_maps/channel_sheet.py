"""The channels of a map side by side, the strongest first, each with its number.

Shapes: y, x cells of a map; channel.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Trace

from ....analysis.features.activations import contact_sheet, shrink
from ....canvas import NEUTRAL, Boxes, Heat
from ....session import Selection
from ...framework.drawing import panels, show_map
from ...framework.scene import Scene
from .maps import FeatureMap, map_of

TILES = 24  # channels of the sheet at first
TILE = 32  # cells a side of a tile at most


def channels(trace: Trace, name: str, count: int = 16) -> Figure:
    """Draw the ``count`` channels of a tensor [y x channel] of the greatest energy, around 0."""
    chosen = map_of(trace, Selection(), name)
    features, numbers = chosen.features, chosen.numbers()
    strongest = numbers.order[:count]
    drawn, axes = panels(len(strongest), columns=8, size=1.5)
    for one, channel in zip(axes, strongest, strict=True):
        show_map(one, features[..., channel], f"channel {channel} {numbers.mark(channel)}", signed=True)
    dead = int(numbers.dead.sum())
    drawn.suptitle(
        f"{chosen.title}: the {len(strongest)} strongest of {features.shape[-1]} channels, {dead} dead,"
        f" unit {chosen.spec.unit}",
        fontsize=10, x=0.01, ha="left",
    )  # fmt: skip
    return drawn


def sheet(one: FeatureMap, count: int = TILES, own_scale: bool = False, baked: bool = False) -> Scene:
    """Return the ``count`` strongest channels side by side; a click on one shows it large."""
    features, numbers = one.features, one.numbers()
    shown = numbers.order[:count]
    tiles, step = shrink(features[..., shown], TILE)
    if own_scale:
        with np.errstate(invalid="ignore"):
            most = np.nanmax(np.where(np.isfinite(tiles), np.abs(tiles), 0), axis=(0, 1))
        tiles = tiles / np.where(most > 0, most, 1)
    columns = max(1, round(np.sqrt(len(shown) * 1.6 * tiles.shape[0] / tiles.shape[1])))
    values, boxes = contact_sheet(tiles, columns)
    unit = "share of the channel's greatest" if own_scale else one.spec.unit
    dead, total = int(numbers.dead.sum()), features.shape[-1]
    how = "" if step == 1 else f", mean of {step} x {step} cells"
    return Scene(
        f"{one.title}: the {len(shown)} strongest of {total} channels, {dead} dead{how}",
        None,
        [
            Heat(values, "activation", colours="diverging", unit=unit),
            Boxes(
                boxes, "channels", of=one.channels, index=shown, colours=NEUTRAL, filtered=False,
                scores=np.nan_to_num(numbers.energy[shown], nan=0, posinf=0),
                labels=[numbers.mark(k) for k in shown],
                style=["dotted" if numbers.mark(k) else "solid" for k in shown],
            ),
        ],
        "Numbers are channels, dotted ones are dead or hold cells that are NaN or infinite. "
        + ("The slider above has them large." if baked else "Click one to see it large."),
        size=(values.shape[0], values.shape[1]),
        settings={"opacity": 1.0, "controls": ("layers", "list")},
    )  # fmt: skip
