"""Load audit: would this file fill the model, all of it?

Enters: an open file of weights, or the ``LoadReport`` of a load that was made. Leaves: a verdict, and counts a stage. A
load by name that misses is silent: this is where it is said.
"""

from __future__ import annotations

import dataclasses

from maskrcnn_core.config import Config, classic
from maskrcnn_core.weights.formats.classic import derived_config
from maskrcnn_core.weights.names import RESNETS, STAGES, last_block
from maskrcnn_core.weights.report import LoadReport, compare
from maskrcnn_core.weights.stored import StoredWeights

from .expected import expected_variables
from .findings import Verdict
from .network import stage_of
from .rules.thresholds import Thresholds


def load_audit(report: LoadReport, limits: Thresholds) -> Verdict | None:
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


def audit_file(stored: StoredWeights) -> LoadReport:
    """Report what of an open file would be loaded into the model that it is for.

    That is the model of the configuration in the file, else the classic model that its shapes tell of.
    """
    shapes = {name: array.shape for name, array in stored.arrays.items()}
    config, doubt = _model_of(stored)
    report = compare(shapes, expected_variables(config), (), str(stored.path), stored.layout)
    return dataclasses.replace(report, remarks=(*report.remarks, *doubt))


def _model_of(stored: StoredWeights) -> tuple[Config, tuple[str, ...]]:
    """Return the configuration to audit against, and a remark if it had to be guessed."""
    if stored.config is not None:
        return stored.config, ()
    try:
        return derived_config(stored.arrays, stored.path), ()
    except ValueError as error:
        architecture = RESNETS.get(last_block(stored.arrays), "resnet101")
        return classic(architecture=architecture), (f"held against the classic {architecture}: {error}",)
