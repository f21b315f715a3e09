"""Operators of other formats: what stands in for a function of a stage while a graph is traced for them.

Inputs: functions, each with the name of what it replaces. Outputs: that function where the stage calls it. Why: a
format may lack an operator that TensorFlow has, and a graph for it has to say the same with others. All else of the
stage stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Operator = Callable[..., Any]
_replaced: ContextVar[Mapping[str, Operator] | None] = ContextVar("replaced", default=None)


def operator(own: Operator) -> Operator:
    """Return what stands in for ``own``, or ``own`` itself."""
    return (_replaced.get() or {}).get(own.__name__, own)


@contextmanager
def replaced_by(*operators: Operator) -> Iterator[None]:
    """Have graphs that are traced inside call ``operators`` for the functions of the same names."""
    before = _replaced.set({each.__name__: each for each in operators})
    try:
        yield
    finally:
        _replaced.reset(before)
