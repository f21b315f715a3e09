"""Faults to put into healthy weights, one kind or more for each rule.

A fault changes copies of arrays by flat name, in place, at one layer and in one size. ``implies`` names rules of error
severity that rightly speak up as well: 70,000 is too large for float16, and an explosion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from maskrcnn_inspect.analysis.weights.network import unit_axis
from maskrcnn_inspect.analysis.weights.rules.weight_rules import as_filters

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


@dataclass(frozen=True)
class Fault:
    """A way in which weights go wrong."""

    rule: str  # that must fire
    kind: str
    variable: str
    layers: tuple[str, ...]
    sizes: tuple[float, ...]
    unit: str  # of the sizes
    change: Change
    implies: tuple[str, ...] = ()
    min_size: int = 0  # min(fan-in, filters) from which the rule judges a kernel
    faint: tuple[float, ...] = ()  # sizes on the harmless side of the line, where silence is right


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
    def edit(kernel: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
        kernel[:, some(kernel.shape[1], share, rng)] *= factor
        return kernel

    return on_filters(edit)


def copies(kernel: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Make a share of the filters copies of one, each with 1 % of noise."""
    chosen = some(kernel.shape[1], share, rng)
    one = kernel[:, [int(np.argmax(np.linalg.norm(kernel, axis=0)))]]
    kernel[:, chosen] = one + 0.01 * one.std() * rng.standard_normal((len(one), len(chosen)))
    return kernel


