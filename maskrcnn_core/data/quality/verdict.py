"""Verdict: what no training can learn from, said by ``check`` and refused by ``train`` in the same words.

Inputs: a ``Report`` that has seen every image. Outputs: findings, each an error. Why one function: a check that says
"everything can be used" of data that training then refuses, or learns nothing from, is worse than none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...config import tiny
from ...config.checks import check as check_settings
from ..reading.reader import Finding

if TYPE_CHECKING:
    from .lint import Report

MOST_NAMED = 8  # names in a sentence


def refusals(report: Report, allow_unused: bool = False) -> list[Finding]:
    """Return why nothing, or not every class, can be learnt from the data; empty where all can.

    allow_unused: classes without an object are allowed, as in a part of a larger data set.
    """
    found = [*_names_refused(report.class_names)]
    if not report.readable:
        return [*found, _error("no-images", "there is no image that can be used")]
    if not report.objects:
        return [*found, _nothing_to_learn(report)]
    unused = [name for name, sizes in report.counts.items() if not sum(sizes)]
    if unused and not allow_unused:
        found.append(_error("unused-class", _unused(unused, report)))
    return found


def some(names: list[str], most: int = MOST_NAMED) -> str:
    """Return the first names of a list, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _names_refused(class_names: tuple[str, ...]) -> list[Finding]:
    """Say what the configuration, which has the last word on class names, has against them."""
    try:
        check_settings(tiny(class_names))
    except ValueError as error:
        return [_error("class-names", str(error))]
    return []


def _nothing_to_learn(report: Report) -> Finding:
    """Say that no object is left, and why."""
    if report.crowds:
        detail = (
            f"all {report.crowds} annotations are crowds (iscrowd = 1), which are never learnt; where they are single "
            "objects, as brush exports write them, say ?crowds=objects"
        )
        return _error("all-crowd", detail)
    return _error("nothing-to-learn", "no image has an object that can be used")


def _unused(unused: list[str], report: Report) -> str:
    """Say which classes have no object, those with crowds alone apart."""
    crowded = [name for name in unused if report.crowd_counts.get(name)]
    text = f"{len(unused)} of {len(report.counts)} classes have no object: {some(unused)}"
    if crowded:
        text += f"; of {some(crowded)} every annotation is a crowd: ?crowds=objects takes them as objects"
    return (
        text + "; leave them out with ?classes=NAME,NAME, or allow them with --allow-unused-classes, "
        "as in a part of a data set"
    )


def _error(kind: str, detail: str) -> Finding:
    return Finding(kind, "error", ".", detail)
