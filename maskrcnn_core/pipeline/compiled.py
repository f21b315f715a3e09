"""The network compiled: one graph for each choice of tensors to keep, made when it is first asked for.

Inputs: a function that runs the network with a tap. Outputs: its results, from a graph whose arguments include the
runtime settings, so that a threshold moves without compiling anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from ..config import Config
from ..recording.trace import Tap, Trace, passthrough
from ..runtime import allocating
from ..runtime.compiling import as_written, set_graph_options
from ..runtime.garbage import collected_later
from ..stages.anchors import Anchors
from .replay import RESUMED, compiled_part, runtime_settings
from .specs import IN_NETWORK

Forward = Callable[..., tuple[Any, Any]]


class CompiledNetwork:
    """Runs ``forward`` compiled once a choice of tensors to keep, op by op where something is edited.

    A replay, too, is compiled from the second of its kind on: somebody is moving a slider.
    """

    def __init__(self, forward: Forward, channels: int) -> None:
        set_graph_options()
        self._forward, self._channels = forward, channels
        self._graphs: dict[Any, Callable[..., Any]] = {}
        self._last: tuple[Config | None, Any] = (None, None)
        self._replayed: set[Any] = set()  # what ran op by op once, and is compiled if asked for again

    def __call__(
        self, image: Any, window: Any, anchors: Anchors, tap: Tap, config: Config, given: Mapping[str, Any]
    ) -> tuple[Any, Any]:
        """Return detections and masks of a network input ``image`` (y, x, channel); record in ``tap``.

        given: outputs of stages that are not to run again, by stage.
        """
        allocating.suit(image.shape[0] * image.shape[1])
        batch = tf.convert_to_tensor(image[None])
        given = {stage: output for stage, output in given.items() if stage in (*IN_NETWORK, RESUMED)}
        keep = tap.keep if isinstance(tap, Trace) else None
        kind = (keep, self._key(config), tuple(given))
        if (isinstance(tap, Trace) and tap.edits) or not self._pays(kind):
            return self._forward(batch, anchors, window, tap=tap, given=given, config=config)
        with as_written():
            if kind not in self._graphs:
                self._graphs[kind] = self._compile(keep, config, bool(given))
            detections, masks, recorded = self._graphs[kind](
                batch, *anchors, window, runtime_settings(config), given
            )
        if isinstance(tap, Trace):
            tap.update(recorded)
        return detections, masks

    def _key(self, config: Config) -> Config:
        """Return the part of ``config`` that graphs are kept under; of the same object as last time at once."""
        last = self._last  # another thread may run with another configuration
        if config is not last[0]:
            last = self._last = config, compiled_part(config)
        return last[1]

    def _pays(self, kind: tuple[Any, ...]) -> bool:
        """Return whether a graph pays for another run of a ``kind``: for a replay, if there was one before."""
        *_, given = kind
        if not given or kind in self._replayed:
            return True
        self._replayed.add(kind)
        return False

    def _compile(self, keep: frozenset[str] | None, config: Config, replayed: bool) -> Callable[..., Any]:
        """Compile the network, recording the tensors ``keep``: for images of any size, or for a replay."""

        @tf.function(autograph=False, reduce_retracing=True)
        def run(
            image: tf.Tensor,
            boxes: tf.Tensor,
            level: tf.Tensor,
            ratio: tf.Tensor,
            window: tf.Tensor,
            runtime: dict[str, tf.Tensor],
            given: dict[str, Any],
        ) -> Any:
            tap: Tap = passthrough if keep is None else Trace(sorted(keep), config=config)
            anchors, settings = Anchors(boxes, level, ratio), config.replace(**runtime)
            detections, masks = self._forward(image, anchors, window, tap=tap, given=given, config=settings)
            return detections, masks, tap.tensors if isinstance(tap, Trace) else {}

        if replayed:
            return run  # it takes the shapes that it meets
        any_size = tf.TensorSpec([1, None, None, self._channels], tf.float32)
        rows = {
            "boxes": tf.TensorSpec([None, 4]),
            "level": tf.TensorSpec([None], tf.int32),
            "ratio": tf.TensorSpec([None]),
        }
        runtime = {name: tf.TensorSpec([], value.dtype) for name, value in runtime_settings(config).items()}
        anchors = [rows[name] for name in Anchors._fields]
        with collected_later():
            return run.get_concrete_function(any_size, *anchors, tf.TensorSpec([4]), runtime, {})
