"""Check a series of checkpoints, a training step or its gradients with the rules on change.

Inputs: files of weights, or arrays by flat name. Outputs: findings, worst first, in the order of the network. Files are
read together, layer by layer: of each layer the first save, the one before and the current one are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from maskrcnn_core.weights.opening import open_weights

from .findings import Finding, by_severity, finding
from .network import in_network_order, is_kernel
from .rules.registry import in_scope
from .rules.rule import apply
from .rules.subjects import KernelSeries
from .rules.thresholds import Thresholds

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
    found: list[Finding] = []
    for name in _common_kernels([{n: a.shape for n, a in save.items()} for save in (before, after)]):
        reads = [lambda save=save, name=name: save[name] for save in (before, after)]
        found += _judged("series", name, KernelSeries(name, reads, is_step=True), limits)
    return by_severity(found)


def check_gradients(gradients: Arrays, limits: Thresholds | None = None) -> list[Finding]:
    """Return the findings on gradients by flat name of their variable; kernels alone are judged."""
    found: list[Finding] = []
    for name in _common_kernels([{n: g.shape for n, g in gradients.items()}]):
        found += _judged("gradient", name, gradients[name], limits)
    return by_severity(found)


def _judged(scope: str, name: str, subject: Any, limits: Thresholds | None) -> list[Finding]:
    """Return the findings on one kernel, in the order of the rules."""
    results = apply(in_scope(scope), subject, limits or Thresholds())
    return [finding(rule, name, verdict) for rule, verdict in results.items() if verdict]


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
        is_frozen = any(
            fnmatchcase(name, pattern) or fnmatchcase(name.rpartition(".")[0], pattern) for pattern in frozen
        )
        reads = [lambda read=read, name=name: read(name) for read in readers]
        found += _judged("series", name, KernelSeries(name, reads, is_frozen=is_frozen), limits)
    return by_severity(found)


def _common_kernels(shapes: Sequence[Mapping[str, tuple[int, ...]]]) -> list[str]:
    """Return the kernels that all have, of one shape. Biases and norms may rightly stay or jump."""
    common = [
        name
        for name, shape in shapes[0].items()
        if is_kernel(name, shape) and all(other.get(name) == shape for other in shapes[1:])
    ]
    return in_network_order(common)
