"""What a front end has to know of a run before it asks for tensors: names and shapes, settings, counts, classes.

Inputs: a trace and the configuration of the model that made it. Outputs: plain values, ready for JSON. Counts are those
of ``analysis.candidates.funnel``; the settings are those that the stages call runtime settings.
"""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import numpy as np

from maskrcnn_core.config import LEVELS, Config
from maskrcnn_core.recording.tensors import STAGES, TENSORS
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.anchors import grid_sizes
from maskrcnn_core.stages.composing import PALETTE

from ..analysis.candidates.fates import FATES
from ..analysis.candidates.funnel import funnel
from ..samples import SAMPLES
from .readings import STAGE_TIMES, TIMED, names_of, unchanged_by

Description = dict[str, Any]


class Slider(NamedTuple):
    """A setting that a person may move. step: of the slider; greatest: None = as many as there are anchors."""

    label: str
    least: float
    greatest: float | None
    step: float


# the settings that every stage calls runtime settings, and the mask's threshold: numbers that need no new weights
SLIDERS = {
    "proposals.top_k": Slider("Anchors kept by score", 1, None, 1),
    "proposals.nms_threshold": Slider("NMS threshold, IoU", 0.05, 1.0, 0.01),
    "proposals.count": Slider("Proposals kept", 1, None, 1),
    "detections.min_score": Slider("Minimum score", 0.0, 1.0, 0.01),
    "detections.nms_threshold": Slider("NMS threshold, IoU", 0.05, 1.0, 0.01),
    "detections.max_count": Slider("Most detections", 1, 100, 1),
    "pasting.threshold": Slider("Mask threshold, probability", 0.01, 0.99, 0.01),
}
FIRST = min((name.split(".")[0] for name in SLIDERS), key=STAGES.index)  # the stage from which on they act
MOST_KEPT = 6000  # a slider's end: more than that is kept by no published model


class SettingState(TypedDict):
    """A setting as the front end gets it: ``own`` is the model's."""

    name: str
    label: str
    own: float
    value: float
    min: float
    max: float
    step: float


def describe(trace: Trace, own: Config, engine: str, live: bool) -> Description:
    """Return what is to be known of ``trace``; ``own`` is the model's configuration, from which it may differ.

    Raises: ValueError for a trace without its configuration; KeyError for one without a tensor that is counted.
    """
    config = config_of(trace)
    return {
        "engine": engine,
        "live": live,
        "image": _name(trace, "image"),
        "weights": _name(trace, "weights"),
        "unlike": _unlike(trace),
        "samples": _samples() if live else [],
        "class_names": list(config.class_names),
        "palette": [list(colour) for colour in PALETTE],
        "fates": list(FATES),
        "sizes": {
            "image": list(trace.shape("image.original")[:2]),
            "input": list(trace.shape("molding.image")[:2]),
            "window": [float(v) for v in trace["molding.window"]],
            "scale": float(trace["molding.scale"]),
        },
        "levels": _levels(trace, config),
        "rules": rules_of(config),
        "tensors": {name: {"shape": list(trace.shape(name)), "unit": TENSORS[name].unit} for name in trace},
        "readings": [*dict.fromkeys((*names_of(trace), *([STAGE_TIMES] if live else [])))],
        "timed": list(TIMED),
        "fixed": [*unchanged_by(FIRST, trace), STAGE_TIMES],  # of the model's own run
        "settings": _settings(trace, config, own),
        "counts": {step.step: step.count for step in funnel(trace)},
    }


def _samples() -> list[dict[str, str]]:
    """Return the images that ship, as the front end offers them."""
    return [{"name": one.name, "weights": one.weights, "says": one.says} for one in SAMPLES.values()]


def _unlike(trace: Trace) -> str:
    """Return what is said of an image unlike those learned from, by its name: its folder is nobody's business."""
    said, image = str(trace.attributes.get("unlike", "")), str(trace.attributes.get("image", ""))
    return said.replace(image, Path(image).name) if image else said


def _name(trace: Trace, attribute: str) -> str:
    name = Path(str(trace.attributes.get(attribute, ""))).name
    return "" if name == "array" else name


def _levels(trace: Trace, config: Config) -> list[dict[str, int]]:
    """Return where the anchors of each level stand: its rows and columns, the first anchor, how many a cell."""
    levels, first = [], 0
    grids = grid_sizes(trace.shape("molding.image")[:2], config.anchors)
    for level, (rows, columns), stride in zip(LEVELS, grids, config.anchors.strides, strict=True):
        ratios = len(config.anchors.ratios)
        levels.append(
            {"level": level, "rows": rows, "columns": columns, "first": first, "ratios": ratios,
             "stride": stride * config.anchors.spacing}
        )  # fmt: skip
        first += rows * columns * ratios
    return levels


def rules_of(config: Config) -> dict[str, Any]:
    """Return the constants that the formulas are filled with."""
    return {
        "corner": config.box_corner,
        "objectness": config.rpn.objectness,
        "rpn_std": list(config.rpn.delta_std),
        "head_std": list(config.box_head.delta_std),
        "canonical": config.box_roi.canonical_size,
        "sampling": config.box_roi.sampling,
        "limited": bool(config.rpn.most_growth or config.rpn.most_shrink),
        "head_limited": bool(config.box_head.most_growth or config.box_head.most_shrink),
        "ratios": list(config.anchors.ratios),
    }


def _settings(trace: Trace, config: Config, own: Config) -> list[SettingState]:
    anchors = trace.shape("anchors.boxes")[0]
    states: list[SettingState] = []
    for name, slider in SLIDERS.items():
        value, models = (own_value(one, name) for one in (config, own))
        greatest = min(anchors, MOST_KEPT) if slider.greatest is None else slider.greatest
        states.append(
            {
                "name": name,
                "label": slider.label,
                "own": models,
                "value": value,
                "min": slider.least,
                "max": float(max(greatest, value, models)),
                "step": slider.step,
            }
        )
    return states


def own_value(config: Config, name: str) -> float:
    """Return a setting of ``config`` without the digits that float32 adds: 0.7, not 0.699999988."""
    return float(np.format_float_positional(float(attrgetter(name)(config)), precision=6, trim="0"))
