"""Faults of what changes and of what runs: series of checkpoints, gradients, activations, files that do not fit.

Each case is a tuple (rule, kind, size, place, hit, false alarms, also), the fields of ``weight_faults.Case``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from maskrcnn_core.weights.names import layer_of
from maskrcnn_core.weights.report import compare
from maskrcnn_inspect.analysis.weights.findings import Finding
from maskrcnn_inspect.analysis.weights.load_audit import load_audit
from maskrcnn_inspect.analysis.weights.rules.thresholds import Thresholds
from maskrcnn_inspect.analysis.weights.series_checks import check_gradients, check_series, check_step
from maskrcnn_inspect.analysis.weights.trace_checks import check_trace

Arrays = dict[str, np.ndarray]
Fields = tuple[str, str, str, str, bool, tuple[str, ...], frozenset[str]]

LAYERS = ("backbone.conv1", "backbone.res4a_branch2b", "fpn.p3", "rpn.conv_shared", "mask_head.mask_deconv")


def other_cases(healthy: Arrays) -> Iterator[Fields]:
    """Return all cases that are no fault of a single tensor."""
    rng = np.random.default_rng(1)
    yield from _series(healthy, rng)
    yield from _steps(healthy, rng)
    yield from _gradients(healthy, rng)
    yield from _activations(rng)
    yield from _files(healthy)


def moved(arrays: Arrays, amount: float, rng: np.random.Generator) -> Arrays:
    """Return ``arrays`` after a healthy step: each changed by ``amount`` of its spread."""
    return {
        n: a + (amount * a.std() * rng.standard_normal(a.shape)).astype(np.float32) for n, a in arrays.items()
    }


def _outcome(rule: str, kind: str, size: str, place: str, findings: list[Finding]) -> Fields:
    wrong = {
        f"{e.rule} at {e.place}"
        for e in findings
        if e.severity == "error" and (e.rule, e.layer) != (rule, place)
    }
    hit = any(e.rule == rule and place in ("file", e.layer) for e in findings)
    also = frozenset(e.rule for e in findings) - {rule}
    return rule, kind, size, place, hit, tuple(sorted(wrong)), also


def _series(healthy: Arrays, rng: np.random.Generator) -> Iterator[Fields]:
    saves = [healthy, moved(healthy, 0.01, rng)]
    saves += [moved(saves[-1], 0.01, rng), moved(saves[-1], 0.02, rng)]
    for layer in LAYERS:
        kernel = f"{layer}.kernel"
        for kind, noise in (("no change", 0.0), ("changes below 1e-6", 1e-7)):
            stuck = [dict(save) for save in saves]
            for save in stuck:
                save[kernel] = healthy[kernel] * np.float32(1 + noise * rng.standard_normal())
            yield _outcome("never_trained", kind, f"{len(saves)} saves", layer, check_series(stuck))
        for growth in (3.0, 6.0):  # a save; with the last, 27 and 216 times in all
            grown = [save | {kernel: growth**t * save[kernel]} for t, save in enumerate(saves)]
            yield _outcome(
                "spectral_growth", "kernel grows with every save", f"{growth:g}", layer, check_series(grown)
            )


def _steps(healthy: Arrays, rng: np.random.Generator) -> Iterator[Fields]:
    after = moved(healthy, 1e-3, rng)
    for layer in LAYERS:
        kernel = f"{layer}.kernel"
        for amount in (1e-9, 1e-5, 0.5, 100.0):
            change = amount * healthy[kernel].std() * rng.standard_normal(healthy[kernel].shape)
            before = {n: a.astype(np.float64) for n, a in healthy.items()}
            step = {n: a.astype(np.float64) for n, a in after.items()} | {kernel: before[kernel] + change}
            yield _outcome("update_ratio", "step", f"{amount:g} of the norm", layer, check_step(before, step))


def _gradients(healthy: Arrays, rng: np.random.Generator) -> Iterator[Fields]:
    gradients = {n: 1e-3 * rng.standard_normal(a.shape) for n, a in healthy.items()}
    for layer in LAYERS:
        kernel = f"{layer}.kernel"
        for factor in (0.0, 1e-6):
            faulty = gradients | {kernel: factor * gradients[kernel]}
            yield _outcome(
                "vanishing_gradient", "gradient scaled", f"{factor:g}", layer, check_gradients(faulty)
            )


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


def _activations(rng: np.random.Generator) -> Iterator[Fields]:
    healthy = healthy_activations(rng)
    for name in healthy:
        for kind, value in (("one NaN", np.nan), ("one infinity", np.inf)):
            faulty = healthy[name].copy()
            faulty.reshape(-1)[faulty.size // 2] = value
            yield _outcome(
                "non_finite_activation", kind, "1 cell", name, check_trace(healthy | {name: faulty})
            )
        yield from _of_kind(name, healthy)


def _of_kind(name: str, healthy: Arrays) -> Iterator[Fields]:
    """Put into an activation the faults that its rules know."""
    values = healthy[name]
    if name.startswith("backbone."):
        for share in (0.6, 0.9):
            faulty = values * (np.arange(values.shape[-1]) >= share * values.shape[-1])
            yield _outcome(
                "dead_relu", "units off", f"{share:g}", name, check_trace(healthy | {name: faulty})
            )
    if name.startswith(("backbone.", "fpn.")):
        for kind, faulty in (("flat", np.full_like(values, 0.5)), ("x 1e5", 1e5 * values)):
            yield _outcome("activation_range", kind, "all cells", name, check_trace(healthy | {name: faulty}))
    if name.endswith("logits"):
        for shift in (-100.0, 100.0):
            faulty = values + shift * (np.arange(values.shape[-1]) == 1 if name == "rpn.logits" else 1)
            yield _outcome(
                "saturated_sigmoid", "shifted", f"{shift:g}", name, check_trace(healthy | {name: faulty})
            )


def _files(healthy: Arrays) -> Iterator[Fields]:
    expected = {name: array.shape for name, array in healthy.items()}
    files = {
        "one variable missing": {n: s for n, s in expected.items() if n != "fpn.p2.bias"},
        "a stage missing": {n: s for n, s in expected.items() if not n.startswith("rpn.")},
        "backbone only": {n: s for n, s in expected.items() if n.startswith("backbone.")},
        "other number of classes": {n: _with_classes(n, s) for n, s in expected.items()},
        "a layer renamed": {n.replace("fpn.p3", "fpn.out3"): s for n, s in expected.items()},
        "nothing that fits": {f"other.{layer_of(n)}.{n[-3:]}": s for n, s in expected.items()},
    }
    for kind, found in files.items():
        verdict = load_audit(compare(found, expected), Thresholds())
        yield ("load_audit", kind, "", "file", verdict is not None, (), frozenset())


def _with_classes(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[:-1], shape[-1] + 3) if "class_logits" in name else shape
