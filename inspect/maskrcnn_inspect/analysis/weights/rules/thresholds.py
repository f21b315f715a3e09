"""Where each rule draws its line: one frozen dataclass, changeable by file or option.

``Thresholds()`` are the defaults; ``changed(thresholds, {"dead_filter_ratio": 1e-4})`` gives a copy with others.
A JSON file holds the same as an object: ``{"dead_filter_ratio": 1e-4}``.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maskrcnn_core.files.suggestions import unknown


@dataclass(frozen=True)
class Thresholds:
    """Limits of the rules. Ratios and shares are 0 to 1 unless the comment gives another unit."""

    constant_ratio: float = 1e-7  # std / |mean| below which a tensor is constant: float32's resolution
    dead_filter_ratio: float = 1e-3  # norm / median norm below which a filter is dead
    dead_filters_warning: float = 0.05  # share of a layer's filters
    dead_filters_error: float = 0.5  # share of a layer's filters
    exploding_ratio: float = 1000.0  # max |w| / median |w| (the classic alert's number, made relative)
    exploding_floor: float = 0.1  # of the initial std: a median below it is no measure of the layer's scale
    exploding_value: float = 1000.0  # |w| that is too large whatever the layer
    half_max: float = 65504.0  # largest finite float16 (IEEE 754)
    half_min: float = 6.1035e-5  # smallest normal float16 (IEEE 754)
    half_subnormal_share: float = 0.01  # of the non-zero weights
    init_ratio: float = 10.0  # std / initial std, either way (SageMaker PoorWeightInitialization)
    init_min_count: int = 32  # weights below which a std says little
    symmetric_ratio: float = 1e-5  # spread over filters / rms below which all filters are one
    duplicate_cosine: float = 0.99  # of two filters
    duplicate_pairs: float = 0.02  # share of all pairs
    duplicate_filters: float = 0.25  # share of the filters that have a twin
    duplicate_min_fan_in: int = 8  # inputs a filter below which like directions are chance
    duplicate_max_filters: int = 8192  # above, pairs are too many to look at
    kurtosis: float = 10.0  # excess; 0 for a normal distribution
    outlier_ratio: float = 30.0  # max |w - mean| / std
    class_z: float = 4.0  # standard deviations of the other classes (SageMaker ClassImbalance)
    class_norm_spread: float = 0.2  # of the other classes' mean norm: least standard deviation counted with
    class_bias_spread: float = 0.5  # logits: least standard deviation counted with
    gamma_ratio: float = 1e-2  # |gamma| / median |gamma| below which a channel is switched off
    gamma_warning: float = 0.1  # share of a layer's channels
    gamma_error: float = 0.5  # share of a layer's channels
    variance_low: float = 1e-5  # moving variance
    variance_high: float = 1e4  # moving variance, for inputs of unit scale
    norm_gain: float = 1e3  # |gamma| / sqrt(variance + epsilon)
    norm_epsilon: float = 1e-3  # batch norm's epsilon (Keras' default; the classic weights' too)
    input_std: float = 64.0  # grey levels: scale of the stem's input, which is not normalised to 1
    stable_rank: float = 2.0  # ||W||_F^2 / ||W||_2^2
    stable_rank_share: float = 0.01  # of min(fan-in, filters)
    effective_rank_share: float = 0.1  # of min(fan-in, filters)
    rank_min_size: int = 16  # min(fan-in, filters) below which a low rank is no surprise
    spectrum_max_size: int = 4096  # min(fan-in, filters) above which singular values take minutes
    alpha_low: float = 2.0  # exponent of the spectrum's tail (Martin & Mahoney)
    alpha_high: float = 6.0
    alpha_min_count: int = 50  # eigenvalues below which no exponent is fitted
    never_trained_rtol: float = 1e-5  # as numpy.allclose (SageMaker UnchangedTensor)
    never_trained_atol: float = 1e-8
    never_trained_saves: int = 3  # checkpoints without a change
    update_low: float = 1e-4  # ||dW|| / ||W|| of a step
    update_high: float = 1e-1
    update_error_low: float = 1e-8
    update_error_high: float = 10.0
    spectral_growth: float = 10.0  # largest singular value over the series, last / first
    gradient_mean: float = 1e-7  # mean |g| (SageMaker VanishingGradient)
    relu_active: float = 0.01  # share of the cells in which a unit is above 0 (SageMaker DeadRelu)
    relu_units: float = 0.5  # share of the layer's units
    sigmoid_low: float = -23.0  # logit: below, float32's sigmoid has no gradient left (SageMaker)
    sigmoid_high: float = 17.0  # logit: above
    sigmoid_share: float = 0.5  # of the logits
    activation_max: float = 1e4  # |activation|
    loaded_share: float = 1.0  # of the variables that the model expects

    def __post_init__(self) -> None:
        for name, value in dataclasses.asdict(self).items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not math.isfinite(value):
                raise ValueError(f"threshold {name}: wanted a finite number, received {value!r}")
            if value < 0 and name != "sigmoid_low":
                raise ValueError(f"threshold {name}: wanted 0 or more, received {value!r}")


def changed(thresholds: Thresholds, settings: Mapping[str, Any]) -> Thresholds:
    """Return ``thresholds`` with ``settings`` in place. Raises: ValueError for an unknown name or a non-number."""
    names = [field.name for field in dataclasses.fields(Thresholds)]
    for name in settings:
        if name not in names:
            raise ValueError(unknown(f"threshold {name!r}", names, name))
    return dataclasses.replace(thresholds, **settings)


def parse(settings: Iterable[str]) -> dict[str, float]:
    """Read options written ``name=value``. Raises: ValueError for anything else."""
    parsed = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        try:
            parsed[name.strip()] = float(text)
        except ValueError:
            equals = ""
        if not equals:
            raise ValueError(f"wanted a threshold as NAME=NUMBER, received {setting!r}")
    return parsed


def load_thresholds(path: Path, base: Thresholds | None = None) -> Thresholds:
    """Read thresholds from a JSON object. Raises: ValueError for another content, with what was found."""
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: wanted a JSON file of thresholds; {error}") from None
    if not isinstance(settings, dict):
        raise ValueError(f"{path}: wanted a JSON object of thresholds, received {type(settings).__name__}")
    return changed(base or Thresholds(), settings)
