"""An exercise: a question on the real model, with an answer that checks itself against what ran.

Inputs: a question with the numbers of a trace. Outputs: feedback on the reader's answer, a hint, and the working.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

Answer = float | Sequence[float]


@dataclass(frozen=True)
class Feedback:
    """What came of an answer; None = nothing was answered yet."""

    right: bool | None
    words: str

    def __str__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        mark = {True: "✓", False: "✗", None: "…"}[self.right]
        return f"<p>{mark} {escape(self.words)}</p>"


@dataclass(frozen=True)
class Exercise:
    """A question.

    answer: one number or a row of them. tolerance: how far off a right answer may be, in ``unit``.
    working: how the answer comes about, with the numbers of the trace. passage: where the paper says so.
    replayed: runs the model again with the reader's answer and says what came of it: None where the answer is no
    setting. Its word counts more than the tolerance.
    """

    title: str
    question: str
    hint: str
    passage: str
    answer: Answer
    working: Sequence[str]
    unit: str = ""
    tolerance: float = 0.0
    replayed: Callable[[float], Feedback] | None = None

    def check(self, given: Answer | None) -> Feedback:
        """Say whether ``given`` is right. Nothing given, or no number, is said as well and is not an error."""
        if given is None:
            return Feedback(None, "Not answered yet. Put your number into `answer` and run this cell again.")
        wanted = np.atleast_1d(np.asarray(self.answer, float))
        try:
            received = np.atleast_1d(np.asarray(given, float))
        except (TypeError, ValueError):
            return Feedback(None, f"Wanted {_count(wanted)}, received {given!r}.")
        if received.shape != wanted.shape or not np.isfinite(received).all():
            return Feedback(None, f"Wanted {_count(wanted)}, received {given!r}.")
        if self.replayed is not None:
            return self.replayed(float(received[0]))
        error = float(np.abs(received - wanted).max())
        if error <= self.tolerance + 1e-9:
            return Feedback(True, f"Right: {_numbers(wanted)} {self.unit}".rstrip() + ".")
        return Feedback(
            False, f"Not yet: {_numbers(received)} is off by {error:.4g} {self.unit}".rstrip() + "."
        )

    def solution(self) -> str:
        """Return the working and the answer."""
        return "\n".join(
            [*self.working, f"Answer: {_numbers(np.atleast_1d(self.answer))} {self.unit}".rstrip()]
        )

    def _repr_html_(self) -> str:
        closed = {"Hint": self.hint, "The paper": self.passage, "Solution": self.solution()}
        told = "".join(
            f"<details><summary>{name}</summary><pre>{escape(words)}</pre></details>"
            for name, words in closed.items()
        )
        return f"<h3>{escape(self.title)}</h3><p>{escape(self.question)}</p>{told}"

    def __str__(self) -> str:
        return f"{self.title}\n{self.question}\n{self.passage}"


def _count(wanted: np.ndarray) -> str:
    return "one number" if wanted.size == 1 else f"{wanted.size} numbers"


def _numbers(values: np.ndarray) -> str:
    words = [f"{float(value):.6g}" for value in values]
    return words[0] if len(words) == 1 else f"({', '.join(words)})"
