"""Is an attribution to be trusted? Two checks on maps, both by the model itself.

1. ``resemblance``: a map that stays the same with random weights shows the image, not what was learned
   (Adebayo et al. 2018, "Sanity checks for saliency maps").
2. ``deletion``, ``insertion``: taking away, or giving, the most important places first should change the detection
   sooner than a random order does (Petsiuk et al. 2018, RISE, section 4.3).

Shapes: y, x network-input px or cells; s steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskrcnn_core.recording.tensors import STAGES, spec_of
from maskrcnn_core.recording.trace import Trace

from ..what_if.effects import support_of, target_of
from ..what_if.interventions import Part, selected
from .probe import IMAGE

Method = Callable[[Any, Trace], np.ndarray]  # (model, trace) -> (y, x)


@dataclass(frozen=True)
class Curve:
    """How sure the model is of a detection while cells go, or come.

    share: (s,) of the image's pixels, 0 to 1. probs, log_odds: (s,), the support for the detection.
    """

    share: np.ndarray
    probs: np.ndarray
    log_odds: np.ndarray

    @property
    def area(self) -> float:
        """Mean probability over the shares, 0 to 1: low is good for deletion, high for insertion."""
        return float(np.trapezoid(self.probs, self.share))


def shuffled(model: Any, seed: int) -> Any:
    """Return a model of the same configuration whose every tensor of weights holds its own values in random order."""
    from maskrcnn_core.model import MaskRCNN

    other = MaskRCNN(model.config)
    random = np.random.default_rng(seed)
    other.set_weights(
        [random.permutation(values.ravel()).reshape(values.shape) for values in model.get_weights()]
    )
    return other


def resemblance(model: Any, other: Any, trace: Trace, detection: int, name: str, method: Method) -> float:
    """Return how much a map of ``model`` resembles that of ``other``, see ``shuffled``: Spearman's rank correlation.

    -1 to 1; near 0 means that the map speaks of what was learned, near 1 that any weights give it. Compared within
    the detection's box alone: outside there is little, whatever the weights. NaN where a map has but one value there.
    name: the tensor that ``method`` gives a map of.
    """
    box, _ = target_of(trace, detection)
    y1, x1, y2, x2 = (float(v) for v in box)
    inside = selected(trace, name, Part(region=(y1, x1, y2, x2)))[..., 0]
    maps = [method(model, trace)[inside], method(other, seen_by(other, trace))[inside]]
    return rank_correlation(*maps)


def seen_by(other: Any, trace: Trace) -> Trace:
    """Return ``trace`` with the features and scores of ``other`` and the choices of the model that made it."""
    features = other.trace(trace["image.original"])
    first = STAGES.index("proposals")
    mixed = Trace(config=trace.config)
    mixed.update({name: features[name] for name in features if STAGES.index(spec_of(name).stage) < first})
    mixed.update({name: trace[name] for name in trace if STAGES.index(spec_of(name).stage) >= first})
    return mixed


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return Spearman's rank correlation of two arrays, equal values sharing their rank; NaN where one is flat."""
    from scipy.stats import rankdata

    ranks = [rankdata(np.ravel(values)) for values in (a, b)]
    spread = [values.std() for values in ranks]
    if not all(spread):
        return float("nan")
    return float(
        np.mean((ranks[0] - ranks[0].mean()) * (ranks[1] - ranks[1].mean())) / (spread[0] * spread[1])
    )


def deletion(
    model: Any,
    trace: Trace,
    detection: int,
    importance: np.ndarray,
    steps: int = 16,
    cell: int = 8,
    insert: bool = False,
) -> Curve:
    """Take cells of the network input away, the most important first, and run the model on what is left.

    importance: (y, x), of the network input or of a map on it. steps: of the curve, closer together where little is
    gone. cell: side, px; single pixels are no fair question, since speckle of any order destroys what a model sees.
    insert: give the cells instead, to an image of the mean colour.
    Raises: ValueError for an importance that does not fit the network input.
    """
    image = np.asarray(trace[IMAGE])
    cells = in_cells(importance, image.shape[:2], cell)
    order = np.argsort(-cells.ravel(), kind="stable")
    shares = np.linspace(0, 1, steps + 1) ** 2
    probs, log_odds = np.zeros((2, steps + 1))
    for place, share in enumerate(shares):
        chosen = np.zeros(cells.size, bool)
        chosen[order[: round(share * len(order))]] = True
        shown = _grown(chosen.reshape(cells.shape), cell, image.shape[:2])[..., None]
        edited = np.where(shown if insert else ~shown, image, np.float32(0))
        probs[place], log_odds[place] = support_of(trace, detection, model.replay(trace, {IMAGE: edited}))
    return Curve(shares, probs, log_odds)


def random_order(trace: Trace, seed: int) -> np.ndarray:
    """Return an importance (y, x) that knows nothing, to compare a deletion curve with."""
    y, x = trace.shape(IMAGE)[:2]
    return np.random.default_rng(seed).random((y, x))


def in_cells(importance: np.ndarray, size: tuple[int, ...], cell: int) -> np.ndarray:
    """Return the sums of ``importance`` over cells of ``cell`` px of a network input of ``size``.

    Raises: ValueError where it does not fit the network input.
    """
    stride = max(1, round(size[0] / importance.shape[0]))
    pixels = _grown(importance, stride, size)
    fits = [
        side in (length // stride, -(-length // stride))
        for side, length in zip(importance.shape, size, strict=True)
    ]
    if pixels.shape != tuple(size) or not all(fits):
        raise ValueError(
            f"wanted an importance (y, x) of the network input {tuple(size)}, received {importance.shape}"
        )
    rows, columns = (np.arange(0, length, cell) for length in size)
    return np.asarray(np.add.reduceat(np.add.reduceat(pixels, rows, axis=0), columns, axis=1))


def _grown(cells: np.ndarray, side: int, size: tuple[int, ...]) -> np.ndarray:
    """Return each cell as ``side`` x ``side`` px, cut at ``size``."""
    return cells.repeat(side, axis=0).repeat(side, axis=1)[: size[0], : size[1]]
