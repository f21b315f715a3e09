"""The options of a run with their defaults: ``maskrcnn train`` and ``train()`` both take them from here.

Needs no TensorFlow.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from ..config.checks import shown, typed
from ..files.suggestions import unknown
from ..runtime.devices import device_named
from ..terminal.former_names import with_keywords_of_today
from .interval import parse_interval

Findings = Callable[[dict[str, Any]], list[str]]  # sentences on weights by flat name
CHOICES = {"preset": ("classic", "tiny"), "strategy": ("one", "mirrored", "multiworker")}


@dataclass(frozen=True)
class TrainOptions:
    """What a run may be told besides its data set and its folder."""

    validation: str | None = None  # data set to measure on after every epoch
    validation_images: int = 100  # of it at most
    preset: str | None = None  # settings to begin with; None = those of a file in init, else classic
    config_file: str | None = None  # settings on top, JSON
    settings: tuple[str, ...] = ()  # single settings on top, NAME=VALUE
    init: str = "none"  # first weights: none | imagenet | coco | last | a file
    stages: str = "all:20"  # layers and cumulative epochs
    seed: int = 0  # random seed
    keep: int = 3  # checkpoints of the last epochs that stay
    save_every: str | None = None  # a checkpoint within an epoch too: every N steps, or Nmin
    film: tuple[str, ...] = ()  # images whose traces are recorded: files, or numbers in the validation set
    early_stop: int | None = None  # epochs without a better validation AP
    strategy: str = "one"  # one | mirrored | multiworker
    device: str | None = None  # cpu, all (GPUs), a GPU's number; None = what is there
    tensorboard: bool = False  # start TensorBoard meanwhile
    events: bool = True  # write what TensorBoard shows
    overwrite: bool = False  # the folder may hold another run, which is replaced
    allow_unused_classes: bool = False  # a class of the data may have no object
    skip_check: bool = False  # do not look for mistakes in the data first

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> TrainOptions:
        """Return the options ``given`` by name, the others at their defaults; ``settings`` may be a mapping.

        Raises: ValueError for an unknown name, with the nearest, and for a value of another type or choice.
        """
        hints = get_type_hints(cls)
        chosen = {}
        for name, value in with_keywords_of_today(given).items():
            if name not in hints:
                raise ValueError(unknown(f"option {name!r} of train", hints, name))
            if isinstance(value, Mapping):
                value = [f"{setting}={json.dumps(single)}" for setting, single in value.items()]
            if name == "device" and value is not None:
                value = device_named(value)
            if name == "film" and value is not None:
                value = [str(image) for image in ([value] if isinstance(value, str | int) else value)]
            if name == "save_every" and value is not None:
                value = str(value)  # a number of steps may be one
                parse_interval(value)
            chosen[name] = typed(value, hints[name], name)
            if value is not None and name in CHOICES and value not in CHOICES[name]:
                raise ValueError(f"{name}: wanted one of {', '.join(CHOICES[name])}, received {shown(value)}")
        return cls(**chosen)

    def as_dict(self) -> dict[str, Any]:
        """Return the options by name."""
        return dataclasses.asdict(self)


DEFAULTS = TrainOptions()
