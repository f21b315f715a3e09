"""Readings: what analysis computes from the tensors of a run, asked for by name as tensors are.

Inputs: a trace. Outputs: arrays under names that start with ``reading.``; one holds text, as bytes. Each is a function
of ``analysis`` or of the stage itself, applied to recorded tensors; the front end draws them and computes none of them
a second time.

Shapes: y, x cells of a map, or px of the network input; A anchors; n boxes that are pooled; p points along a side;
first, last: network-input px, ``last`` exclusive.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np

from maskrcnn_core.config import LEVELS
from maskrcnn_core.recording.tensors import STAGES, TENSORS
from maskrcnn_core.recording.trace import Trace, config_of

from ..analysis.candidates.false_detections import DetectionVerdict, judge_detections
from ..analysis.candidates.fates import Fates, find_fates
from ..analysis.candidates.matching import match_masks
from ..analysis.candidates.verdicts import TruthVerdict, judge_truths
from ..analysis.features.activations import channels_of, summarise
from ..analysis.features.network_input import network_input
from ..analysis.features.receptive_field import fields_along
from ..analysis.features.roi_pool import BOXES, region_of
from ..canvas.tables import colour_table

MAPS = (*(f"backbone.c{level}" for level in LEVELS[:-1]), *(f"fpn.p{level}" for level in LEVELS))
POOLED = tuple(BOXES)  # the stages that pool regions
TABLES = ("cividis", "diverging")
PREFIX = "reading."
OUTCOMES = "reading.outcomes"  # where there is ground truth
STAGE_TIMES = "reading.times"
TIMES = "stage_seconds"  # the attribute of a trace in which they are kept, as JSON
TIMED = tuple(stage for stage in STAGES[1 : STAGES.index("composing") + 1] if stage != "anchors")

# the stages of which the Explorer shows every tensor
SHOWN = (
    "image.", "molding.", "backbone.", "fpn.p", "anchors.", "rpn.", "proposals.", "box_roi.", "box_head.",
    "detections.", "mask_roi.", "mask_head.probs", "pasting.", "composing.",
)  # fmt: skip

Reading = Callable[[Trace], np.ndarray]


def energy(name: str, trace: Trace) -> np.ndarray:
    """Return (y, x) float32: the root mean square over the channels of the map ``name``; (n, y, x) of pooled ones."""
    return summarise(trace[name]).astype(np.float32)


def order(name: str, trace: Trace) -> np.ndarray:
    """Return the channels (channel,) int32 of the map ``name``, the strongest first."""
    return channels_of(trace[name]).order.astype(np.int32)


def field(name: str, axis: int, trace: Trace) -> np.ndarray:
    """Return (cell, first and last) int32: the network-input px that each row (axis 0) or column (1) can see."""
    fields = fields_along(config_of(trace), trace.shape("molding.image")[axis], [name])
    return fields[name].astype(np.int32)


def points(stage: str, axis: int, trace: Trace) -> np.ndarray:
    """Return (n, p) float32 network-input px: where ROIAlign reads along an axis for each box of ``stage``.

    p is that of the box with the most points; what others have less is NaN.
    """
    count = len(trace[BOXES[stage]])
    lines = []
    for row in range(count):
        region = region_of(trace, stage, row)
        place = region.lines[axis].place
        lines.append(region.to_molded(np.stack([place, place], axis=-1))[:, axis])
    widest = max(map(len, lines), default=0)
    return np.array(
        [np.pad(line, (0, widest - len(line)), constant_values=np.nan) for line in lines], np.float32
    ).reshape(count, widest)


def stage_seconds(trace: Trace) -> np.ndarray:
    """Return (stage,) float32 s, in the order of ``TIMED``: what each stage took where it was measured, else NaN."""
    known = json.loads(trace.attributes.get(TIMES, "{}"))
    return np.array([known.get(stage, np.nan) for stage in TIMED], np.float32)


def table(name: str, trace: Trace) -> np.ndarray:
    """Return the (256, rgb) uint8 colours of a table; of every trace the same."""
    return np.frombuffer(colour_table(name), np.uint8).reshape(256, 3)


def outcomes(trace: Trace) -> np.ndarray:
    """Return what became of each ground-truth object, and what each detection is, as JSON in UTF-8: (byte,) uint8."""
    matches = match_masks(trace)
    said = {
        "objects": [_told(one, "detection", "anchor") for one in judge_truths(trace, matches=matches)],
        "detections": [_told(one, "truth") for one in judge_detections(trace, matches=matches)],
    }
    return np.frombuffer(json.dumps(said).encode(), np.uint8)


def _told(verdict: TruthVerdict | DetectionVerdict, *rows: str) -> dict[str, Any]:
    """Return what the front end says of a verdict: its words, and the ``rows`` that it names, None for none."""
    told: dict[str, Any] = {name: getattr(verdict, name) for name in ("verdict", "sentence")}
    return told | {name: None if (row := getattr(verdict, name)) is None else int(row) for name in rows}


READINGS: dict[str, Reading] = {
    "reading.input": network_input,
    **{f"reading.energy.{name}": partial(energy, name) for name in MAPS},
    **{f"reading.order.{name}": partial(order, name) for name in MAPS},
    **{f"reading.rows.{name}": partial(field, name, 0) for name in MAPS},
    **{f"reading.columns.{name}": partial(field, name, 1) for name in MAPS},
    **{f"reading.energy.{stage}.pooled": partial(energy, f"{stage}.pooled") for stage in POOLED},
    **{f"reading.rows.{stage}": partial(points, stage, 0) for stage in POOLED},
    **{f"reading.columns.{stage}": partial(points, stage, 1) for stage in POOLED},
    **{f"reading.table.{name}": partial(table, name) for name in TABLES},
    OUTCOMES: outcomes,
    STAGE_TIMES: stage_seconds,
}


FATES = tuple(
    f"reading.fate.{part}" for part in ("fate", "by", "iou", "rank")
)  # (A,) fields of ``find_fates``


def names_of(trace: Trace) -> list[str]:
    """Return the names of the readings that ``trace`` has the tensors for.

    Fates are of models in which a proposal stands for one class: where it stands for several, an anchor has several.
    """
    lacking = {name for name in (*MAPS, *(f"{stage}.pooled" for stage in POOLED)) if name not in trace}
    several = trace.shape("detections.candidate_class") != trace.shape("proposals.scores")
    if "truth.masks" not in trace:
        lacking.add(OUTCOMES)
    if TIMES not in trace.attributes:
        lacking.add(STAGE_TIMES)
    found = [name for name in READINGS if not any(name.endswith(gone) for gone in lacking)]
    return found if several else [*found, *FATES]


def unchanged_by(stage: str, trace: Trace) -> list[str]:
    """Return the names of the tensors and readings of ``trace`` that no run from ``stage`` on makes anew."""
    later = STAGES[STAGES.index(stage) :]
    changing = ("reading.fate.", OUTCOMES, *(f"{one}." for one in later), *(f"reading.{kind}.{one}" for kind in
                ("energy", "rows", "columns") for one in later))  # fmt: skip
    return [name for name in (*trace, *names_of(trace)) if not name.startswith(changing)]


def require_shown(trace: Trace) -> None:
    """Raise ValueError for a trace that lacks a tensor which the Explorer shows, naming those."""
    lacking = [name for name in TENSORS if name.startswith(SHOWN) and name not in trace]
    if lacking:
        raise ValueError(
            f'the Explorer shows {", ".join(lacking)}, which this trace does not hold; record it with keep="*", or '
            "take the long page: maskrcnn walk --pages"
        )


class Run:
    """A trace and the readings of it, each computed when it is asked for and then kept."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._kept: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        """Return a tensor or a reading. Raises: KeyError for a name that is neither, or not in the trace."""
        if not name.startswith(PREFIX):
            return np.asarray(self.trace[name])
        if name not in self._kept:
            self._kept[name] = self._read(name)
        return self._kept[name]

    def _read(self, name: str) -> np.ndarray:
        if name in FATES:
            return np.asarray(getattr(self._fates, name.rpartition(".")[2]))
        if name not in READINGS:
            known = ", ".join((*READINGS, *FATES))
            raise KeyError(f"wanted a reading, one of {known}; received {name!r}")
        return READINGS[name](self.trace)

    @cached_property
    def _fates(self) -> Fates:
        """What became of every anchor: followed once for all four readings of it."""
        return find_fates(self.trace)
