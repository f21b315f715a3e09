"""What a setting may be: its type from the dataclass, its range from the table below.

Inputs: a value from a file or a user. Outputs: the value in its field's type, or a ValueError that says the setting,
what was wanted and what was received. Why apart from ``config``: code may build odd configurations on purpose, a file
may not.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from ..files.suggestions import repeated, require_field
from .resnets import ARCHITECTURES
from .settings import LEVELS, Config

MOST = 1_000_000  # larger counts are typing errors and would fill the memory before they fail


class Rule(NamedTuple):
    """A range in words and as a test; of a tuple every entry is tested."""

    wanted: str
    holds: Callable[[Any], bool]


def _between(low: float, high: float) -> Rule:
    return Rule(f"a number from {low:g} to {high:g}", lambda value: low <= value <= high)


def _above(low: float) -> Rule:
    return Rule(f"a number above {low:g}", lambda value: value > low)


def _one_of(*choices: Any) -> Rule:
    return Rule(f"one of {', '.join(map(str, choices))}", lambda value: value in choices)


COUNT = _between(1, MOST)
SHARE = _between(0, 1)
NOT_NEGATIVE = _between(0, MOST)

# setting -> what it may be; the first pattern that matches decides. Booleans need no line.
RULES: dict[str, Rule] = {
    "name": Rule(
        "a name without / or line breaks", lambda text: bool(text.strip()) and not set(text) & set("/\n\r")
    ),
    "class_names": Rule("names that are not empty", lambda text: bool(text.strip())),
    "box_corner": _one_of(0.0, 1.0),
    "molding.mode": _one_of("square", "pad64", "crop", "none", "corner"),
    "molding.resizer": _one_of("skimage", "torch", "pillow", "opencv"),
    "molding.multiple": _between(1, 4096),
    "molding.channel_order": _one_of("rgb", "bgr"),
    "molding.full_scale": _above(0),
    "molding.std": _above(0),
    "molding.min_dim": _between(0, 16384),
    "molding.max_dim": _between(1, 16384),
    "molding.min_scale": _between(0, 100),
    "molding.mean": _between(-65535, 65535),
    "backbone.architecture": _one_of(*ARCHITECTURES),
    "backbone.width": COUNT,
    "backbone.norm_epsilon": SHARE,
    "backbone.stride_on": _one_of("1x1", "3x3"),
    "*.channels": COUNT,
    "anchors.scales": _above(0),
    "anchors.ratios": _above(0),
    "anchors.strides": COUNT,
    "anchors.spacing": _between(1, 64),
    "anchors.offset": SHARE,
    "rpn.objectness": _one_of("softmax", "sigmoid"),
    "rpn.convolutions": _between(1, 64),
    "*.most_*": NOT_NEGATIVE,
    "*.delta_std": _above(0),
    "*.nms_threshold": SHARE,
    "proposals.top_k": COUNT,
    "proposals.*_by": _one_of("score", "logit"),
    "*.min_size": _between(-1, MOST),
    "proposals.*count": COUNT,
    "*_roi.sampling": _one_of("corners", "cells"),
    "*_roi.size": _between(1, 256),
    "*_roi.samples": _between(0, 16),
    "*_roi.canonical_size": _above(0),
    "*_roi.level_epsilon": SHARE,
    "*_roi.level_epsilon_to": _one_of("octave", "ratio"),
    "box_head.convolutions": _between(0, 64),
    "box_head.convolution_channels": COUNT,
    "box_head.layers": _between(1, 2),
    "box_head.boxes": _one_of("class", "object", "shared"),
    "detections.candidates": _one_of("best", "every"),
    "detections.min_score": SHARE,
    "detections.max_count": COUNT,
    "mask_head.convolutions": _between(1, 64),
    "mask_head.masks": _one_of("class", "object", "shared"),
    "pasting.threshold": SHARE,
    "pasting.rule": _one_of("box", "padded", "grid"),
    "composing.alpha": SHARE,
    "training.*_iou": SHARE,
    "training.*_share": SHARE,
    "training.momentum": SHARE,
    "training.optimizer": _one_of("sgd", "adamw"),
    "training.learning_rate": NOT_NEGATIVE,
    "training.weight_decay": NOT_NEGATIVE,
    "training.clip_norm": NOT_NEGATIVE,
    "training.smooth_l1_beta": NOT_NEGATIVE,
    "training.deltas_over": _one_of("positive", "sampled"),
    "training.mask_targets": _one_of("whole", "half", "shares"),
    "training.mask_target_samples": _between(-1, 16),
    "training.head_norms": _one_of("stored", "batch"),
    "training.loss_weights": NOT_NEGATIVE,
    "training.validation_steps": NOT_NEGATIVE,
    "training.augment": Rule("names that are not empty", lambda text: bool(text.strip())),
    "training.mini_mask": _between(1, 4096),
    "training.*_samples": COUNT,
    "training.max_truths": COUNT,
    "training.batch_size": COUNT,
    "training.crop": _between(0, 16384),
    "training.accumulate": COUNT,
    "training.precision": _one_of("float32", "bfloat16"),
    "training.steps_per_epoch": COUNT,
    "training.schedule": _one_of("constant", "step", "cosine"),
    "training.warm_up_steps": NOT_NEGATIVE,
    "training.decay_at": SHARE,
}


def check(config: Config) -> Config:
    """Return ``config`` if every setting has its type and range and they fit each other.

    Raises: ValueError naming the setting, what was wanted and what was received.
    """
    for name, value in leaves(config):
        hint = _hints(type(config) if "." not in name else type(getattr(config, name.split(".")[0])))
        _require_range(name, typed(value, hint[name.split(".")[-1]], name), name)
    _check_together(config)
    return config


def leaves(config: Config) -> list[tuple[str, Any]]:
    """Return the (dotted name, value) of every setting, in the order of the pipeline."""
    found: list[tuple[str, Any]] = []
    for field in dataclasses.fields(config):
        section = getattr(config, field.name)
        if dataclasses.is_dataclass(section):
            found += [
                (f"{field.name}.{f.name}", getattr(section, f.name)) for f in dataclasses.fields(section)
            ]
        else:
            found.append((field.name, section))
    return found


def with_setting(config: Config, name: str, value: Any, label: str = "") -> Config:
    """Return ``config`` with the dotted setting ``name`` changed to ``value`` as a file gives it.

    label: how the user wrote the setting, for the error.
    Raises: ValueError for an unknown name, a wrong type or range.
    """
    section_name, _, field_name = name.rpartition(".")
    section = getattr(config, require_field(config, section_name)) if section_name else config
    if not dataclasses.is_dataclass(section):
        raise ValueError(f"{label or name}: {section_name} is a single value, it has no {field_name}")
    require_field(section, field_name, prefix=f"{section_name}." if section_name else "")
    value = typed(value, _hints(type(section))[field_name], label or name)
    _require_range(name, value, label or name)
    return config.replace(**{name: value})


def typed(value: Any, hint: Any, label: str) -> Any:
    """Return ``value`` in the type of the annotation ``hint``: lists become tuples, whole floats integers.

    Raises: ValueError with what was wanted and received.
    """
    if isinstance(hint, types.UnionType):  # X | None
        inner = next(part for part in typing.get_args(hint) if part is not types.NoneType)
        return None if value is None else typed(value, inner, label)
    if typing.get_origin(hint) is tuple:
        return _typed_tuple(value, typing.get_args(hint), label)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if hint is float and number and abs(value) < 1e300:  # NaN and infinities are not below it either
        return float(value)
    if hint is int and number and math.isfinite(value) and value == int(value):
        return int(value)
    if hint in (bool, str) and isinstance(value, hint):
        return value
    wanted = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}[hint]
    raise ValueError(f"{label}: wanted {wanted}, received {shown(value)}")


def _typed_tuple(value: Any, parts: tuple[Any, ...], label: str) -> tuple[Any, ...]:
    """Return a list or tuple as a tuple of the annotated length and types."""
    variable = parts[-1] is Ellipsis
    wanted = "a list" if variable else f"a list of {len(parts)}"
    if not isinstance(value, list | tuple) or not (variable or len(value) == len(parts)):
        raise ValueError(f"{label}: wanted {wanted}, received {shown(value)}")
    return tuple(
        typed(entry, parts[0] if variable else parts[i], f"{label}[{i}]") for i, entry in enumerate(value)
    )


def shown(value: Any) -> str:
    """Return a value for an error message, shortened."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def rule_of(name: str) -> Rule | None:
    """Return the range of the dotted setting ``name``, or of each entry of a list; None where any value will do."""
    return next((rule for pattern, rule in RULES.items() if fnmatchcase(name, pattern)), None)


