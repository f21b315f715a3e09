"""Scenes of the NMS lab: who suppresses whom on the image, as a graph, and what differs from the model's outcome.

Shapes: rows are k (the top k) for proposals and c (the candidates) for detections; e edges; yxyx network-input px.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from maskrcnn_core.recording.trace import Trace

from ....analysis.candidates.fates import (
    candidate_index,
    candidate_proposal,
    candidates_of_classes,
    entering_proposals,
    nms_ranks,
)
from ....analysis.candidates.nms_lab import Change, Choice, Graph, graph
from ....analysis.candidates.suppression import inverse
from ....canvas import NEUTRAL, Boxes, Layer, Links, Points
from ...framework.common import molded_image
from ...framework.rows import lineage_of_anchors, truth_boxes
from ...framework.scene import Scene

SHOWN = 80  # boxes that go into NMS of proposals and are drawn: more hide each other
WIDTH, STEP, DEPTH = (
    400,
    16,
    200,
)  # px of the graph: in all, between two kept boxes, from IoU 1 to the threshold
MARGIN = 14  # px around it


@dataclass(frozen=True)
class Rows:
    """The boxes that go into one NMS: anchors for proposals, candidates for detections, which a selection knows as
    their proposals.
    """

    trace: Trace
    stage: str
    choice: Choice

    @property
    def of(self) -> str:
        """Return what a row is in a selection."""
        return "anchors" if self.stage == "proposals" else "proposals"

    @property
    def boxes(self) -> np.ndarray:
        """Return all boxes that go in, network-input px."""
        return np.asarray(
            self.trace["proposals.clipped" if self.stage == "proposals" else "detections.clipped"]
        )

    @property
    def scores(self) -> np.ndarray:
        """Return their scores."""
        name = "proposals.top_k_scores" if self.stage == "proposals" else "detections.candidate_score"
        return np.asarray(self.trace[name])

    @property
    def entering(self) -> np.ndarray:
        """The rows that go in and are drawn, best first."""
        if self.stage == "proposals":
            rows = entering_proposals(self.trace)
            return rows[np.argsort(-nms_ranks(self.trace)[rows], kind="stable")][:SHOWN]
        rows = candidates_of_classes(self.trace, self.choice.min_score)
        return rows[np.argsort(-self.scores[rows], kind="stable")]

    @cached_property
    def edges(self) -> Graph:
        """Who suppresses whom among the rows that are drawn, by the hard NMS of the choice."""
        edges, rows = graph(self.trace, self.stage, self.choice), self.entering
        seen = np.isin(edges.winner, rows) & np.isin(edges.loser, rows)
        return Graph(*(column[seen] for column in edges))

    def index(self, rows: np.ndarray) -> np.ndarray:
        """Return what ``rows`` are called in a selection."""
        if self.stage == "proposals":
            return np.asarray(self.trace["proposals.top_k_index"][rows])
        return candidate_proposal(self.trace)[rows]

    def layer(self, rows: np.ndarray, name: str, **options: Any) -> Boxes:
        """Return ``rows`` as boxes in the colours of the detections that came of them."""
        index = self.index(rows)
        if self.stage == "proposals":
            lineage = lineage_of_anchors(self.trace, index)
        else:
            anchors = self.trace["proposals.anchor_index"][index]
            place = inverse(candidate_index(self.trace), len(self.boxes))
            lineage = {"anchors": anchors, "detections": place[rows]}
        found = lineage["detections"]
        settings: dict[str, Any] = {
            "colours": np.where(found >= 0, found, NEUTRAL),
            "numbered": False,
            **options,
        }
        return Boxes(
            self.boxes[rows], name, of=self.of, index=index, lineage=lineage,
            scores=self.scores[rows], **settings,
        )  # fmt: skip


def on_image(table: Rows, change: Change) -> Scene:
    """Return kept and suppressed boxes with an arrow for each NMS."""
    trace, choice, rows = table.trace, table.choice, table.entering
    pairs = np.stack([table.index(table.edges.winner), table.index(table.edges.loser)], axis=1)
    layers: list[Layer] = [
        *truth_boxes(trace, visible=False),
        table.layer(
            rows, "boxes", labels=_ends(table, change),
            style=np.where(np.isin(rows, change.kept.rows), "solid", "dotted").tolist(),
        ),
        Links(pairs, table.of, table.of, name="suppresses", only_selected=True),
    ]  # fmt: skip
    total = len(table.boxes) if table.stage == "proposals" else len(rows)
    if table.stage == "proposals":
        how = "within each level" if choice.by_level else "all levels together"
    else:
        how = "within each class" if choice.by_class else "any class"
    return Scene(
        f"{choice.method} NMS of {table.stage}, {how}, IoU > {choice.threshold:g}: best {len(rows)} of {total},"
        " network-input px",
        molded_image(trace),
        layers,
        "Solid: kept. Dotted: suppressed. Click a dotted box: an arrow comes from each box that suppresses it.",
    )


def as_graph(table: Rows, change: Change) -> Scene:
    """Return the same boxes as points: kept ones on top by score, below each what it suppresses, at its IoU."""
    rows, edges = table.entering, table.edges
    kept = [row for row in rows.tolist() if row in set(change.kept.rows.tolist())]
    column = {row: place for place, row in enumerate(kept)}
    step = max(STEP, WIDTH // (len(kept) + 1))
    points, lowest = np.zeros((len(rows), 2), np.float32), table.choice.threshold
    first: dict[int, tuple[int, float]] = {}
    for winner, loser, iou in zip(*(part.tolist() for part in edges), strict=True):
        if winner in column:
            first.setdefault(loser, (winner, iou))
    for place, row in enumerate(rows.tolist()):
        winner, iou = first.get(row, (row, 1.0))
        across = column.get(row, column.get(winner, len(kept)))
        down = 0.0 if row in column else 30 + DEPTH * (1.0 - iou) / max(1e-6, 1.0 - lowest)
        points[place] = MARGIN + down, MARGIN + step * across
    pairs = np.stack([table.index(edges.winner), table.index(edges.loser)], axis=1)
    layer = table.layer(rows, "boxes", labels=_ends(table, change))
    dots = Points(
        points, "boxes", of=table.of, index=layer.index, lineage=layer.lineage, labels=layer.labels,
        scores=layer.scores, colours=layer.colours, weights=np.where(np.isin(rows, kept), 1.0, 0.2),
    )  # fmt: skip
    links = Links(pairs, table.of, table.of, name="suppresses", only_selected=False)
    return Scene(
        f"The same as a graph: {len(kept)} kept, by score from left to right, and what each suppresses",
        None,
        [links, dots],
        f"Large: kept. Small: suppressed, the lower the nearer its IoU is to the threshold of {lowest:g}.",
        size=(2 * MARGIN + 30 + DEPTH, 2 * MARGIN + step * (len(kept) + 1)),
    )


def _ends(table: Rows, change: Change) -> list[str]:
    """Say of each row what became of it."""
    left = dict(zip(change.kept.rows.tolist(), change.kept.scores.tolist(), strict=True))
    by: dict[int, str] = {}
    for winner, loser, iou in zip(*table.edges, strict=True):
        by.setdefault(
            int(loser), f"suppressed by {table.of[:-1]} {int(table.index(winner))} at IoU {iou:.2f}"
        )
    return [
        f"kept, score {left[row]:.3f}"
        if row in left
        else by.get(row, "its score fell too low, or the count was full")
        for row in table.entering.tolist()
    ]


def difference(table: Rows, change: Change) -> Scene:
    """Return what the choice keeps and the model does not, and the other way round."""
    same = np.setdiff1d(change.kept.rows, change.added)
    names = (
        [f"new {row}" for row in table.index(change.added)],
        [f"gone {row}" for row in table.index(change.removed)],
    )
    layers: list[Layer] = [
        *truth_boxes(table.trace, visible=False),
        table.layer(same[:SHOWN], "kept by both", visible=table.stage == "detections"),
        table.layer(change.removed[:SHOWN], "gone", style="dotted", labels=names[1][:SHOWN], numbered=True),
        table.layer(change.added[:SHOWN], "new", labels=names[0][:SHOWN], numbered=True),
    ]
    return Scene(
        f"Beside the model's own outcome: {len(change.added)} new, {len(change.removed)} gone, network-input px",
        molded_image(table.trace),
        layers,
        "Nothing is new and nothing gone at the model's own settings.",
    )
