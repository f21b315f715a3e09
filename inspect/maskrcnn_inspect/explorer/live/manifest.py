"""What the browser's half has to know of a model beside its graphs: settings, constants, tables.

Inputs: a configuration. Outputs: plain values, ready for JSON. What depends on the size of the network input and is
analysis (receptive fields) is computed here for every size that can come, so that the browser looks it up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from maskrcnn_core.config import LEVELS, Anchors, Config, RoiAlign
from maskrcnn_core.recording.tensors import STAGES, TENSORS
from maskrcnn_core.stages.composing import PALETTE

from ...analysis.candidates.fates import FATES
from ...analysis.candidates.setting_changes import (
    COUNTS,
    MOST_SETTINGS,
    REASONS,
    REPLAYS,
    SETTINGS,
    STEPS,
    VALUES,
)
from ...analysis.candidates.verdicts import OBJECT
from ...analysis.features.receptive_field import fields_along
from ...canvas.tables import colour_table
from ..description import FIRST, MOST_KEPT, SLIDERS, own_value, rules_of
from ..readings import FATES as FATE_READINGS
from ..readings import MAPS, OUTCOMES, READINGS, STAGE_TIMES, TABLES
from ..why import NEAR

FORMAT = 2
MOST_SIDE = 1024  # px of an image: sixteen times the work of 256 px, some seconds on one thread
STEP = 64  # px between the sides of network inputs in mode pad64


def manifest_of(config: Config, name: str) -> dict[str, Any]:
    """Return what a browser has to know of the model ``name`` of ``config``.

    Raises: ValueError where the browser's half cannot preprocess as the model does.
    """
    from maskrcnn_core.exporting.parts import PARTS  # imports TensorFlow

    require_known(config)
    return {
        "format": FORMAT,
        "name": name,
        "class_names": list(config.class_names),
        "palette": [list(colour) for colour in PALETTE],
        "fates": list(FATES),
        "rules": rules_of(config),
        "corner": config.box_corner,
        "molding": {
            name: getattr(config.molding, name)
            for name in (
                "mode", "min_dim", "max_dim", "min_scale", "mean", "std", "full_scale", "channel_order", "resizer",
                "multiple",
            )
        },
        "anchors": _anchors(config.anchors),
        "roi": {stage: _roi(getattr(config, stage)) for stage in ("box_roi", "mask_roi")},
        "ranking": {
            "proposals_min_size": config.proposals.min_size,
            "detections_min_size": config.detections.min_size,
            "top_k_by": config.proposals.top_k_by,
            "nms_by": config.proposals.nms_by,
            "by_level": config.proposals.by_level,
            "every": config.detections.candidates == "every",
        },
        "refining": {
            "most": _log(config.rpn.most_growth),
            "least": _log(config.rpn.most_shrink, -1),
            "clip_to_window": config.proposals.clip_to_window,
        },
        "verdicts": {"near": NEAR, "object": OBJECT},
        "setting_changes": {
            "settings": SETTINGS,
            "reasons": REASONS,
            "counts": list(COUNTS),
            "steps": STEPS,
            "values": VALUES,
            "replays": REPLAYS,
            "most_settings": MOST_SETTINGS,
        },
        "pasting": config.pasting.rule,
        "alpha": config.composing.alpha,
        "settings": _settings(config),
        "most_kept": MOST_KEPT,
        "tensors": {one: {"unit": TENSORS[one].unit} for one in made_by_model()},
        "readings": [*(one for one in READINGS if one not in (OUTCOMES, STAGE_TIMES)), *FATE_READINGS],
        "changing": _changing(),
        "receptive": _receptive(config),
        "tables": {one: list(colour_table(one)) for one in TABLES},
        "most_side": MOST_SIDE,
        "parts": [{"name": p.name, "reads": p.reads, "makes": p.makes, "settings": p.settings} for p in PARTS],
    }  # fmt: skip


def made_by_model() -> list[str]:
    """Return the tensors that need no ground truth, in the order in which data flows."""
    last = STAGES.index("composing")
    return [name for name, spec in TENSORS.items() if STAGES.index(spec.stage) <= last]


def require_known(config: Config) -> None:
    """Raise ValueError for a model whose way into the network the browser's half does not have."""
    wanted = {
        "molding.mode": (config.molding.mode, ("square", "pad64", "corner")),
        "molding.channels": (config.molding.channels, (3,)),
    }
    for name, (received, known) in wanted.items():
        if received not in known:
            raise ValueError(
                f"in a browser: wanted a model with {name} {' or '.join(map(str, known))}, received {received}; "
                "look at it in a notebook: explore(session)"
            )


def _anchors(config: Anchors) -> dict[str, Any]:
    """Return the anchors of one cell of each level, half their sides, and how the cells lie."""
    root = np.sqrt(np.asarray(config.ratios, np.float64))
    halves = [0.5 * np.stack([scale / root, scale * root], axis=-1) for scale in config.scales]
    return {
        "levels": list(LEVELS),
        "halves": [(np.rint(half) if config.rounded else half).tolist() for half in halves],
        "ratios": list(config.ratios),
        "strides": list(config.strides),
        "spacing": config.spacing,
        "offset": config.offset,
        "stride_of_grid": config.stride_of_grid,
    }


def _roi(config: RoiAlign) -> dict[str, Any]:
    return {name: getattr(config, name) for name in ("size", "sampling", "samples", "aligned")}


def _log(factor: float, sign: int = 1) -> float | None:
    """Return the logarithm that a side's delta may have, as ``boxes.limit_sides`` rounds it; None for no limit."""
    return float(np.float32(sign * np.log(factor))) if factor else None


def _settings(config: Config) -> list[dict[str, Any]]:
    return [
        {"name": name, "label": one.label, "own": own_value(config, name), "min": one.least, "max": one.greatest,
         "step": one.step}
        for name, one in SLIDERS.items()
    ]  # fmt: skip


def _changing() -> list[str]:
    """Return how the names of tensors and readings begin that some setting changes: ``readings.unchanged_by``."""
    later = STAGES[STAGES.index(FIRST) :]
    kinds = [f"reading.{kind}." for kind in ("energy", "rows", "columns")]
    return ["reading.fate.", *(f"{kind}{one}" for kind in ("", *kinds) for one in later)]


def _receptive(config: Config) -> dict[str, dict[str, list[int]]]:
    """Return first and last px (exclusive) that each row of every map can see, by side; columns are alike."""
    found: dict[str, dict[str, list[int]]] = {name: {} for name in MAPS}
    for side in _sides(config):
        for name, spans in fields_along(config, side, MAPS).items():
            found[name][str(side)] = spans.ravel().tolist()
    return found


def _sides(config: Config) -> list[int]:
    """Return the lengths, px, that a side of the network input can have."""
    molding = config.molding
    if molding.mode == "square":
        return [molding.max_dim]
    step = molding.multiple if molding.mode == "corner" else STEP
    longest = molding.max_dim if molding.mode == "corner" and molding.min_dim else MOST_SIDE
    return list(range(step, -(-longest // step) * step + 1, step))
