"""What rules look at: a variable, the arrays of a layer, a kernel over time, an activation.

Inputs: arrays with the names they have. Outputs: what several rules take from them, computed when the first asks.

Shapes: W kernel; filters (fan_in, filter); sigma (min(fan_in, filter),) singular values, largest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from maskrcnn_core.recording.detail import is_rectified

from ..moments import Moments, finite_values, moments_of
from ..network import CLASSIFIER, NORM_VARIABLES, STEM, fans, initial_stds, is_kernel, stage_of, unit_axis
from .filters import as_filters, filter_norms
from .rule import Limits
from .spectra import singular_values

STORED_ONLY = ("box_head", "mask_head")  # stages whose norms never update their statistics
RECTIFIED = ("backbone.c2", "backbone.c3", "backbone.c4", "backbone.c5")  # outputs of a ReLU


class Variable:
    """A variable of a layer: ``values`` as float32 or wider, of which all but ``values`` is about what is finite."""

    def __init__(self, layer: str, variable: str, values: np.ndarray, limits: Limits, spectra: bool) -> None:
        self.layer, self.variable, self.values = layer, variable, values
        self.name = f"{layer}.{variable}"
        self.is_kernel = is_kernel(self.name, values.shape)
        self._limits, self._spectra = limits, spectra

    @cached_property
    def moments(self) -> Moments:
        """Return its moments."""
        return moments_of(self.values)

    @property
    def is_vector(self) -> bool:
        """Return whether it is a bias or a vector of a batch norm, with something finite in it."""
        return not self.is_kernel and self.moments.count > 0

    @property
    def is_constant(self) -> bool:
        """Return whether its values are one, to the resolution of float32."""
        return (
            self.moments.count >= 2 and self.moments.std <= self._limits.constant_ratio * self.moments.largest
        )

    @property
    def is_living_kernel(self) -> bool:
        """Return whether it is a kernel with something in it."""
        return self.is_kernel and self.moments.count > 0 and not self.is_constant

    @property
    def finite(self) -> np.ndarray:
        """Return its finite values, flat."""
        return finite_values(self.values)

    @cached_property
    def magnitudes(self) -> np.ndarray:
        """Return |w|, flat."""
        return np.abs(self.finite)

    @property
    def initial_stds(self) -> tuple[float, ...]:
        """Return the standard deviations that usual initialisers give this kernel, He's first."""
        return initial_stds(self.name, self.values.shape, self._limits.input_std)

    @property
    def input_scale(self) -> float:
        """Return the scale of a vector: that of grey levels for the mean where the image comes in, else 1."""
        grey = self.layer in STEM and self.variable == "moving_mean"
        return self._limits.input_std if grey else 1.0

    @cached_property
    def filters(self) -> np.ndarray:
        """Return the filters all of whose weights are finite."""
        filters = as_filters(self.values, unit_axis(self.name))
        if self.moments.count < self.values.size:
            filters = filters[:, np.isfinite(filters).all(axis=0)]
        return filters

    @property
    def has_filters(self) -> bool:
        """Return whether there are filters to judge."""
        return self.is_living_kernel and bool(self.filters.shape[1])

    @cached_property
    def norms(self) -> np.ndarray:
        """Return (filter,) ||w_j||."""
        return filter_norms(self.filters)

    @property
    def initial_norm(self) -> float:
        """Return the norm that an initialiser gives a filter."""
        return float(max(self.initial_stds) * fans(self.name, self.values.shape)[0] ** 0.5)

    @cached_property
    def sigma(self) -> np.ndarray:
        """Return the singular values; none where they were not asked for or would take minutes."""
        if not self._spectra or not self.has_filters:
            return np.zeros(0)
        if min(self.filters.shape) > self._limits.spectrum_max_size:
            return np.zeros(0)
        return singular_values(self.filters)


class LayerArrays:
    """The arrays of a layer by variable, for rules that need several."""

    def __init__(self, layer: str, arrays: Mapping[str, np.ndarray], limits: Limits) -> None:
        self.layer, self.arrays = layer, arrays
        self.input_scale = limits.input_std if layer in STEM else 1.0
        self.is_stored_only = stage_of(layer) in STORED_ONLY

    @cached_property
    def norm(self) -> tuple[np.ndarray, ...] | None:
        """Return gamma, moving mean and variance of the channels where all are finite; None without any."""
        if not set(NORM_VARIABLES) - {"beta"} <= set(self.arrays):
            return None
        vectors = [self.arrays[name] for name in ("gamma", "moving_mean", "moving_variance")]
        if len({vector.shape for vector in vectors}) != 1:
            return None
        keep = np.logical_and.reduce([np.isfinite(vector) for vector in vectors])
        return tuple(vector[keep] for vector in vectors) if keep.any() else None

    @cached_property
    def classifier(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Return kernel (fan_in, K) and bias (K,) of the class logits where they are finite and of one length."""
        if self.layer != CLASSIFIER or not {"kernel", "bias"} <= set(self.arrays):
            return None
        kernel, bias = self.arrays["kernel"], self.arrays["bias"]
        kernel = kernel.reshape(-1, kernel.shape[-1])
        if kernel.shape[1] != bias.size or not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
            return None
        return kernel, bias


class KernelSeries:
    """A kernel at every save, oldest first, read when it is asked for; or before and after a step.

    is_frozen: it is not trained.
    """

    def __init__(
        self,
        name: str,
        reads: Sequence[Callable[[], np.ndarray]],
        is_step: bool = False,
        is_frozen: bool = False,
    ) -> None:
        self.name, self.is_step, self.is_frozen, self._reads = name, is_step, is_frozen, reads

    def saves(self) -> Iterator[np.ndarray]:
        """Give the kernel of each save."""
        return (read() for read in self._reads)

    def pairs(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give each two saves that follow each other."""
        before = self.first
        for read in self._reads[1:]:
            after = read()
            yield before, after
            before = after

    @cached_property
    def first(self) -> np.ndarray:
        """Return the kernel of the first save."""
        return self._reads[0]()

    @cached_property
    def last(self) -> np.ndarray:
        """Return the kernel of the last save."""
        return self._reads[-1]()

    @cached_property
    def is_finite(self) -> bool:
        """Return whether the first and the last save are finite."""
        return bool(np.isfinite(self.first).all() and np.isfinite(self.last).all())

    @property
    def initial_norm(self) -> float:
        """Return the norm that He's initialiser gives: output layers start far below, and their growth is no fault."""
        return self.initial_std(1.0) * float(np.sqrt(self.first.size))

    def initial_std(self, input_std: float) -> float:
        """Return He's standard deviation."""
        return initial_stds(self.name, self.first.shape, input_std)[0]

    def as_filters(self, kernel: np.ndarray) -> np.ndarray:
        """Return a save's kernel as (fan_in, filter)."""
        return as_filters(kernel, unit_axis(self.name))


class Activation:
    """A tensor of a trace, floating point and not empty."""

    def __init__(self, name: str, values: np.ndarray) -> None:
        self.name, self.values = name, values
        self.is_rectified = name in RECTIFIED or is_rectified(name)
        self.is_map = name.startswith(("backbone.", "fpn."))

    @property
    def logits(self) -> np.ndarray | None:
        """Return what goes into a sigmoid; a softmax of two is the sigmoid of their difference."""
        if self.name == "rpn.logits":
            return self.values[:, 1] - self.values[:, 0] if self.values.shape[1] == 2 else self.values
        return self.values if self.name == "mask_head.logits" else None
