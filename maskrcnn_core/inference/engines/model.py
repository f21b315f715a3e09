"""A detector around a runner: ``detect`` and ``trace`` as ``MaskRCNN`` has them, without TensorFlow.

Inputs: an image. Outputs: its ``Result``, or its tensors by name. The network alone runs in the engine;
``pipeline.whole`` does the rest, for TensorFlow as well as here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from ...config import Config
from ...data.reading.images import SourceImage, load_image
from ...exporting.names import RESULT
from ...exporting.runner import Runner
from ...pipeline.whole import run_image
from ...recording.detail import vectors_of, vectors_read
from ...recording.tensors import STAGES, matching, spec_of
from ...recording.trace import Tap, Trace, passthrough
from ...stages.anchors import Anchors
from ...stages.composing import Result

BEFORE, AFTER = ("image", "molding", "anchors"), ("pasting", "composing")  # stages that no engine runs


class Found(NamedTuple):
    """Detections: the fields of ``detections.DetectionOutput`` that pasting and the result need."""

    boxes: np.ndarray
    class_ids: np.ndarray
    scores: np.ndarray


class Masks(NamedTuple):
    """Mask probabilities, as in ``mask_head.MaskHeadOutput``."""

    probs: np.ndarray


class EngineNetwork:
    """The network in an engine, called as ``pipeline.compiled.CompiledNetwork`` is."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        names = [name for name in runner.inputs if not name.startswith(("molding.", "anchors."))]
        self._settings = [name for name in names if name.partition(".")[0] in STAGES]

    def __call__(
        self,
        image: np.ndarray,
        window: np.ndarray,
        anchors: Anchors,
        tap: Tap,
        config: Config,
        given: Mapping[str, Any],
    ) -> tuple[Found, Masks]:
        """Return detections and masks of a network input ``image`` (y, x, channel); record in ``tap``."""
        feed = {"molding.image": image, "molding.window": window}
        for name, value in zip(Anchors._fields, anchors, strict=True):
            feed[f"anchors.{name}"] = tap(f"anchors.{name}", np.asarray(value))
        for name in self._settings:
            value = attrgetter(name)(config)
            feed[name] = np.array(value, np.int32 if isinstance(value, int) else np.float32)
        more = [name for name in self._kept(tap) if name not in RESULT]
        made = self.runner.run([*RESULT, *more], {n: v for n, v in feed.items() if n in self.runner.inputs})
        if isinstance(tap, Trace):
            tap.update({name: value for name, value in made.items() if name in tap.keep})
        boxes, class_ids, scores, probs = (made[name] for name in RESULT)
        return Found(boxes, class_ids, scores), Masks(probs)

    @staticmethod
    def _kept(tap: Tap) -> list[str]:
        kept = tap.keep if isinstance(tap, Trace) else ()
        return [name for name in kept if within_network(name)]


def within_network(name: str) -> bool:
    """Return whether a tensor is made by the network, not before or after it, and not from ground truth."""
    stage = spec_of(name).stage
    return stage not in (*BEFORE, *AFTER) and STAGES.index(stage) < STAGES.index(AFTER[0])


class EngineModel:
    """A detector whose network runs in an engine. Attributes are those of ``MaskRCNN``."""

    def __init__(
        self, runner: Runner, config: Config, image_statistics: Any = None, provenance: Any = None
    ) -> None:
        self.config, self.image_statistics, self.provenance = config, image_statistics, provenance or {}
        self._network = EngineNetwork(runner)

    def with_settings(self, settings: Mapping[str, Any]) -> EngineModel:
        """Return the same network with other dotted ``settings`` of what is not built into it."""
        config = self.config.replace(**settings)
        return EngineModel(self._network.runner, config, self.image_statistics, self.provenance)

    def detect(self, images: Any, boxed: bool = False) -> Any:
        """Return the ``Result`` of an image, or a list of results; see ``MaskRCNN.detect``."""
        if isinstance(images, (list, tuple)):
            return [self.detect(image, boxed) for image in images]
        return self._run(load_image(images, self.config.molding.channels), passthrough, boxed)

    def detect_features(self, image: Any, boxed: bool = False) -> tuple[Result, np.ndarray]:
        """Return the ``Result`` of an image and a vector for each instance; see ``MaskRCNN.detect_features``."""
        result, kept = self.detect_keeping(image, vectors_read(self.config), boxed)
        return result, vectors_of(kept, self.config, result.ranks)

    def detect_keeping(self, image: Any, names: Sequence[str], boxed: bool = False) -> tuple[Result, Trace]:
        """Return the ``Result`` of an image and the tensors ``names`` of the same run."""
        loaded, kept = load_image(image, self.config.molding.channels), Trace(list(names), config=self.config)
        kept.attributes["image"] = loaded.source
        return self._run(loaded, kept, boxed), kept

    def trace(self, image: Any, keep: str | Sequence[str] = "*") -> Trace:
        """Return the tensors of a forward pass on ``image``; see ``MaskRCNN.trace``, whose edits need TensorFlow.

        Raises: ValueError for a tensor that the export in use does not give out.
        """
        wanted = matching(keep if isinstance(keep, str) else list(keep), self.config)
        have = self._network.runner.outputs
        lacking = sorted(name for name in wanted if within_network(name) and name not in have)
        if lacking:
            raise ValueError(
                f"wanted {', '.join(lacking[:3])}, which this export does not give out; "
                "export with --taps, or take --engine tensorflow"
            )
        loaded, trace = (
            load_image(image, self.config.molding.channels),
            Trace(sorted(wanted), config=self.config),
        )
        trace.attributes["image"] = loaded.source
        self._run(loaded, trace)
        return trace

    def _run(self, source: SourceImage, tap: Tap, boxed: bool = False) -> Result:
        return run_image(self._network, source, tap, self.config, {}, boxed)
