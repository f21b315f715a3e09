"""All rules, found in the modules of this package's folders: a new rule is a new file there.

Another package offers its own as entry points ``maskrcnn.rules``, each a ``Rule``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from maskrcnn_core.runtime.plugins import offered

from .. import rules as package
from .rule import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of the overview's columns.

    Raises: ValueError for two of one name, or two that own one threshold; AttributeError for a file without ``RULE``.
    """
    folders = [folder.name for folder in iter_modules(package.__path__) if folder.ispkg]
    modules = [
        import_module(f"{package.__name__}.{folder}.{module.name}")
        for folder in folders
        for module in iter_modules([f"{package.__path__[0]}/{folder}"])
    ]
    others = [entry.load() for entry in offered("maskrcnn.rules").values()]
    found = [*(module.RULE for module in modules), *others]
    return checked(tuple(sorted(found, key=lambda rule: rule.place)))


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
    return tuple(rule.name for rule in in_scope(*scopes))


def in_scope(*scopes: str) -> tuple[Rule, ...]:
    """Return the rules of ``scopes``, in order."""
    return tuple(rule for rule in rules() if rule.scope in scopes)