def twins(kernel: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Copy a share of the filters once each."""
    count = max(1, round(share * kernel.shape[1] / 2))
    order = rng.permutation(kernel.shape[1])
    kernel[:, order[:count]] = kernel[:, order[count : 2 * count]]
    return kernel


def equal(kernel: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    one = kernel[:, [int(np.argmax(np.linalg.norm(kernel, axis=0)))]]
    return one * (1 + noise * rng.standard_normal(kernel.shape))


def one_direction(kernel: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Add one direction, ``strength`` times the largest singular value; keep the norm."""
    u, v = rng.standard_normal((kernel.shape[0], 1)), rng.standard_normal((1, kernel.shape[1]))
    added = strength * np.linalg.norm(kernel, 2) * u @ v / (np.linalg.norm(u) * np.linalg.norm(v))
    return same_norm(kernel + added, kernel)


def few_directions(kernel: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Leave a share of the directions, equally strong."""
    u, sigma, v = np.linalg.svd(kernel, full_matrices=False)
    kept = max(1, round(share * sigma.size))
    return same_norm(u[:, :kept] @ v[:kept], kernel)


def heavy_tail(kernel: np.ndarray, alpha: float, rng: np.random.Generator) -> np.ndarray:
    """Give the spectrum a tail p(lambda) ~ lambda^-alpha, at evenly spaced quantiles."""
    u, sigma, v = np.linalg.svd(kernel, full_matrices=False)
    quantile = (np.arange(sigma.size) + 0.5) / sigma.size
    return same_norm(u * quantile ** (-0.5 / (alpha - 1)) @ v, kernel)


def same_norm(changed: np.ndarray, original: np.ndarray) -> np.ndarray:
    return changed * np.linalg.norm(original) / np.linalg.norm(changed)


def favour_by_bias(arrays: Arrays, name: str, size: float, rng: np.random.Generator) -> None:
    arrays[name][rng.integers(1, arrays[name].size)] += size


def favour_by_norm(arrays: Arrays, name: str, size: float, rng: np.random.Generator) -> None:
    arrays[name][..., rng.integers(1, arrays[name].shape[-1])] *= size


def untouched(arrays: Arrays, name: str, size: float, rng: np.random.Generator) -> None:
    arrays[name][:] = 1.0
    arrays[name.replace("moving_variance", "moving_mean")][:] = 0.0


def put(value: float) -> Change:
    """Make a change that puts ``value`` in a share of the entries."""
    return on_entries(lambda array, chosen: value)


def times(factor: float) -> Change:
    """Make a change that scales a share of the entries."""
    return on_entries(lambda array, chosen: factor * chosen)


many_std = on_entries(lambda array, chosen: 1e5 * array.std())
ALL = KERNELS + OUTPUTS
HALF = ("half_precision",)

FAULTS = (
    Fault("non_finite", "NaN", "kernel", ALL, (0.0, 0.01, 1.0), "entries", put(np.nan)),
    Fault("non_finite", "infinity", "kernel", ALL, (0.0, 0.5), "entries", put(np.inf)),
    Fault("non_finite", "NaN", "bias", ALL, (0.0, 1.0), "entries", put(np.nan)),
    Fault("non_finite", "NaN", "moving_variance", NORMS, (0.0, 1.0), "entries", put(np.nan)),
    Fault("all_zero", "zeros", "kernel", ALL, (0.0,), "value", whole(np.full_like)),
    Fault("all_zero", "constant", "kernel", ALL, (0.01, 1.0), "value", whole(np.full_like)),
    Fault("all_zero", "zeros", "gamma", NORMS, (0.0,), "value", whole(np.full_like)),
    Fault("exploding", "entries at 1e5 std", "kernel", ALL, (0.0, 0.01, 0.2), "entries", many_std, HALF),
    Fault("exploding", "entries at 500", "kernel", ALL, (0.0, 0.01), "entries", put(500)),
    Fault("exploding", "filters x 1e5", "kernel", KERNELS, (0.0, 0.1), "filters", scaled_filters(1e5), HALF),
    Fault("exploding", "entries at 5000", "bias", ALL, (0.0, 0.5), "entries", put(5000)),
    Fault("half_precision", "entries at 70000", "kernel", ALL, (0.0, 0.01), "entries", put(7e4), ("exploding",)),
    Fault("half_precision", "entries at 1e-6", "kernel", KERNELS, (0.05, 0.5), "entries", put(1e-6)),
    Fault("dead_filters", "filters x 0", "kernel", KERNELS, (0.0, 0.1, 0.6, 0.95), "filters", scaled_filters(0)),
    Fault(
        "dead_filters", "filters x 1e-5", "kernel", KERNELS, (0.0, 0.1, 0.6, 0.95), "filters", scaled_filters(1e-5)
    ),
    Fault(
        "symmetric_filters", "all filters one", "kernel", ALL, (0.0, 1e-7), "noise", on_filters(equal),
        faint=(1e-3,),
    ),
    Fault(
        "duplicate_filters", "copies of one", "kernel", KERNELS, (0.25, 0.9), "filters", on_filters(copies),
        faint=(0.1,),
    ),
    Fault(
        "duplicate_filters", "a copy each", "kernel", KERNELS, (0.4, 1.0), "filters", on_filters(twins),
        faint=(0.1,),
    ),
    Fault(
        "initial_spread", "scaled", "kernel", KERNELS, (1e-4, 100.0), "factor", whole(np.multiply),
        faint=(0.3, 3.0),
    ),
    Fault("outliers", "entries x 40", "kernel", KERNELS, (0.001, 0.01), "entries", times(40)),
    Fault(
        "class_bias", "bias of a class", "bias", CLASSIFIER, (-8.0, 4.0, 8.0), "logits", favour_by_bias,
        faint=(1.0,),
    ),
    Fault(
        "class_bias", "weights of a class", "kernel", CLASSIFIER, (4.0, 10.0), "factor", favour_by_norm,
        faint=(1.3,),
    ),
    Fault("gamma_collapsed", "gamma x 0", "gamma", NORMS, (0.05, 0.2, 0.6, 0.95), "channels", times(0)),
    Fault("gamma_collapsed", "gamma x 1e-4", "gamma", NORMS, (0.05, 0.6), "channels", times(1e-4)),
    Fault("norm_variance", "at 1e-8", "moving_variance", NORMS, (0.0, 0.5), "channels", put(1e-8)),
    Fault("norm_variance", "at 1e9", "moving_variance", NORMS, (0.0, 0.5), "channels", put(1e9)),
    Fault("norm_untouched", "as initialised", "moving_variance", NORMS, (1.0,), "channels", untouched),
    Fault(
        "stable_rank", "one direction added", "kernel", KERNELS, (10.0, 100.0), "strength",
        on_filters(one_direction), min_size=16, faint=(0.5,),
    ),
    Fault(
        "effective_rank", "few directions left", "kernel", KERNELS, (0.05, 0.02), "directions",
        on_filters(few_directions), min_size=16, faint=(0.3,),
    ),
    Fault(
        "power_law", "heavy tail", "kernel", KERNELS, (1.3, 1.6), "alpha", on_filters(heavy_tail), min_size=50,
        faint=(2.5,),
    ),
)  # fmt: skip