def _require_range(name: str, value: Any, label: str) -> None:
    """Hold ``value``, or every entry of a tuple, against the rule of the setting ``name``."""
    rule = rule_of(name)
    if rule is None or value is None or isinstance(value, bool):
        return
    if not all(rule.holds(entry) for entry in (value if isinstance(value, tuple) else (value,))):
        raise ValueError(f"{label}: wanted {rule.wanted}, received {shown(value)}")


def _check_together(config: Config) -> None:
    """Hold settings against each other."""
    names, anchors = config.class_names, config.anchors
    for setting, entries in (("anchors.ratios", anchors.ratios), ("molding.mean", config.molding.mean)):
        if not entries:
            raise ValueError(f"{setting}: wanted at least one entry, received none")
    if len(config.molding.std) not in (1, config.molding.channels):
        wanted = f"one entry, or {config.molding.channels} as molding.mean has"
        raise ValueError(f"molding.std: wanted {wanted}, received {shown(list(config.molding.std))}")
    if config.molding.channel_order != "rgb" and config.molding.channels != 3:
        wanted = f"rgb, for molding.mean has {config.molding.channels} entries"
        raise ValueError(f"molding.channel_order: wanted {wanted}, received {config.molding.channel_order}")
    if len(names) < 2:
        raise ValueError(f"class_names: wanted the background and at least one class, received {list(names)}")
    if twice := repeated(names):
        raise ValueError(f"class_names: wanted different names, received {twice[0]!r} more than once")
    if len(anchors.scales) != len(LEVELS):
        raise ValueError(
            f"anchors.scales: wanted {len(LEVELS)}, one a level from P2 to P6, received {anchors.scales}"
        )
    strides = tuple(2**level for level in LEVELS)
    if anchors.strides != strides:
        raise ValueError(
            f"anchors.strides: wanted {strides}, which the pyramid has, received {anchors.strides}"
        )
    training = config.training
    if training.rpn_negative_iou > training.rpn_positive_iou:
        wanted = f"at most training.rpn_positive_iou = {training.rpn_positive_iou}"
        raise ValueError(f"training.rpn_negative_iou: wanted {wanted}, received {training.rpn_negative_iou}")


_HINTS: dict[type, dict[str, Any]] = {}  # asked for once a setting, and slow to work out


def _hints(section: type) -> dict[str, Any]:
    if section not in _HINTS:
        _HINTS[section] = typing.get_type_hints(section)
    return _HINTS[section]
