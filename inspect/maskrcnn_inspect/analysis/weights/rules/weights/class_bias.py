"""Rule class_bias: One class's logit is far from the others', so it is predicted too often or never."""

from __future__ import annotations

import numpy as np

from ..faults import CLASSIFIER, Arrays, Fault
from ..rule import LAYER, Limits, Rule, Verdict
from ..subjects import LayerArrays


def class_bias(kernel: np.ndarray, bias: np.ndarray, limits: Limits) -> Verdict | None:
    """Find a class that the classifier favours or neglects. The background is unlike the others and does not count.

    Formula: |z| of a class's bias and of its column norm against the other classes, z = (x - mean) / std, with std
    at least 0.5 logits, or 0.2 of the mean norm: two or three classes have a spread only by chance.
    Threshold: 4, warning. Source: SageMaker ClassImbalance.
    """
    if bias.size < 4:  # background and three classes: two others to compare with
        return None
    norms = np.linalg.norm(kernel[:, 1:].astype(np.float64), axis=0)
    of_bias = _apart(bias[1:].astype(np.float64), limits.class_bias_spread)
    of_norm = _apart(norms, limits.class_norm_spread * float(np.median(norms)))
    bias_z, norm_z = float(np.abs(of_bias).max()), float(np.abs(of_norm).max())
    if max(bias_z, norm_z) <= limits.class_z:
        return None
    word, z = ("bias", of_bias) if bias_z >= norm_z else ("column norm", of_norm)
    worst = int(np.argmax(np.abs(z)))
    detail = (
        f"{word} of class {worst + 1} is {float(z[worst]):+.1f} standard deviations from the other classes"
    )
    return Verdict("warning", abs(float(z[worst])), limits.class_z, detail)


def _apart(values: np.ndarray, least_spread: float) -> np.ndarray:
    """Return each value's distance from the others, in their standard deviations."""
    z = np.empty_like(values)
    for i in range(values.size):
        others = np.delete(values, i)
        z[i] = (values[i] - others.mean()) / max(float(others.std()), least_spread, 1e-12)
    return z


def _favour_by_bias(arrays: Arrays, name: str, size: float, rng: np.random.Generator) -> None:
    arrays[name][rng.integers(1, arrays[name].size)] += size


def _favour_by_norm(arrays: Arrays, name: str, size: float, rng: np.random.Generator) -> None:
    arrays[name][..., rng.integers(1, arrays[name].shape[-1])] *= size


def _judge(layer: LayerArrays, limits: Limits) -> Verdict | None:
    if layer.classifier is None:
        return None
    kernel, bias = layer.classifier
    return class_bias(kernel, bias, limits)


RULE = Rule(
    name="class_bias",
    title="class bias",
    scope="weights",
    place=110,
    why="One class's logit is far from the others', so it is predicted too often or never.",
    advice=(
        "Count this class's examples in the training data; rebalance, or reset its bias and train the heads."
    ),
    source="SageMaker Debugger, ClassImbalance",
    check=_judge,
    judges=lambda layer: layer.classifier is not None,
    looks_at=LAYER,
    variable="kernel",
    thresholds={
        "class_z": 4.0,  # standard deviations of the other classes (SageMaker ClassImbalance)
        "class_norm_spread": 0.2,  # of the other classes' mean norm: least standard deviation counted with
        "class_bias_spread": 0.5,  # logits: least standard deviation counted with
    },
    faults=(
        Fault(
            "bias of a class", "bias", CLASSIFIER, (-8.0, 4.0, 8.0), "logits", _favour_by_bias, faint=(1.0,)
        ),
        Fault(
            "weights of a class", "kernel", CLASSIFIER, (4.0, 10.0), "factor", _favour_by_norm, faint=(1.3,)
        ),
    ),
)
