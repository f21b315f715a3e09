"""Apply the rules to one layer.

Inputs: the arrays of one layer by variable. Outputs: statistics of each, verdicts, and the rules that could judge. A
rule that explains a fault silences those that would only repeat it: what is not finite is left out before anything
else looks, a zero kernel is not also dead and symmetric, equal filters are not also duplicates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .findings import Verdict, json_number
from .moments import Moments
from .rules.registry import in_scope
from .rules.rule import LAYER, Limits, Rule, apply
from .rules.spectra import fitted_alpha, measured_effective_rank, measured_stable_rank
from .rules.subjects import LayerArrays, Variable


@dataclass(frozen=True)
class VariableStats:
    """One variable in numbers."""

    name: str
    shape: tuple[int, ...]
    size: int
    moments: Moments  # of its finite values
    initial_std: float  # He's, for a kernel; 0 otherwise
    stable_rank: float | None = None
    effective_rank: float | None = None
    alpha: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the numbers for a JSON file."""
        flat = asdict(self)
        flat |= flat.pop("moments")
        return {key: json_number(value) for key, value in flat.items()}


@dataclass(frozen=True)
class CheckedLayer:
    """All that was measured and found in a layer."""

    variables: tuple[VariableStats, ...]
    verdicts: tuple[tuple[str, str, Verdict], ...]  # rule, variable, verdict
    judged: frozenset[str]  # rules that looked at it, whatever they found


def check_layer(layer: str, arrays: Mapping[str, np.ndarray], limits: Limits, spectra: bool) -> CheckedLayer:
    """Apply every rule that knows the variables of ``layer``."""
    rules = in_scope("weights", "spectrum")
    of_variables = tuple(rule for rule in rules if rule.looks_at != LAYER)
    of_layers = tuple(rule for rule in rules if rule.looks_at == LAYER)
    arrays = {variable: _as_floats(values) for variable, values in arrays.items()}
    stats, verdicts, judged = [], [], set()
    for variable, values in arrays.items():
        subject = Variable(layer, variable, values, limits, spectra)
        results = apply(of_variables, subject, limits)
        stats.append(_stats(subject, limits))
        judged |= set(results)
        verdicts += [(rule, variable, verdict) for rule, verdict in results.items() if verdict]
    results = apply(of_layers, LayerArrays(layer, arrays, limits), limits)
    verdicts += [(rule, place_of(rule, of_layers), verdict) for rule, verdict in results.items() if verdict]
    return CheckedLayer(tuple(stats), tuple(verdicts), frozenset(judged | set(results)))


def place_of(name: str, rules: tuple[Rule, ...]) -> str:
    """Return the variable that a rule on a whole layer speaks of."""
    return next(rule.variable for rule in rules if rule.name == name)


def _as_floats(values: np.ndarray) -> np.ndarray:
    """Return float32 or wider: sums of float16 overflow."""
    return np.asarray(values, np.float64 if values.dtype.itemsize > 4 else np.float32)


def _stats(subject: Variable, limits: Limits) -> VariableStats:
    values, sigma = subject.values, subject.sigma
    initial = subject.initial_stds[0] if subject.is_kernel else 0.0
    if not sigma.size:
        return VariableStats(subject.name, values.shape, values.size, subject.moments, initial)
    return VariableStats(
        subject.name,
        values.shape,
        values.size,
        subject.moments,
        initial,
        measured_stable_rank(sigma),
        measured_effective_rank(sigma),
        fitted_alpha(sigma, limits),
    )
