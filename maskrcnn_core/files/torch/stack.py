"""What a pickle's machine holds while it runs: a stack of values with marks in it, and a memo of values kept for later.

Raises: ValueError, in every method, where a pickle takes what it did not put.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Maker:
    """One of our own functions, which stands for a callable that a file may name; it takes the arguments as a tuple."""

    name: str
    make: Callable[[tuple[Any, ...]], Any]


class Stack:
    """Values, topmost last; a mark says where a container's values begin."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def push(self, value: Any) -> None:
        """Put a value on the stack."""
        self._stack.append(value)

    def pop(self) -> Any:
        """Take off the topmost value."""
        self._need(1)
        return self._stack.pop()

    def top(self, kind: type) -> Any:
        """Return the topmost value, which has to be of a kind."""
        self._need(1)
        value = self._stack[-1]
        if type(value) is not kind:
            raise ValueError(
                f"the pickle adds to {said(value)} as if it were a {kind.__name__}; it is damaged"
            )
        return value

    def only(self) -> Any:
        """Take off the one value that is left at the end. Raises: ValueError where there are others."""
        value = self.pop()
        if self._stack or self._marks:
            raise ValueError("the pickle ends in the midst of a value; the file is damaged")
        return value

    def pop_many(self, count: int) -> list[Any]:
        """Take off ``count`` values, the deepest first."""
        self._need(count)
        values = self._stack[len(self._stack) - count :]
        del self._stack[len(self._stack) - count :]
        return values

    def mark(self) -> None:
        """Remember where the stack ends now."""
        self._marks.append(len(self._stack))

    def pop_mark(self) -> list[Any]:
        """Take off all that was pushed since the last mark."""
        if not self._marks:
            raise ValueError("the pickle closes a value that it did not open; the file is damaged")
        values = self.pop_many(len(self._stack) - self._marks[-1])
        self._marks.pop()
        return values

    def drop(self) -> None:
        """Take off the topmost value, or the mark if nothing came after it."""
        if self._marks and self._marks[-1] == len(self._stack):
            self._marks.pop()
        else:
            self.pop()

    def duplicate(self) -> None:
        """Push the topmost value once more."""
        self._need(1)
        self.push(self._stack[-1])

    def _need(self, count: int) -> None:
        if len(self._stack) - (self._marks[-1] if self._marks else 0) < count:
            raise ValueError("the pickle uses values that it did not make; the file is damaged")

    def remember(self, index: int | None = None) -> None:
        """Keep the topmost value under ``index``, the next free one by default."""
        self._need(1)
        self._memo[len(self._memo) if index is None else index] = self._stack[-1]

    def recall(self, index: int) -> None:
        """Push what was kept under ``index``."""
        if index not in self._memo:
            raise ValueError("the pickle refers to a value that it did not keep; the file is damaged")
        self.push(self._memo[index])


def said(value: Any) -> str:
    """Say what a value is without showing it: it may be endless."""
    return value.name if isinstance(value, Maker) else f"a value of type {type(value).__name__}"
