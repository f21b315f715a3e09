"""Load audit: would this file fill the model, all of it?

Inputs: an open file of weights. Outputs: the ``LoadReport`` of a load, which the rule ``load_audit`` judges. A load by
name that misses is silent: this is where it is said.
"""

from __future__ import annotations

import dataclasses

from maskrcnn_core.config import Config, classic
from maskrcnn_core.weights.formats.classic import derived_config
from maskrcnn_core.weights.names import architecture_of
from maskrcnn_core.weights.report import LoadReport, compare
from maskrcnn_core.weights.stored import StoredWeights

from .expected import expected_variables


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
        architecture = architecture_of(stored.arrays) or "resnet101"
        return classic(architecture=architecture), (f"held against the classic {architecture}: {error}",)
