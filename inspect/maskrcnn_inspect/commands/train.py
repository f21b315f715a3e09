"""``maskrcnn train``: train a model on images of your own.

The core's command, with the rules of ``inspect-weights`` looking at the weights after every epoch, and the verdicts of
``explain`` at the objects.
"""

from __future__ import annotations

from typing import Any

import click

from maskrcnn_core.commands import train as core


def findings(arrays: dict[str, Any]) -> list[str]:
    """Return what the rules of inspect-weights say of weights in training, worst first; remarks are left out."""
    from ..analysis.weights.checks import check_arrays

    found = check_arrays(arrays).findings
    return [f"{each.severity}: {each.place}: {each.detail}" for each in found if each.severity != "info"]


def run(**options: Any) -> None:
    """Train as the core's command does, with findings and judge."""
    from ..analysis.training.survival import SurvivalJudge

    core.run(**options, findings=findings, judge=SurvivalJudge())


train = click.Command(
    "train",
    callback=run,
    params=core.train.params,
    help=core.train.help,
)
