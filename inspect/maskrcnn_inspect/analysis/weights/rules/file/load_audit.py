"""Rule load_audit.

A variable that is not loaded keeps its random initial value, and the model detects nonsense without an error.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from maskrcnn_core.weights.names import STAGES, layer_of
from maskrcnn_core.weights.report import LoadReport, compare

from ...network import stage_of
from ..faults import Arrays, Faulty
from ..rule import Limits, Rule, Verdict


def load_audit(report: LoadReport, limits: Limits) -> Verdict | None:
    """Find variables that would keep their initial values, or are of no use.

    Formula: loaded / expected < loaded_share, both without what was skipped on purpose.
    Threshold: 100 %, error. Source: the most repeated complaint of users.
    """
    expected = len(report.loaded) + len(report.missing) + len(report.mismatched)
    share = len(report.loaded) / expected if expected else 1.0
    if share >= limits.loaded_share:
        return None
    parts = [f"{len(report.loaded)} of {expected} variables fit the model ({share:.1%})"]
    parts += [
        f"{stage} {have} of {wanted}" for stage, (have, wanted) in by_stage(report).items() if have < wanted
    ]
    parts += [f"{m.name} is {list(m.in_file)}, wanted {list(m.in_model)}" for m in report.mismatched[:2]]
    if report.unexpected:
        parts.append(f"{len(report.unexpected)} unknown, e.g. {', '.join(report.unexpected[:2])}")
    return Verdict("error", share, limits.loaded_share, "; ".join([*parts, *report.remarks]))


def by_stage(report: LoadReport) -> dict[str, tuple[int, int]]:
    """Return stage -> (variables loaded, variables expected)."""
    wanting = [*report.missing, *(mismatch.name for mismatch in report.mismatched)]
    counts = {}
    for stage in STAGES:
        loaded = sum(stage_of(name) == stage for name in report.loaded)
        counts[stage] = (loaded, loaded + sum(stage_of(name) == stage for name in wanting))
    return counts


def _faulty(healthy: Arrays, rng: np.random.Generator) -> Iterator[Faulty]:
    """Give files that do not fill the model."""
    expected = {name: array.shape for name, array in healthy.items()}
    files = {
        "one variable missing": {n: s for n, s in expected.items() if n != "fpn.p2.bias"},
        "a stage missing": {n: s for n, s in expected.items() if not n.startswith("rpn.")},
        "backbone only": {n: s for n, s in expected.items() if n.startswith("backbone.")},
        "other number of classes": {n: _with_classes(n, s) for n, s in expected.items()},
        "a layer renamed": {n.replace("fpn.p3", "fpn.out3"): s for n, s in expected.items()},
        "nothing that fits": {f"other.{layer_of(n)}.{n[-3:]}": s for n, s in expected.items()},
    }
    for kind, found in files.items():
        yield Faulty(kind, "", "file", compare(found, expected))


def _with_classes(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[:-1], shape[-1] + 3) if "class_logits" in name else shape


RULE = Rule(
    name="load_audit",
    title="load audit",
    scope="file",
    place=10,
    why=(
        "A variable that is not loaded keeps its random initial value, and the model detects "
        "nonsense without an error."
    ),
    advice=(
        "Check that the file belongs to this architecture and number of classes; retrain the heads "
        "if only they differ."
    ),
    source="the most repeated complaint of users of the classic implementation",
    check=load_audit,
    thresholds={
        "loaded_share": 1.0,  # of the variables that the model expects
    },
    faulty=_faulty,
)
