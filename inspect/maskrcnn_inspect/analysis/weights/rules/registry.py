"""All rules: each is an entry point ``maskrcnn.rules``, ours in the folders of this package, others in their own."""

from __future__ import annotations

from functools import cache

from maskrcnn_core.runtime.plugins import offered

from .rule import Rule, in_turn


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of the overview's columns.

    Raises: ValueError for an entry that is no rule, for two of one name, or two that own one threshold.
    """
    found = {name: entry.load() for name, entry in offered("maskrcnn.rules").items()}
    for name, rule in found.items():
        if not isinstance(rule, Rule):
            raise ValueError(
                f"entry point {name!r} of maskrcnn.rules: wanted a Rule, received {type(rule).__name__}; name its RULE"
            )
    return checked(tuple(sorted(found.values(), key=lambda rule: rule.place)))


def checked(found: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return ``found``, in which no name and no threshold stands twice."""
    for names in ([rule.name for rule in found], [name for rule in found for name in rule.thresholds]):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"wanted one rule a name and one owner a threshold, received two of {twice[0]!r}"
            )
    return found


RULES: dict[str, Rule] = {rule.name: rule for rule in rules()}


def of_scope(*scopes: str) -> tuple[str, ...]:
    """Return the names of the rules of ``scopes``, in order."""
    return tuple(rule.name for rule in rules() if rule.scope in scopes)


@cache
def in_scope(*scopes: str) -> tuple[Rule, ...]:
    """Return the rules of ``scopes``, in the order in which they are asked."""
    return in_turn(rule for rule in rules() if rule.scope in scopes)
