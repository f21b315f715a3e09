"""A weight rule: a kernel whose weights are all whole numbers was typed in, or cut to integers."""

import numpy as np

from maskrcnn_inspect.analysis.weights.rules.faults import KERNELS, Fault, whole
from maskrcnn_inspect.analysis.weights.rules.rule import Rule, Verdict


def check(variable, limits):
    """Return a warning where the share of whole numbers reaches the threshold."""
    share = float(np.mean(variable.finite == np.rint(variable.finite)))
    if share < limits.round_share:
        return None
    return Verdict("warning", share, limits.round_share, f"{share:.0%} of the weights are whole numbers")


RULE = Rule(
    name="round_numbers",
    title="whole numbers",
    scope="weights",
    place=300,
    why="Weights that training made are no whole numbers.",
    advice="Look at what wrote the file.",
    source="the plugin",
    check=check,
    judges=lambda variable: variable.is_living_kernel,
    thresholds={"round_share": 0.9},
    faults=(
        Fault(
            "rounded", "kernel", KERNELS, (100.0,), "times", whole(lambda array, size: np.rint(array * size))
        ),
    ),
)
