"""What an export says of itself: class names, configuration, preprocessing in words, licence, where it comes from.

Inputs: a model. Outputs: texts by key, as ONNX keeps them, and back: what an engine needs to work with a file alone.
Needs no TensorFlow.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..config import Config, Molding
from ..config.files import from_dict, to_dict
from ..weights.catalog import MODELS
from ..weights.image_statistics import PARTS, ImageStatistics, statistics_of

FORMAT = "maskrcnn-export"
VERSION = "1"
UNKNOWN = "not stated; that of the weights"


class Described(NamedTuple):
    """What an export says. part: detector or network. weights: their SHA-256."""

    part: str
    config: Config
    weights: str
    image_statistics: ImageStatistics | None
    provenance: dict[str, Any]


def describe(model: Any, part: str, weights: str) -> dict[str, str]:
    """Return the texts of an export of ``model``. weights: SHA-256 of their file."""
    config, provenance = model.config, getattr(model, "provenance", {})
    named = MODELS.get(str(provenance.get("weights", "")))
    return {
        "format": FORMAT,
        "version": VERSION,
        "part": part,
        "class_names": json.dumps(config.class_names, ensure_ascii=False),
        "config": json.dumps(to_dict(config), ensure_ascii=False),
        "preprocessing": preprocessing(config.molding, part),
        "licence": named.licence if named else str(provenance.get("licence", UNKNOWN)),
        "weights": str(provenance.get("weights", "")),
        "weights_sha256": weights,
        "layout": str(provenance.get("layout", "")),
        "image_statistics": _packed(model.image_statistics),
    }


def described(texts: Mapping[str, str]) -> Described:
    """Return what an export's ``texts`` say. Raises: ValueError for those of another program, or damaged ones."""
    if texts.get("format") != FORMAT or texts.get("version") != VERSION:
        raise ValueError(
            f"wanted an export of `maskrcnn export` of version {VERSION}, received "
            f"{texts.get('format', 'a file of another program')} {texts.get('version', '')}".rstrip()
        )
    try:
        config = from_dict(json.loads(texts["config"]))
        statistics = _unpacked(texts.get("image_statistics", ""))
        return Described(
            texts["part"],
            config,
            texts["weights_sha256"],
            statistics,
            {"weights": texts["weights"], "layout": texts["layout"]},
        )
    except (KeyError, TypeError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError(f"wanted what an export says of itself, received {error!r}; export again") from error


def preprocessing(molding: Molding, part: str) -> str:
    """Return in words what becomes of an image before the network."""
    sides = {
        "none": "taken as it is",
        "square": f"short side up to {molding.min_dim} px, long side at most {molding.max_dim} px, "
        f"padded with 0 to {molding.max_dim} x {molding.max_dim} px, the image in the middle",
        "pad64": f"short side up to {molding.min_dim} px, padded with 0 to multiples of 64 px, in the middle",
        "corner": f"short side to {molding.min_dim} px, long side at most {molding.max_dim} px, padded below and right "
        f"to multiples of {molding.multiple} px",
    }.get(molding.mode, molding.mode)
    levels = f"divided by {molding.full_scale:g}, " if molding.full_scale != 1 else ""
    std = "" if set(molding.std) == {1.0} else f", divided by {', '.join(f'{v:g}' for v in molding.std)}"
    mean = ", ".join(f"{value:g}" for value in molding.mean)
    where = "inside the graph" if part == "detector" else "before the graph"
    return (
        f"{where}: {molding.channel_order.upper()} grey levels 0 to 255, {sides}, resized as {molding.resizer} does, "
        f"{levels}minus {mean}{std}"
    )


def _packed(statistics: ImageStatistics | None) -> str:
    if statistics is None:
        return ""
    arrays = statistics.arrays()
    shapes = {name: list(array.shape) for name, array in arrays.items()}
    codes = {n: base64.b64encode(np.asarray(a, "<f4").tobytes()).decode("ascii") for n, a in arrays.items()}
    return json.dumps({"shapes": shapes, "float32": codes})


def _unpacked(text: str) -> ImageStatistics | None:
    if not text:
        return None
    content = json.loads(text)
    arrays = {
        name: np.frombuffer(base64.b64decode(content["float32"][name]), "<f4").reshape(
            content["shapes"][name]
        )
        for name in PARTS
    }
    return statistics_of(arrays)
