"""The settings of a run, from the words of a command; needs no TensorFlow."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..config import Config, classic, tiny
from ..config.checks import check, with_setting
from ..config.files import load_config
from .loop.layers import parse_stages

NO_MODEL = ("none", "imagenet", "coco")  # what training starts from without settings of its own
FILE = "config.json"  # of a run's folder: its configuration


def settings_of(class_names: Sequence[str], options: Mapping[str, Any], folder: Path | None = None) -> Config:
    """Return the configuration of a run: preset, then file, then single settings, with the classes of the data.

    Without a preset, settings begin with those of the model that training starts from, where ``init`` is one; with
    those of the run in ``folder`` itself, where that goes on.
    """
    config = _first_settings(class_names, options["preset"], options["init"], folder)
    if options["config_file"]:
        config = load_config(options["config_file"], base=config)
    for text in options["settings"]:
        name, separator, value = text.partition("=")
        if not separator:
            raise ValueError(f"wanted NAME=VALUE, received {text!r}")
        config = with_setting(config, name, parse_value(value))
    return check(dataclasses.replace(config, class_names=tuple(class_names)))


def _first_settings(class_names: Sequence[str], preset: str | None, init: str, folder: Path | None) -> Config:
    if preset is None and init == "last":
        former = folder / FILE if folder else None
        return load_config(former) if former and former.is_file() else classic(class_names)
    if preset is None and init not in NO_MODEL:
        from ..weights.loading import read_config

        return read_config(init)
    return tiny(class_names) if preset == "tiny" else classic(class_names)


def parse_value(text: str) -> Any:
    """Return the JSON value of ``text``, or the text itself where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def steps_of(options: Mapping[str, Any]) -> int:
    """Return how many updates of the weights a run makes in all."""
    epochs = parse_stages(options["stages"].split())[-1].until
    return epochs * settings_of(Config().class_names, options).training.steps_per_epoch
