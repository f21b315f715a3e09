"""Which layers train, and for how long: the classic schedule of stages.

``heads:100 all:200`` trains the heads until epoch 100 and everything from there until epoch 200: epochs are
cumulative, as users of the classic implementation know it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ...files.suggestions import unknown
from ...weights.names import named_variables

_HEADS = ("fpn.*", "rpn.*", "box_head.*", "mask_head.*")
# name -> patterns of flat weight names; 3+ is ResNet stage 3 and up, with the heads
LAYERS: dict[str, tuple[str, ...]] = {
    "heads": _HEADS,
    **{
        f"{first}+": (
            *(f"backbone.{kind}{n}*" for n in range(first, 6) for kind in ("res", "bn", "bn_res")),
            *_HEADS,
        )
        for first in (3, 4, 5)
    },
    "all": ("*",),
}


@dataclass(frozen=True)
class Stage:
    """Train ``layers`` (a name of ``LAYERS`` or a pattern of weight names) until epoch ``until``."""

    layers: str
    until: int


def parse_stages(texts: list[str] | tuple[str, ...]) -> tuple[Stage, ...]:
    """Return the stages of ``["heads:100", "all:200"]``.

    Raises: ValueError for anything else, or where epochs do not grow.
    """
    stages: list[Stage] = []
    for text in texts:
        layers, _, until = text.rpartition(":")
        if not layers or not until.isdigit() or int(until) < 1:
            raise ValueError(f"wanted a stage such as heads:100, received {text!r}")
        if "." not in layers and "*" not in layers and layers not in LAYERS:
            raise ValueError(unknown(f"layers {layers!r}", LAYERS, layers))
        if stages and int(until) <= stages[-1].until:
            raise ValueError(
                f"epochs are cumulative: wanted more than {stages[-1].until} for {layers}, received {until}"
            )
        stages.append(Stage(layers, int(until)))
    if not stages:
        raise ValueError("wanted at least one stage such as all:20")
    return tuple(stages)


def stage_at(stages: tuple[Stage, ...], epoch: int) -> Stage:
    """Return the stage that trains in ``epoch``, counted from 0."""
    return next(stage for stage in stages if epoch < stage.until)


def trainable_variables(model: Any, layers: str) -> list[Any]:
    """Return the trainable variables of ``layers``. Raises: ValueError where a pattern matches none."""
    patterns = LAYERS.get(layers, (layers,))
    chosen = [
        variable
        for name, variable in named_variables(model).items()
        if variable.trainable and any(fnmatchcase(name, pattern) for pattern in patterns)
    ]
    if not chosen:
        raise ValueError(unknown(f"layers {layers!r}", LAYERS, layers))
    return chosen
