"""A rule: one object that holds its check, its words, its thresholds and the faults that prove it.

A rule is the ``RULE`` of a file, which an entry point ``maskrcnn.rules`` names. Its ``scope`` says
what it looks at, and so what ``check`` and ``judges`` are given:

=========== =====================================================================================================
weights     a ``subjects.Variable``; with ``looks_at=LAYER`` a ``subjects.LayerArrays``, of which ``variable`` is judged
spectrum    a ``subjects.Variable``, of which it takes the singular values
series      a ``subjects.KernelSeries``: a kernel at every save, or before and after a step
gradient    the gradient of a kernel, as an array
trace       a ``subjects.Activation``
file        a ``maskrcnn_core.weights.report.LoadReport``
=========== =====================================================================================================

Law: a rule that cannot judge is silent, and leaves what another rule names better to that one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .faults import Arrays, Fault, Faulty

SEVERITIES = ("error", "warning", "info")  # worst first
SCOPES = ("file", "weights", "spectrum", "series", "gradient", "trace")

# What a rule on weights looks at; findings of a variable come in this order.
WHOLE, CHANNELS, SIZES, FILTERS, SPECTRUM, LAYER = range(6)


@dataclass(frozen=True)
class Verdict:
    """What a rule found in an array."""

    severity: str  # one of SEVERITIES
    value: float  # what was measured, in the threshold's unit
    threshold: float  # the line that it crossed
    detail: str  # the same as a sentence, with counts and places


@dataclass(frozen=True)
class Limits:
    """Thresholds of rules by name, each an attribute as well: ``limits.dead_filter_ratio``."""

    values: Mapping[str, float]

    def __getattr__(self, name: str) -> float:
        """Return a threshold. Raises: AttributeError where no rule has one of this name."""
        if name == "values" or name not in self.values:
            raise AttributeError(f"wanted a threshold of a rule, received {name!r}")
        return self.values[name]


def _always(_subject: Any) -> bool:
    return True


@dataclass(frozen=True)
class Rule:
    """One rule.

    judges: whether it can judge a subject. check: the verdict on a subject, None where all is well.
    silenced_by: rules whose verdict on the same subject says more. variable: of a layer, what the finding is about.
    thresholds: names and defaults of those that it is the first to need; other rules may use them too.
    faults: put into one variable. faulty: gives content with a fault, where it is none of a single variable.
    """

    name: str
    title: str  # short enough for a column
    scope: str  # one of SCOPES
    place: int  # among the columns: from what breaks a model at once to what is worth a look
    why: str  # its finding matters
    advice: str
    source: str
    check: Callable[[Any, Limits], Verdict | None]
    judges: Callable[[Any], bool] = _always
    looks_at: int = WHOLE
    variable: str = ""
    silenced_by: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    faulty: Callable[[Arrays, np.random.Generator], Iterator[Faulty]] | None = None

    def __post_init__(self) -> None:
        if self.scope not in SCOPES:
            raise ValueError(
                f"rule {self.name}: wanted a scope of {', '.join(SCOPES)}, received {self.scope!r}"
            )


def graded(share: float, warning: float, error: float) -> tuple[str, float]:
    """Return severity and crossed threshold of a ``share`` that is harmless, doubtful or fatal by its size."""
    if share >= error:
        return "error", error
    if share >= warning:
        return "warning", warning
    return "info", 0.0


def in_turn(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return ``rules`` in the order in which they are asked: those that others silence come after them."""
    return tuple(sorted(rules, key=lambda one: (one.looks_at, bool(one.silenced_by))))


def apply(rules: tuple[Rule, ...], subject: Any, limits: Limits) -> dict[str, Verdict | None]:
    """Return what ``rules``, which are in turn, say of ``subject``, by name; silenced ones are left out.

    So are those that cannot judge it.
    """
    results: dict[str, Verdict | None] = {}
    for rule in rules:
        if not any(results.get(name) for name in rule.silenced_by) and rule.judges(subject):
            results[rule.name] = rule.check(subject, limits)
    return results
