"""Check a series of checkpoints, a training step or its gradients with the rules on change.

Enters: files of weights, or arrays by flat name. Leaves: findings, worst first, in the order of the network. Files are
read together, layer by layer: of each layer the first save, the one before and the current one are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

from maskrcnn_core.weights.opening import open_weights

from .findings import Finding, Verdict, by_severity, finding
from .network import in_network_order, initial_stds, is_kernel, unit_axis
from .rules import weight_series
from .rules.thresholds import Thresholds
from .rules.weight_rules import as_filters

Arrays = Mapping[str, np.ndarray]
Read = Callable[[str], np.ndarray]


def check_series_files(
    paths: Sequence[str | Path], limits: Thresholds | None = None, frozen: Sequence[str] = ()
) -> list[Finding]:
    """Return the findings on checkpoints of one model, oldest first.

    frozen: names or glob patterns of layers that are not trained, ``backbone.*``.
    Raises: ValueError for a file that cannot be read.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(open_weights(path)) for path in paths]
        shapes = [{name: array.shape for name, array in file.arrays.items()} for file in files]
        readers = [lambda name, file=file: file.arrays[name].read() for file in files]
        return _check(shapes, readers, limits or Thresholds(), frozen)


def check_series(
    saves: Sequence[Arrays], limits: Thresholds | None = None, frozen: Sequence[str] = ()
) -> list[Finding]:
    """Return the findings on saves of one model's arrays, oldest first. See ``check_series_files``."""
    shapes = [{name: array.shape for name, array in save.items()} for save in saves]
    return _check(shapes, [save.__getitem__ for save in saves], limits or Thresholds(), frozen)


def check_step(before: Arrays, after: Arrays, limits: Thresholds | None = None) -> list[Finding]:
    """Return the findings on one training step: kernels that moved too much or too little."""
    limits = limits or Thresholds()
    found = []
    for name in _common_kernels([{n: a.shape for n, a in save.items()} for save in (before, after)]):
        verdict = weight_series.update_ratio(
            before[name], after[name], limits, _initial_norm(name, before[name])
        )
        found += [finding("update_ratio", name, verdict)] if verdict else []
    return by_severity(found)


def check_gradients(gradients: Arrays, limits: Thresholds | None = None) -> list[Finding]:
    """Return the findings on gradients by flat name of their variable; kernels alone are judged."""
    limits = limits or Thresholds()
    found = []
    for name in _common_kernels([{n: g.shape for n, g in gradients.items()}]):
        verdict = weight_series.vanishing_gradient(gradients[name], limits)
        found += [finding("vanishing_gradient", name, verdict)] if verdict else []
    return by_severity(found)


def _check(
    shapes: Sequence[Mapping[str, tuple[int, ...]]],
    readers: Sequence[Read],
    limits: Thresholds,
    frozen: Sequence[str],
) -> list[Finding]:
    found: list[Finding] = []
    if len(shapes) < 2:
        return found
    for name in _common_kernels(shapes):
        verdicts = _over_time(name, readers, limits)
        if any(
            fnmatchcase(name, pattern) or fnmatchcase(name.rpartition(".")[0], pattern) for pattern in frozen
        ):
            verdicts.pop("never_trained")
        found += [finding(rule, name, verdict) for rule, verdict in verdicts.items() if verdict]
    return by_severity(found)


def _over_time(name: str, readers: Sequence[Read], limits: Thresholds) -> dict[str, Verdict | None]:
    """Apply the rules on change to one kernel, read save by save; only the first where a save is not finite."""
    never = weight_series.never_trained((read(name) for read in readers), limits)
    first = before = readers[0](name)
    initial_norm = _initial_norm(name, first)
    update: Verdict | None = None
    for read in readers[1:]:
        after = read(name)
        update = _worse(
            update, weight_series.update_ratio(before, after, limits, initial_norm, one_step=False)
        )
        before = after
    if not (np.isfinite(first).all() and np.isfinite(before).all()):
        return {"never_trained": never}
    axis, std = unit_axis(name), initial_stds(name, first.shape, limits.input_std)[0]
    growth = weight_series.spectral_growth(as_filters(first, axis), as_filters(before, axis), std, limits)
    return {"never_trained": never, "update_ratio": update, "spectral_growth": growth}


def _worse(one: Verdict | None, other: Verdict | None) -> Verdict | None:
    """Return the verdict of the worse severity, the earlier one of equals."""
    verdicts = [verdict for verdict in (one, other) if verdict]
    return min(
        verdicts, key=lambda verdict: ("error", "warning", "info").index(verdict.severity), default=None
    )


def _common_kernels(shapes: Sequence[Mapping[str, tuple[int, ...]]]) -> list[str]:
    """Return the kernels that all have, of one shape. Biases and norms may rightly stay or jump."""
    common = [
        name
        for name, shape in shapes[0].items()
        if is_kernel(name, shape) and all(other.get(name) == shape for other in shapes[1:])
    ]
    return in_network_order(common)


def _initial_norm(name: str, kernel: np.ndarray) -> float:
    """Return the norm that He's initialiser gives: output layers start far below, and their growth is no fault."""
    return initial_stds(name, kernel.shape, 1.0)[0] * float(np.sqrt(kernel.size))
