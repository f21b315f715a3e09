"""Where each rule draws its line: the thresholds that rules bring, changeable by file or option.

``Thresholds()`` are the defaults; ``changed(thresholds, {"dead_filter_ratio": 1e-4})`` gives a copy with others.
A JSON file holds the same as an object: ``{"dead_filter_ratio": 1e-4}``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from maskrcnn_core.files.suggestions import unknown

from .registry import rules
from .rule import Limits

SHARED = {  # needed by several rules, or by what they look at
    "init_ratio": 10.0,  # std / initial std, either way (SageMaker PoorWeightInitialization)
    "init_min_count": 32,  # weights below which a std says little
    "input_std": 64.0,  # grey levels: scale of the stem's input, which is not normalised to 1
    "rank_min_size": 16,  # min(fan-in, filters) below which a low rank is no surprise
    "spectrum_max_size": 4096,  # min(fan-in, filters) above which singular values take minutes
}


def defaults() -> dict[str, float]:
    """Return the default of every threshold: those that rules share, then those that each rule brings."""
    return {**SHARED, **{name: value for rule in rules() for name, value in rule.thresholds.items()}}


class Thresholds(Limits):
    """Limits of the rules. Ratios and shares are 0 to 1 unless the comment beside the default gives another unit."""

    def __init__(self, **settings: float) -> None:
        """Take the defaults, but for ``settings``. Raises: ValueError for an unknown name or a non-number."""
        values = defaults()
        for name in settings:
            if name not in values:
                raise ValueError(unknown(f"threshold {name!r}", list(values), name))
        values |= settings
        for name, value in values.items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not math.isfinite(value):
                raise ValueError(f"threshold {name}: wanted a finite number, received {value!r}")
            if value < 0 and name != "sigmoid_low":
                raise ValueError(f"threshold {name}: wanted 0 or more, received {value!r}")
        super().__init__(values)


def changed(thresholds: Thresholds, settings: Mapping[str, Any]) -> Thresholds:
    """Return ``thresholds`` with ``settings`` in place. Raises: ValueError for an unknown name or a non-number."""
    return Thresholds(**{**thresholds.values, **settings})


def parse(settings: Iterable[str]) -> dict[str, float]:
    """Read options written ``name=value``. Raises: ValueError for anything else."""
    parsed = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        try:
            parsed[name.strip()] = float(text)
        except ValueError:
            equals = ""
        if not equals:
            raise ValueError(f"wanted a threshold as NAME=NUMBER, received {setting!r}")
    return parsed


def load_thresholds(path: Path, base: Thresholds | None = None) -> Thresholds:
    """Read thresholds from a JSON object. Raises: ValueError for another content, with what was found."""
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: wanted a JSON file of thresholds; {error}") from None
    if not isinstance(settings, dict):
        raise ValueError(f"{path}: wanted a JSON object of thresholds, received {type(settings).__name__}")
    return changed(base or Thresholds(), settings)
