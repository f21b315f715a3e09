"""What loading a file of weights would do, variable by variable, before anything is changed.

Inputs: the shapes in a file and in a model, by flat name. Outputs: a ``LoadReport``. Why:
``load_weights(by_name=True)`` of the classic code skips in silence what does not match, and a ResNet-50 file in a
ResNet-101 model detects nonsense.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from ..files.suggestions import unknown
from .names import layer_of, said_architecture

Shape = tuple[int, ...]
MAX_LINES = 12  # names a section of the report; the rest is counted
# layers whose size follows from the number of classes
CLASS_LAYERS = ("box_head.class_logits", "box_head.bbox_fc", "mask_head.mask")


class Mismatch(NamedTuple):
    """A variable whose shape differs."""

    name: str
    in_file: Shape
    in_model: Shape


@dataclass(frozen=True)
class LoadReport:
    """Flat names by what happened to them. ``str(report)`` is a table for people."""

    source: str  # the file
    layout: str  # classic | own
    loaded: tuple[str, ...]  # in both, equal shape: written (of a report that was raised: would have been)
    missing: tuple[str, ...]  # in the model, not in the file
    unexpected: tuple[str, ...]  # in the file, not in the model
    mismatched: tuple[Mismatch, ...]  # in both, shapes differ
    skipped: tuple[str, ...]  # in either, left out as the caller asked
    still_initial: tuple[str, ...]  # of the model, not written: at the value they had before
    remarks: tuple[str, ...] = ()  # what the differences mean, in words

    @property
    def complete(self) -> bool:
        """Return whether file and model match, but for what the caller skipped."""
        return not (self.missing or self.unexpected or self.mismatched)

    def __str__(self) -> str:
        total = len(self.loaded) + len(self.still_initial)
        verdict = "is loaded" if self.complete else "does not fit the model"
        lines = [
            f"{self.source} ({self.layout} layout) {verdict}: {len(self.loaded)} of {total} variables match"
        ]
        lines += [f"  {remark}" for remark in self.remarks]
        lines += _section("in the model, missing in the file", _layers(self.missing))
        lines += _section("in the file, unexpected by the model", _layers(self.unexpected))
        rows = [
            f"{m.name}: {list(m.in_file)} in the file, {list(m.in_model)} in the model"
            for m in self.mismatched
        ]
        lines += _section("of another shape", rows)
        lines += _section("skipped", _layers(self.skipped))
        return "\n".join(lines)


class WeightsMismatch(ValueError):  # noqa: N818  # a mismatch is what it reports
    """File and model do not match; the model was not changed. ``report`` has the details."""

    def __init__(self, report: LoadReport) -> None:
        super().__init__(str(report))
        self.report = report


def compare(
    in_file: Mapping[str, Shape],
    in_model: Mapping[str, Shape],
    skip: Iterable[str] = (),
    source: str = "file",
    layout: str = "own",
) -> LoadReport:
    """Hold the shapes of a file against those of a model.

    skip: glob patterns of flat names that are neither loaded nor missed.
    Raises: ValueError for a pattern that matches no variable of either.
    """
    names = {**in_model, **in_file}
    skipped = _matching(names, skip)
    wanted = {name: shape for name, shape in in_model.items() if name not in skipped}
    offered = {name: shape for name, shape in in_file.items() if name not in skipped}
    both = [name for name in wanted if name in offered]
    loaded = [name for name in both if fits(offered[name], wanted[name])]
    mismatched = [Mismatch(name, offered[name], wanted[name]) for name in both if name not in set(loaded)]
    return LoadReport(
        source=source,
        layout=layout,
        loaded=tuple(loaded),
        missing=tuple(name for name in wanted if name not in offered),
        unexpected=tuple(name for name in offered if name not in wanted),
        mismatched=tuple(mismatched),
        skipped=tuple(name for name in names if name in skipped),
        still_initial=tuple(name for name in in_model if name not in set(loaded)),
        remarks=tuple(_remarks(offered, wanted)),
    )


def fits(in_file: Shape, in_model: Shape) -> bool:
    """Return whether an array can be loaded: equal shapes, or a 1x1 convolution for a matrix (leading sides of 1)."""
    surplus = len(in_file) - len(in_model)
    return surplus >= 0 and in_file[surplus:] == in_model and set(in_file[:surplus]) <= {1}


def _matching(names: Iterable[str], patterns: Iterable[str]) -> set[str]:
    """Return the names that any pattern matches; each has to match one."""
    patterns = (patterns,) if isinstance(patterns, str) else tuple(patterns)
    matched: set[str] = set()
    for pattern in patterns:
        found = {name for name in names if fnmatchcase(name, pattern)}
        if not found:
            layers = [f"{layer}.*" for layer in _layers(names)]
            raise ValueError(f"skip: no variable matches {pattern!r}; {unknown('pattern', layers, pattern)}")
        matched |= found
    return matched


def _remarks(in_file: Mapping[str, Shape], in_model: Mapping[str, Shape]) -> list[str]:
    """Say what two common differences mean: another number of classes, another backbone."""
    remarks = []
    logits = f"{CLASS_LAYERS[0]}.bias"
    if logits in in_file and logits in in_model and in_file[logits] != in_model[logits]:
        patterns = ", ".join(f'"{layer}.*"' for layer in CLASS_LAYERS)
        remarks.append(
            f"the file has {in_file[logits][0]} classes, the model has {in_model[logits][0]} (background counted); "
            f"to train on from the rest, pass skip=({patterns})"
        )
    file_has, model_has = said_architecture(in_file), said_architecture(in_model)
    if file_has != model_has:
        remarks.append(f"the file has {file_has}, the model has {model_has}")
    return remarks


def _layers(names: Iterable[str]) -> list[str]:
    """Return the layers of flat names, each once, in order."""
    return list(dict.fromkeys(layer_of(name) for name in names))


def _section(title: str, entries: list[str]) -> list[str]:
    """Return lines for the entries under a title, none for none, shortened for many."""
    if not entries:
        return []
    rest = len(entries) - MAX_LINES
    shown = entries[:MAX_LINES] + ([f"… and {rest} more"] if rest > 0 else [])
    return [f"  {title} ({len(entries)}):", *(f"    {entry}" for entry in shown)]
