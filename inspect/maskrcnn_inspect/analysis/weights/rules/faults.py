"""Faults to put into what is healthy, to prove that a rule finds them: what the rules' own faults are made of.

A fault changes copies of arrays by flat name, in place, at one layer and in one size. ``implies`` names rules of error
severity that rightly speak up as well: 70,000 is too large for float16, and an explosion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..network import unit_axis
from .filters import as_filters

Arrays = dict[str, np.ndarray]
Change = Callable[[Arrays, str, float, np.random.Generator], None]

KERNELS = (
    "backbone.conv1",
    "backbone.res2a_branch2a",
    "backbone.res4a_branch1",
    "backbone.res5a_branch2b",
    "fpn.c4p4",
    "fpn.p2",
    "rpn.conv_shared",
    "box_head.class_conv1",
    "box_head.class_conv2",
    "mask_head.mask_conv2",
    "mask_head.mask_deconv",
)
OUTPUTS = ("rpn.class_raw", "rpn.bbox_pred", "box_head.class_logits", "box_head.bbox_fc", "mask_head.mask")
NORMS = ("norm of conv1", "norm of res3a_branch2b", "norm of res5a_branch1")  # names differ by backbone
CLASSIFIER = ("box_head.class_logits",)
ALL = KERNELS + OUTPUTS
LAYERS = ("backbone.conv1", "backbone.res4a_branch2b", "fpn.p3", "rpn.conv_shared", "mask_head.mask_deconv")


@dataclass(frozen=True)
class Fault:
    """A way in which weights go wrong."""

    kind: str
    variable: str
    layers: tuple[str, ...]
    sizes: tuple[float, ...]
    unit: str  # of the sizes
    change: Change
    implies: tuple[str, ...] = ()
    min_size: int = 0  # min(fan-in, filters) from which the rule judges a kernel
    faint: tuple[float, ...] = ()  # sizes on the harmless side of the line, where silence is right


class Faulty(NamedTuple):
    """Faulty content for the check of a rule's scope, when the fault is none of a single variable.

    content: saves, or two of them as a step (``series``); gradients by flat name; tensors by name (``trace``); a
    ``LoadReport`` (``file``).
    """

    kind: str
    size: str
    place: str  # the layer or tensor at which the rule must fire
    content: Any


def some(count: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Return indices of a share of ``count``: one at least, and not all unless the share is 1."""
    chosen = min(max(1, round(share * count)), count if share >= 1 else count - 1)
    return rng.choice(count, chosen, replace=False)


def on_entries(value: Callable[[np.ndarray, np.ndarray], object]) -> Change:
    """Make a change that puts ``value(array, chosen entries)`` in a share of the entries."""

    def change(arrays: Arrays, name: str, size: float, rng: np.random.Generator) -> None:
        flat = arrays[name].reshape(-1)
        chosen = some(flat.size, size, rng)
        flat[chosen] = value(flat, flat[chosen])

    return change


def on_filters(edit: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]) -> Change:
    """Make a change that replaces a kernel seen as (fan_in, filter)."""

    def change(arrays: Arrays, name: str, size: float, rng: np.random.Generator) -> None:
        kernel, axis = arrays[name], unit_axis(name)
        moved = np.moveaxis(kernel, axis, -1)
        edited = edit(as_filters(kernel, axis).astype(np.float64), size, rng).reshape(moved.shape)
        arrays[name] = np.ascontiguousarray(np.moveaxis(edited, -1, axis)).astype(np.float32)

    return change


def whole(edit: Callable[[np.ndarray, float], np.ndarray]) -> Change:
    """Make a change that replaces an array."""

    def change(arrays: Arrays, name: str, size: float, rng: np.random.Generator) -> None:
        arrays[name] = edit(arrays[name], size).astype(np.float32)

    return change


def scaled_filters(factor: float) -> Change:
    """Make a change that scales a share of the filters."""

    def edit(kernel: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
        kernel[:, some(kernel.shape[1], share, rng)] *= factor
        return kernel

    return on_filters(edit)


def same_norm(changed: np.ndarray, original: np.ndarray) -> np.ndarray:
    """Return ``changed`` with the norm of ``original``."""
    return changed * np.linalg.norm(original) / np.linalg.norm(changed)


def put(value: float) -> Change:
    """Make a change that puts ``value`` in a share of the entries."""
    return on_entries(lambda array, chosen: value)


def times(factor: float) -> Change:
    """Make a change that scales a share of the entries."""
    return on_entries(lambda array, chosen: factor * chosen)


def moved(arrays: Arrays, amount: float, rng: np.random.Generator) -> Arrays:
    """Return ``arrays`` after a healthy step: each changed by ``amount`` of its spread."""
    return {
        n: a + (amount * a.std() * rng.standard_normal(a.shape)).astype(np.float32) for n, a in arrays.items()
    }


def healthy_saves(healthy: Arrays, rng: np.random.Generator) -> list[Arrays]:
    """Return four saves of a training that goes well."""
    saves = [healthy, moved(healthy, 0.01, rng)]
    return [*saves, moved(saves[-1], 0.01, rng), moved(saves[-1], 0.02, rng)]


def healthy_activations(rng: np.random.Generator) -> Arrays:
    """Make activations as a working network has them."""
    maps = {
        f"backbone.c{n}": np.maximum(rng.standard_normal((64 >> n, 64 >> n, 8 * n)), 0) for n in (2, 3, 4, 5)
    }
    maps |= {f"fpn.p{n}": rng.standard_normal((64 >> n, 64 >> n, 16)) for n in (2, 3, 4, 5)}
    return maps | {
        "rpn.logits": rng.standard_normal((300, 2)),
        "mask_head.logits": 8 * rng.standard_normal((5, 28, 28, 4)),
    }
