"""Ablations: what a detection, or all of them, owe to a level, a channel or a place in the image.

Inputs: a model and a trace of it. Outputs: effects and numbers. Everything is the model itself, run again with
something taken away; ``support`` (see ``effects``) says how sure it stays of one detection.

Shapes: y, x places of the occluding square; yxyx.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskrcnn_core.recording.tensors import spec_of
from maskrcnn_core.recording.trace import Trace, config_of

from ..what_if.effects import READS, Effect, Support, find_effect, support_of, target_of
from ..what_if.interventions import Part, make_edit, with_tensor, zero

LEVELS = tuple(f"fpn.p{level}" for level in (2, 3, 4, 5, 6))


@dataclass(frozen=True)
class ChannelEffect:
    """What is left of one detection without a channel: its support, and the change in log-odds, nat."""

    channel: int
    support: Support
    change: float


@dataclass(frozen=True)
class Occlusion:
    """How one detection fares while a square of the mean colour covers one place after the other.

    boxes: (y, x, yxyx) image px, the square. probs, log_odds: (y, x) float32, the support with it.
    support: without.
    """

    boxes: np.ndarray
    probs: np.ndarray
    log_odds: np.ndarray
    support: Support

    @property
    def change(self) -> np.ndarray:
        """(y, x) change in log-odds, nat."""
        return self.log_odds - np.float32(self.support.log_odds)

    @property
    def most_needed(self) -> tuple[int, int]:
        """The place (y, x) where covering costs the most."""
        y, x = np.unravel_index(int(self.change.argmin()), self.change.shape)
        return int(y), int(x)


def ablate_levels(model: Any, trace: Trace) -> dict[str, Effect]:
    """Return the effect of each pyramid level's being 0, by the level's name.

    P6 is every second cell of P5, so that P5 takes P6 along; P6 alone serves the RPN only.
    """
    return {
        name: find_effect(trace, model.replay(trace, {name: make_edit(trace, name, zero())}))
        for name in LEVELS
    }


def ablate_channels(
    model: Any,
    trace: Trace,
    name: str,
    detection: int,
    channels: Sequence[int] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> list[ChannelEffect]:
    """Return the support of ``detection`` without each channel of the tensor ``name``, the costliest channel first.

    name: of any block or layer too, such as ``backbone.c3.block2.output``; each channel's run begins there.
    channels: which to try; all by default. progress: called with the number done.
    Raises: ValueError for a tensor without channels; IndexError for a detection that is not there.
    """
    spec = spec_of(name, trace.config)
    if spec.axes[-1:] != ("channel",):
        raise ValueError(f"wanted a tensor [y x channel], received {name} [{' '.join(spec.axes)}]")
    own = support_of(trace, detection, trace)
    trace = with_tensor(model, trace, name)
    effects = []
    for done, channel in enumerate(range(trace.shape(name)[-1]) if channels is None else channels, start=1):
        edit = make_edit(trace, name, zero(), Part(channel=channel))
        left = support_of(trace, detection, model.replay(trace, {name: edit}))
        effects.append(ChannelEffect(channel, left, left.log_odds - own.log_odds))
        progress(done)
    return sorted(effects, key=lambda one: (one.change, one.channel))


def occlude(
    model: Any,
    trace: Trace,
    detection: int,
    size: int | None = None,
    step: int | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Occlusion:
    """Cover place after place of the image and run the model on it each time (Zeiler and Fergus 2014, section 4.2).

    size, step: px of the image, of the square and from one place to the next; an eighth of the longer side and half
    of that by default. Raises: IndexError for a detection that is not there; ValueError for a size below 1 px.
    """
    target_of(trace, detection)
    image = np.asarray(trace["image.original"])
    size = max(1, max(image.shape[:2]) // 8) if size is None else size
    step = max(1, size // 2) if step is None else step
    if size < 1 or step < 1:
        raise ValueError(f"wanted size and step of 1 px or more, received {size} and {step}")
    grey = np.rint(config_of(trace).molding.mean).astype(image.dtype)
    places = [_places(length, size, step) for length in image.shape[:2]]
    own = support_of(trace, detection, trace)
    boxes = np.zeros((len(places[0]), len(places[1]), 4), np.int32)
    probs, log_odds = np.zeros((2, *boxes.shape[:2]), np.float32)
    for i, top in enumerate(places[0]):
        for j, left in enumerate(places[1]):
            bottom, right = min(top + size, image.shape[0]), min(left + size, image.shape[1])
            covered = image.copy()
            covered[top:bottom, left:right] = grey
            boxes[i, j] = top, left, bottom, right
            probs[i, j], log_odds[i, j] = support_of(trace, detection, model.trace(covered, keep=READS))
        progress((i + 1) * len(places[1]))
    return Occlusion(boxes, probs, log_odds, own)


def _places(length: int, size: int, step: int) -> list[int]:
    """Return where squares begin so that they cover a side: every ``step`` px, the last flush with the end."""
    last = max(0, length - size)
    return sorted({*range(0, last + 1, step), last})
