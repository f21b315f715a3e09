"""Losses: an X-ray of the five numbers that training makes small.

Look for: a few places that pay for most of a loss; an object that was annotated wrongly, which costs most of all.

Shapes: A anchors; r ROIs; y, x network-input px.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from maskrcnn_core.recording.trace import Trace

from ...analysis.training.loss_shares import (
    LOSSES,
    OF_ANCHORS,
    Share,
    by_row,
    costliest,
    counted,
    formula,
    on_image,
    require_losses,
    scalars,
)
from ...canvas import NEUTRAL, Boxes, Heat
from ...canvas.standalone import Part
from ...palette import instance_colour
from ...session import Selection, Session
from ..framework.chart_cache import kept_chart
from ..framework.close_up import draw_rimmed, zoom
from ..framework.common import molded_image
from ..framework.drawing import bars, draw_boxes, panels, show_image, show_map
from ..framework.mosaic import mosaic
from ..framework.panel import Panel
from ..framework.rows import lineage_of_anchors, truth_boxes
from ..framework.scene import Scene, Shown, View, static_parts
from ..framework.selector import selector

ALL = "all five"
COUNT = 10  # places named
KINDS = {"anchors": "anchor", "rois": "ROI"}  # rows of the canvas -> of the shares
MARKED = 3  # places marked on the map of a loss
TITLE = 34  # letters a line over a close-up
BRIGHT = 98.0  # percentile of the costing cells that is as bright as can be: few pay for most
CELLS = 128  # of the live map, the longer side: as fine as the pixels of a small image


def figure(trace: Trace) -> Figure:
    """Draw each loss as a map of the network input, whose sum is the loss; white are the three costliest boxes.

    Dotted are the ground-truth objects. Colours follow the square root.
    """
    values, total = scalars(trace), sum(scalars(trace).values())
    drawn, axes = panels(len(LOSSES) + 1, columns=3, size=4.0, aspect=0.85)
    colours = [instance_colour(row) for row in range(trace.shape("truth.boxes")[0])]
    bars(axes[0], list(values), list(values.values()), f"five losses, total {total:.4f}")
    for loss, one in zip(LOSSES, axes[1:], strict=True):
        per_px = on_image(trace, loss)
        image = show_map(one, per_px, f"{loss} {values[loss]:.4f}, {_share(values[loss], total)}")
        highest = float(np.max(per_px[np.isfinite(per_px)], initial=0.0))
        image.set_norm(PowerNorm(0.5, 0.0, highest or 1.0))  # what is faint is seen as well
        drawn.colorbar(image, ax=one, shrink=0.75, label="loss a network-input px").ax.tick_params(
            labelsize=7
        )
        draw_boxes(one, trace["truth.boxes"], colours, dotted=True, width=1.0)
        draw_boxes(one, _boxes(costliest(trace, MARKED, loss)), "#ffffff", width=0.8)
    return drawn


def costliest_figure(trace: Trace, loss: str | None = None, count: int = COUNT) -> Figure:
    """Draw the costliest places in close-up: dotted the anchor or ROI, solid the ground truth. Network-input px."""
    found, image = costliest(trace, count, loss), molded_image(trace)
    drawn, axes = panels(max(1, len(found)), columns=5, size=2.5)
    if not found:
        axes[0].set_axis_off()
        axes[0].text(0, 0.5, "nothing costs anything here", fontsize=9)
    for place, (one, share) in enumerate(zip(axes, found, strict=False), start=1):
        words = fill(f"{share.kind} {share.row}: {share.words}", TITLE)
        show_image(one, image, f"{place}. {share.loss} {share.value:.4f}\n{words}")
        colour = "#ffffff" if share.truth < 0 else instance_colour(share.truth)
        if share.truth >= 0:
            draw_rimmed(one, trace["truth.boxes"][share.truth][None], colour)
        draw_rimmed(one, np.array([share.box]), colour, dotted=True, width=1.6)
        zoom(one, share.box)
    return drawn


def draw(trace: Trace, selection: Selection, loss: str = ALL) -> list[Shown]:
    """Return the map of a loss with the costliest places on it, those places in close-up, and the five scalars."""
    values, image = scalars(trace), molded_image(trace)
    chosen = LOSSES if loss == ALL else (loss,)
    found = costliest(trace, COUNT, None if loss == ALL else loss)
    per_px = np.sum([on_image(trace, one) for one in chosen], axis=0)
    grid, cells = coarse(per_px)
    unit = "a px" if cells == 1 else f"a cell of {cells} px"
    bright = float(np.percentile(grid[np.isfinite(grid) & (grid > 0)], BRIGHT)) if (grid > 0).any() else 1.0
    heat = Heat(grid, f"{loss}, {unit}", extent=_extent(grid, cells), unit="loss", limits=(0.0, bright))
    scene = Scene(
        f"{loss}: {sum(values[one] for one in chosen):.4f}, {unit}, network-input px",
        _grey(image),
        [heat, *truth_boxes(trace, visible=False), *places(trace, found)],
        "The sum of the map is the loss. Which few places pay for most of it?",
    )
    parts = [trace[f"losses.{one}_parts"] for one in LOSSES]
    return [scene, close_ups(trace, found), kept_chart("The five losses", lambda: _bars(values), parts)]


def close_ups(trace: Trace, found: Sequence[Share]) -> Scene:
    """Return a tile for each of the costliest places: dotted the anchor or ROI, solid the ground truth that it is
    on.
    """
    tiles = mosaic(molded_image(trace), _boxes(found))
    truths = np.array([share.truth for share in found], np.int32)
    on = np.flatnonzero(truths >= 0)
    layers = [
        Boxes(
            tiles.place(trace["truth.boxes"][truths[on]], on), "truths", of="truths", index=truths[on],
            colours=truths[on], numbered=False, filtered=False,
        )
    ]  # fmt: skip
    for of, kind in KINDS.items():
        own = np.array([row for row, share in enumerate(found) if share.kind == kind], np.intp)
        if not len(own):
            continue
        labels = [f"{found[row].loss} {found[row].value:.3f}" for row in own]
        layers.append(
            Boxes(
                tiles.place(_boxes([found[row] for row in own]), own), of, of=of, labels=labels, style="dotted",
                index=np.array([found[row].row for row in own], np.int32), filtered=False,
                colours=np.where(truths[own] >= 0, truths[own], NEUTRAL), lineage={"truths": truths[own]},
            )
        )  # fmt: skip
    title = f"The {len(found)} costliest places in close-up"
    return Scene(
        title,
        tiles.image,
        layers,
        "Dotted pays, solid is the ground truth. Is the model wrong, or the ground truth?",
    )


def coarse(per_px: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the map summed over square cells, ``CELLS`` at most along the longer side, and the px of a cell's side.

    Law: the sum stays.
    """
    cells = max(1, -(-max(per_px.shape) // CELLS))
    height, width = (-(-side // cells) * cells for side in per_px.shape)
    padded = np.pad(per_px, [(0, height - per_px.shape[0]), (0, width - per_px.shape[1])])
    return padded.reshape(height // cells, cells, width // cells, cells).sum(axis=(1, 3)), cells


def places(trace: Trace, found: Sequence[Share]) -> list[Boxes]:
    """Return the costliest anchors and ROIs as layers that can be clicked."""
    layers = []
    for of, kind in KINDS.items():
        own = [share for share in found if share.kind == kind]
        if not own:
            continue
        rows = np.array([share.row for share in own], np.int32)
        truths = np.array([share.truth for share in own], np.int32)
        lineage = lineage_of_anchors(trace, rows) if kind == "anchor" else {}
        if kind == "ROI":
            lineage = {"proposals": trace["roi_targets.proposal_index"][rows]}
        labels = [
            f"place {found.index(share) + 1}: {share.loss} {share.value:.4f}, {share.words}" for share in own
        ]
        layers.append(
            Boxes(
                _boxes(own), f"costliest {of}", of=of, index=rows, filtered=False, labels=labels, numbered=False,
                colours=np.where(truths >= 0, truths, NEUTRAL), lineage={**lineage, "truths": truths},
            )
        )  # fmt: skip
    return layers


def explain(trace: Trace, selection: Selection, loss: str = ALL) -> list[str]:
    """Tell that the parts are the whole, and the costliest places with their formulas; or those of the selected row."""
    require_losses(trace)
    lines = []
    for one, value in scalars(trace).items():
        if loss in (ALL, one):
            off = abs(float(by_row(trace, one).sum()) - value)
            rows = int(np.count_nonzero(by_row(trace, one)))
            kind = "anchors" if one in OF_ANCHORS else "ROIs"
            lines.append(
                f"{one} = {value:.5f} = sum over {rows} {kind}, off by {off:.0e}; mean of {counted(trace, one)}"
            )
    for place, share in enumerate(costliest(trace, COUNT, None if loss == ALL else loss), start=1):
        on = f" on {share.truth}" if share.truth >= 0 else ""
        numbers = formula(trace, share.loss, share.row)
        lines.append(f"{place:2}. {share.loss}, {share.kind} {share.row}{on}: {share.words}; {numbers}")
    return [*lines, *_of_selected(trace, selection)]


def _of_selected(trace: Trace, selection: Selection) -> list[str]:
    """Tell what the selected anchor and proposal add to each loss."""
    rows = {loss: selection.anchor for loss in OF_ANCHORS}
    if selection.proposal is not None:
        own = np.flatnonzero(trace["roi_targets.proposal_index"] == selection.proposal)
        rows |= {loss: int(own[0]) if len(own) else None for loss in LOSSES if loss not in OF_ANCHORS}
    known = [(loss, row) for loss, row in rows.items() if row is not None]
    return [f"selected: {loss} of row {row}: {formula(trace, loss, row)}" for loss, row in known]


def _boxes(found: Sequence[Share]) -> np.ndarray:
    return np.array([share.box for share in found], np.float32).reshape(-1, 4)


def _bars(values: dict[str, float]) -> Figure:
    drawn, (one,) = panels(1, size=4.6, aspect=0.5)
    bars(one, list(values), list(values.values()), f"five losses, total {sum(values.values()):.4f}")
    return drawn


def _grey(image: np.ndarray) -> np.ndarray:
    """Return ``image`` (y, x, rgb) without its colours, so that those of a map stand out."""
    return np.repeat(image.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)


def _extent(grid: np.ndarray, cells: int) -> tuple[float, float, float, float]:
    return (0.0, 0.0, float(grid.shape[0] * cells), float(grid.shape[1] * cells))


def _share(value: float, total: float) -> str:
    return f"{value / total:.0%} of all" if total else "nothing to pay"


VIEW = View(
    "Losses: which anchor, ROI or pixel pays",
    "Look for a few places that pay for most of a loss: what the model has not learned, or wrong ground truth.",
    draw,
    explain,
    stage="losses",
    section="training",
    needs=("losses.class",),
)


def widget(session: Session) -> Panel:
    """Return the live view of a session whose image was traced with its ground truth."""
    loss = selector("loss", [ALL, *LOSSES])
    return Panel(session, VIEW, {"loss": loss})


def snapshot(session: Session) -> list[Part]:
    """Return the parts of a page without a kernel."""
    return static_parts(VIEW, session.trace, session.selection)
