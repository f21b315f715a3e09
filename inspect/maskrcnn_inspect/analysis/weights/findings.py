"""Findings: what the rules say, and where.

A ``Finding`` adds to the ``Verdict`` of a rule where it was found and, from the rule's words, why it matters and what
to do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .rules.registry import RULES
from .rules.rule import SEVERITIES, Verdict

__all__ = ["SEVERITIES", "Finding", "Verdict", "by_severity", "finding", "json_number", "worst"]


@dataclass(frozen=True)
class Finding:
    """A verdict with its place and its meaning."""

    rule: str
    layer: str  # "backbone.conv1"; "" for the whole file
    variable: str  # "kernel"; "" for the whole layer
    severity: str
    value: float
    threshold: float
    detail: str
    why: str
    advice: str

    @property
    def place(self) -> str:
        """Return layer and variable as one name, or "whole file"."""
        return ".".join(part for part in (self.layer, self.variable) if part) or "whole file"

    def as_json(self) -> dict[str, Any]:
        """Return the finding for a JSON file, in which no NaN or infinity may stand."""
        return {key: json_number(value) for key, value in asdict(self).items()}


def finding(rule: str, place: str, verdict: Verdict, whole_layer: bool = False) -> Finding:
    """Return the finding of ``rule`` at ``place``, a variable's or (``whole_layer``) a layer's name."""
    layer, _, variable = (place, "", "") if whole_layer else place.rpartition(".")
    words = RULES[rule]
    return Finding(
        rule=rule,
        layer=layer,
        variable=variable,
        severity=verdict.severity,
        value=verdict.value,
        threshold=verdict.threshold,
        detail=verdict.detail,
        why=words.why,
        advice=words.advice,
    )


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Return the worst first; among equals the order given, which is the network's."""
    return sorted(findings, key=lambda each: SEVERITIES.index(each.severity))


def worst(findings: Iterable[Finding]) -> str | None:
    """Return the worst severity, or None without findings."""
    present = {each.severity for each in findings}
    return next((severity for severity in SEVERITIES if severity in present), None)


def json_number(value: Any) -> Any:
    """Return floats that JSON lacks as text: "NaN", "Infinity", "-Infinity"."""
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
