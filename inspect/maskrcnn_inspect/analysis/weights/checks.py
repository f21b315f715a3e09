"""Check a checkpoint: every rule on every layer, read one layer at a time.

Inputs: a file of weights in any layout, or arrays by flat name. Outputs: a ``Report`` with what was measured and the
findings, worst first. Needs no TensorFlow. The order of work: open, audit, then for each layer of the network read its
variables, apply the rules that know them, and let them go.

Laws: each fault is reported once, by the rule that names it best; a rule that cannot judge is silent.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from maskrcnn_core.weights.names import layer_of
from maskrcnn_core.weights.opening import open_weights
from maskrcnn_core.weights.report import LoadReport
from maskrcnn_core.weights.stored import StoredWeights

from .findings import SEVERITIES, Finding, by_severity, finding, worst
from .layer_checks import VariableStats, check_layer
from .load_audit import audit_file
from .network import in_network_order, variable_of
from .rules.registry import in_scope
from .rules.rule import apply
from .rules.thresholds import Thresholds

FREE_CLAIM_BYTES = 2**28  # what any file may claim; the largest layer of the classic model has 51 MB
MAX_CLAIM = 16  # bytes of arrays a byte of the file: weights pack about 1.1 to 1, sparse ones better

Layer = tuple[str, dict[str, np.ndarray]]  # name, variable -> array
Progress = Callable[[str, int, int], None]  # layer, values read so far, values in all


@dataclass(frozen=True)
class Report:
    """What was measured and found in a set of weights. Layers are in the order of the network."""

    source: str  # path, or "arrays"
    layout: str
    thresholds: Thresholds
    variables: tuple[VariableStats, ...]
    findings: tuple[Finding, ...]  # worst first
    judged: dict[str, frozenset[str]]  # layer -> rules that looked at it
    audit: LoadReport | None = None
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def layers(self) -> tuple[str, ...]:
        """Return the layers' names."""
        return tuple(self.judged)

    @property
    def worst(self) -> str | None:
        """Return the worst severity found, or None."""
        return worst(self.findings)

    def count(self, severity: str) -> int:
        """Return the number of findings of a severity."""
        return sum(each.severity == severity for each in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the report for a JSON file, in which no NaN or infinity may stand."""
        counts = {severity: self.count(severity) for severity in SEVERITIES}
        return {
            "source": self.source,
            "layout": self.layout,
            "counts": counts,
            "findings": [each.as_json() for each in self.findings],
            "variables": [each.as_json() for each in self.variables],
            "load_audit": dataclasses.asdict(self.audit) if self.audit else None,
            "thresholds": dict(self.thresholds.values),
            "provenance": self.provenance,
        }

    def with_findings(self, more: Iterable[Finding]) -> Report:
        """Return the report with findings of other checks added, such as those of a series."""
        return dataclasses.replace(self, findings=tuple(by_severity([*self.findings, *more])))

    def of_layer(self, layer: str) -> tuple[Finding, ...]:
        """Return the findings on one layer."""
        return tuple(each for each in self.findings if each.layer == layer)


def check_file(
    path: str | Path,
    limits: Thresholds | None = None,
    spectra: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Return the report on a file of weights.

    spectra: apply the rules on singular values too, which take longer than reading.
    Raises: ValueError for a file that cannot be read as weights, with what was found instead.
    """
    limits = limits or Thresholds()
    with open_weights(path) as stored:
        check_claims(stored)
        result = audit_file(stored)
        layers = _reported(read_layers(stored), stored, progress)
        report = check_layers(layers, limits, spectra, source=str(path), layout=stored.layout)
        verdicts = apply(in_scope("file"), result, limits)
        audited = [finding(rule, "", verdict) for rule, verdict in verdicts.items() if verdict]
        return Report(
            source=report.source,
            layout=stored.layout,
            thresholds=limits,
            variables=report.variables,
            findings=tuple(by_severity([*audited, *report.findings])),
            judged=report.judged,
            audit=result,
            provenance=dict(stored.provenance),
        )


def check_arrays(
    arrays: Mapping[str, np.ndarray], limits: Thresholds | None = None, spectra: bool = False
) -> Report:
    """Return the report on arrays by flat name, such as a model's in training."""
    layers = (
        (layer, {variable: np.asarray(arrays[name]) for variable, name in names.items()})
        for layer, names in by_layer(arrays).items()
    )
    return check_layers(layers, limits or Thresholds(), spectra)


def check_layers(
    layers: Iterable[Layer], limits: Thresholds, spectra: bool, source: str = "arrays", layout: str = "arrays"
) -> Report:
    """Apply the rules layer by layer; each layer's arrays may be forgotten after it."""
    variables: list[VariableStats] = []
    findings: list[Finding] = []
    judged: dict[str, frozenset[str]] = {}
    for name, arrays in layers:
        checked = check_layer(name, arrays, limits, spectra)
        variables += checked.variables
        findings += [finding(rule, f"{name}.{variable}", v) for rule, variable, v in checked.verdicts]
        judged[name] = checked.judged
    return Report(source, layout, limits, tuple(variables), tuple(by_severity(findings)), judged)


def check_claims(stored: StoredWeights) -> None:
    """Refuse a file that claims far more than it is: packed zeros, or one array under many names.

    Raises: ValueError with what it claims.
    """
    sizes = [prod(array.shape) * array.dtype.itemsize for array in stored.arrays.values()]
    limit = max(FREE_CLAIM_BYTES, MAX_CLAIM * stored.path.stat().st_size)
    if sum(sizes) > limit:
        raise ValueError(
            f"{stored.path}: its arrays claim {sum(sizes):,} bytes in all, more than {MAX_CLAIM} times the file"
        )
    if max(sizes, default=0) > max(FREE_CLAIM_BYTES, stored.path.stat().st_size):
        raise ValueError(f"{stored.path}: an array claims {max(sizes):,} bytes, more than the whole file")


def read_layers(stored: StoredWeights) -> Iterator[Layer]:
    """Give the layers of an open file one after the other, each read when it is asked for."""
    for layer, names in by_layer(stored.arrays).items():
        yield layer, {variable: stored.arrays[name].read() for variable, name in names.items()}


def by_layer(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return layer -> variable -> flat name, in the order of the network."""
    layers: dict[str, dict[str, str]] = defaultdict(dict)
    for name in in_network_order(names):
        layers[layer_of(name)][variable_of(name)] = name
    return dict(layers)


def _reported(layers: Iterable[Layer], stored: StoredWeights, progress: Progress | None) -> Iterator[Layer]:
    """Pass ``layers`` on and say after each how much of the file is done."""
    total = sum(prod(array.shape) for array in stored.arrays.values())
    done = 0
    for name, arrays in layers:
        yield name, arrays
        done += sum(array.size for array in arrays.values())
        if progress:
            progress(name, done, total)
