"""Anchor fit: the sizes of the anchors against the sizes of the objects.

Look for: objects far from every cross, since an object that no anchor overlaps by half is mostly never found.

Shapes: o objects; v variants of the configuration; network-input px.
"""

from __future__ import annotations

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maskrcnn_core.config import LEVELS, Config
from maskrcnn_core.data.quality.reach import LONG_RATIOS, REACHED_IOU

from ...analysis.data.statistics import DatasetStatistics, advice, best_ious
from ...canvas.standalone import Part
from ...palette import LEVELS as LEVEL_COLOURS
from ..framework.data_panel import DataPanel
from ..framework.drawing import bars, panels, plain
from ..framework.scene import Chart, Shown, View, still_once
from ..framework.selector import selector

FACTORS = (0.25, 0.5, 0.707, 1.0, 1.414, 2.0, 4.0)
BEST = 5  # variants drawn


def figure(statistics: DatasetStatistics, config: Config) -> Figure:
    """Draw objects and anchors by width and height, the IoU of each object's best anchor, and what would reach more."""
    drawn, (sizes, reached, variants) = panels(3, columns=3, size=4.3, aspect=0.85)
    iou = best_ious(statistics, config)
    sides = np.maximum(statistics.molded_sides, 0.5)
    points = sizes.scatter(sides[:, 1], sides[:, 0], c=iou, s=8, vmin=0, vmax=1, cmap="cividis")
    drawn.colorbar(points, ax=sizes, shrink=0.8, label="IoU of its best anchor").ax.tick_params(labelsize=8)
    for level, scale in zip(LEVELS, config.anchors.scales, strict=True):
        root = np.sqrt(config.anchors.ratios)
        sizes.plot(
            scale * root, scale / root, "P", ms=7, color=LEVEL_COLOURS[level], mec="white", label=f"P{level}"
        )
    sizes.set_xscale("log", base=2)
    sizes.set_yscale("log", base=2)
    sizes.legend(fontsize=7, title="anchors", title_fontsize=7)
    plain(
        sizes,
        f"{len(iou):,} objects (dots) and the anchors",
        "width, network-input px",
        "height, network-input px",
    )
    reached.hist(iou, bins=np.linspace(0, 1, 41).tolist(), color="#0072b2")
    reached.axvline(REACHED_IOU, color="#d55e00", linewidth=1, linestyle=":")
    count = int((iou >= REACHED_IOU).sum())
    plain(
        reached,
        f"{count:,} of {len(iou):,} reached (IoU >= {REACHED_IOU})",
        "IoU of the best anchor",
        "objects",
    )
    _variants(variants, statistics)
    return drawn


def draw(
    statistics: DatasetStatistics, config: Config, factor: float = 1.0, longer: bool = False
) -> list[Shown]:
    """Return the figure with all scales times ``factor`` and, if ``longer``, ratios for long objects as well."""
    changed = configured(config, factor, longer)
    return [Chart("Sizes of objects and anchors, network-input px", figure(statistics, changed))]


def explain(
    statistics: DatasetStatistics, config: Config, factor: float = 1.0, longer: bool = False
) -> list[str]:
    """Tell what is reached with the scales shown, what was configured, and what is advised."""
    changed = configured(config, factor, longer)
    iou = best_ious(statistics, changed)
    scales = ", ".join(f"{scale:g}" for scale in changed.anchors.scales)
    ratios = ", ".join(f"{ratio:g}" for ratio in changed.anchors.ratios)
    lines = [
        f"anchors.scales = [{scales}], anchors.ratios = [{ratios}]",
        f"reach {int((iou >= REACHED_IOU).sum())} of {len(iou)} objects: IoU with the best anchor >= {REACHED_IOU}",
    ]
    if len(iou):
        worst = int(iou.argmin())
        height, width = statistics.molded_sides[worst]
        index = statistics.indices[statistics.image[worst]]
        lines.append(
            f"the worst is {width:.0f} x {height:.0f} network-input px in sample {index}, IoU {iou[worst]:.2f}"
        )
    return [*lines, f"as configured: {advice(statistics)}"]


def configured(config: Config, factor: float, longer: bool) -> Config:
    """Return ``config`` with all scales times ``factor``, and with ratios for long objects if ``longer``."""
    scales = tuple(round(scale * factor, 1) for scale in config.anchors.scales)
    ratios = tuple(sorted({*config.anchors.ratios, *LONG_RATIOS})) if longer else config.anchors.ratios
    return config.replace(**{"anchors.scales": scales, "anchors.ratios": ratios})


def _variants(axes: Axes, statistics: DatasetStatistics) -> None:
    """Draw the share of objects reached as configured, and by the variants that reach most."""
    reach = statistics.reach
    if reach is None or not reach.objects:
        bars(axes, ["no object"], [0.0], "share of objects reached")
        return
    order = np.argsort([-count for count in reach.reached_by], kind="stable")[:BEST]
    names = ["as configured", *("\n".join(reach.variants[row].changes) for row in order)]
    shares = [reach.reached / reach.objects, *(reach.reached_by[row] / reach.objects for row in order)]
    bars(axes, names, shares, "share of objects reached")


VIEW = View(
    "Anchor fit: sizes of anchors against sizes of objects",
    "Look for dots far from every cross: an object that no anchor overlaps by half is hardly ever found.",
    draw,
    explain,
    stage="anchors",
)


def widget(statistics: DatasetStatistics, config: Config) -> DataPanel:
    """Return the live view: all scales times a factor, with or without ratios for long objects."""
    choices = {
        "factor": selector("scales", [(f"x {factor:g}", factor) for factor in FACTORS], value=1.0),
        "longer": ipywidgets.Checkbox(value=False, description="ratios for long objects", indent=False),
    }  # fmt: skip
    return DataPanel(VIEW, (statistics, config), choices)


def snapshot(statistics: DatasetStatistics, config: Config) -> list[Part]:
    """Return the parts of a page without a kernel."""
    return still_once(VIEW, (statistics, config))
