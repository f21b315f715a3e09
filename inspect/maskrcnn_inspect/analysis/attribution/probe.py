"""Probe: one number of one detection as a function of a tensor, through the model's own forward.

Inputs: a model, a trace, a detection and which of its numbers is asked about. Outputs: that number and its gradient for
any values of the tensor; the tap puts them in the tensor's place.

Choices are held: the proposal and the box that the mask is pooled from stay those of the trace, and only this one
region goes through the heads. What is differentiated is what the heads say of the region, not where the region is: a
choice among boxes has no gradient.

Shapes: y, x cells; yxyx network-input px.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskrcnn_core.config import Config
from maskrcnn_core.recording.tensors import detail_of, spec_of
from maskrcnn_core.recording.trace import Trace, config_of
from maskrcnn_core.stages.anchors import Anchors
from maskrcnn_core.stages.ranking import refine

from ..what_if.effects import target_of
from ..what_if.interventions import with_tensor

ASKED = "the class asked about"
KINDS = ("logit", "score", "box", "mask")
SIDES = ("y1", "x1", "y2", "x2")
IMAGE = "molding.image"
MAPS = (*(f"backbone.c{n}" for n in range(2, 6)), *(f"fpn.merged{n}" for n in range(2, 6)),
        *(f"fpn.p{n}" for n in range(2, 6)))  # fmt: skip
# stage of the tensor -> the first one to run: a head runs on its one region, which is pooled again
STARTS = {"molding": "backbone", "box_head": "box_roi", "mask_head": "mask_roi"}


@dataclass(frozen=True)
class Target:
    """Which number of a detection: one of ``KINDS``.

    logit, score: of its class, before and after the softmax (a score near 1 has hardly any gradient left). box: the
    ``side`` of ``SIDES``, network-input px, before it is cut at the window. mask: the logit of the ``pixel`` (y, x) of
    its small mask.
    class_id: another class than the detection's, for "why not that one?".
    """

    detection: int
    kind: str = "logit"
    side: str = "y1"
    pixel: tuple[int, int] = (14, 14)
    class_id: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a kind or a side that is not known."""
        if self.kind not in KINDS:
            raise ValueError(f"wanted a kind of {', '.join(KINDS)}, received {self.kind!r}")
        if self.side not in SIDES:
            raise ValueError(f"wanted a side of {', '.join(SIDES)}, received {self.side!r}")


def attributable(kind: str, config: Config | None = None) -> tuple[str, ...]:
    """Return the tensors that a target of ``kind`` can be asked about: what leads to the head that gives it.

    config: of the model; with it what is inside blocks and layers as well.
    """
    part = "mask" if kind == "mask" else "box"
    whole = (IMAGE, *MAPS, f"{part}_roi.pooled")
    if config is None:
        return whole
    stages = ("backbone", "fpn", f"{part}_head")
    return (*whole, *(name for name, spec in detail_of(config).items() if spec.stage in stages))


def is_map(name: str, config: Config) -> bool:
    """Return whether a tensor has cells (y, x) of channels, as Grad-CAM wants them."""
    return name != IMAGE and spec_of(name, config).axes == ("y", "x", "channel")


@dataclass(frozen=True)
class Gradient:
    """value: of the target. gradient: of the target with respect to the tensor, in its shape."""

    value: float
    gradient: np.ndarray


class Probe:
    """Runs a target's region through the model, from any tensor before the heads.

    A tensor inside a block or layer that ``trace`` does not hold is made again by the model.
    Raises: ValueError for a trace that lacks tensors or the mask's pixel; IndexError for a detection not there.
    """

    def __init__(self, model: Any, trace: Trace, target: Target, name: str = IMAGE) -> None:
        import tensorflow as tf  # slow to import, so only where it is needed; so is what stands on it

        from maskrcnn_core.pipeline.replay import recorded_outputs

        self.model, self.trace, self.target, self.name = model, trace, target, name
        self.config, spec = config_of(trace), spec_of(name)
        box, class_id = target_of(trace, target.detection)
        self.class_id = class_id if target.class_id is None else target.class_id
        if name not in attributable(target.kind, self.config):
            raise ValueError(
                f"{target.kind}: wanted one of {', '.join(attributable(target.kind))}, or what is inside blocks and "
                f"layers before, received {name}"
            )
        self._check_target()
        self.given, _ = recorded_outputs(trace, STARTS.get(spec.stage, spec.stage))
        proposal = int(trace["detections.proposal_index"][target.detection])
        self.held = {
            "proposals.boxes": tf.constant(trace["proposals.boxes"][proposal][None]),
            "detections.boxes": tf.constant(box[None]),
            "detections.class_ids": tf.constant([class_id], tf.int32),
            ASKED: tf.constant(self.class_id, tf.int32),
        }
        self.value = np.asarray(with_tensor(model, trace, name)[name], np.float32)
        self._graph: Any = None
        part = spec.stage.partition("_")[0]
        self.row = {"box": proposal, "mask": target.detection}.get(part)
        if self.row is not None:  # a tensor with a row a region: the one that is held
            self.value = self.value[self.row][None]

    def _check_target(self) -> None:
        side, classes = 2 * self.config.mask_roi.size, self.config.num_classes
        if self.target.kind == "mask" and not all(0 <= v < side for v in self.target.pixel):
            raise ValueError(f"wanted a pixel of 0 to {side - 1}, received {self.target.pixel}")
        if not 0 <= self.class_id < classes:
            raise ValueError(f"wanted a class of 0 to {classes - 1}, received {self.class_id}")

    def compile(self) -> Probe:
        """Make the probe faster for many gradients, at the price of a second or two.

        What the number does not rest on, the RPN and the other head among it, is then left out.
        """
        import tensorflow as tf

        held = {name: tf.TensorSpec(value.shape, value.dtype) for name, value in self.held.items()}
        self._graph = tf.function(
            self._measured,
            input_signature=[tf.TensorSpec(self.value.shape, tf.float32), held],
            autograph=False,
        ).get_concrete_function()
        return self

    def of(self, detection: int) -> Probe:
        """Return the probe of another detection's number of the same kind: where this one is compiled, that one is.

        Raises: IndexError for a detection that is not there.
        """
        other = Probe(self.model, self.trace, replace(self.target, detection=detection), self.name)
        other._graph = self._graph
        return other

    def gradient(self, values: np.ndarray) -> Gradient:
        """Return the target and its gradient where the tensor has ``values``."""
        import tensorflow as tf

        run = self._measured if self._graph is None else self._graph
        number, found = run(tf.convert_to_tensor(values, tf.float32), self.held)
        return Gradient(float(number), np.asarray(found))

    def _measured(self, tensor: Any, held: dict[str, Any]) -> Any:
        """Return the target and its gradient as tensors; ``held`` is what says which detection is asked about."""
        import tensorflow as tf

        with tf.GradientTape(
            watch_accessed_variables=False
        ) as tape:  # no gradient of the weights is asked for
            tape.watch(tensor)
            number = self._forward(tensor, held)
        return number, tape.gradient(number, tensor, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def _forward(self, tensor: Any, held: dict[str, Any]) -> Any:
        """Return the target as a tensor, by the model's own forward."""
        import tensorflow as tf

        seen: dict[str, Any] = {}
        batched = self.row is None

        def tap(name: str, value: Any) -> Any:
            if name == self.name:
                value = tensor[None] if batched else tensor
            value = held.get(name, value)
            seen[name] = value
            return value

        image = tensor[None] if self.name == IMAGE else tf.convert_to_tensor(self.trace[IMAGE])[None]
        anchors = Anchors(*(self.trace[f"anchors.{field}"] for field in Anchors._fields))
        given = self._given_of_region(held)
        self.model.forward(
            image, anchors, self.trace["molding.window"], tap=tap, given=given, config=self.config
        )
        return self._number(seen, held)

    def _given_of_region(self, held: dict[str, Any]) -> dict[str, Any]:
        """Return the outputs of the stages before the tensor, with the one proposal that is held."""
        given = dict(self.given)
        if "proposals" in given:
            given["proposals"] = given["proposals"]._replace(boxes=held["proposals.boxes"])
        if "detections" in given:
            given["detections"] = given["detections"]._replace(
                boxes=held["detections.boxes"], class_ids=held["detections.class_ids"]
            )
        return given

    def _number(self, seen: dict[str, Any], held: dict[str, Any]) -> Any:
        target, class_id = self.target, held[ASKED]
        if target.kind == "logit":
            return seen["box_head.class_logits"][0, class_id]
        if target.kind == "score":
            return seen["box_head.class_probs"][0, class_id]
        if target.kind == "box":
            raw, head = seen["box_head.deltas"][:, class_id], self.config.box_head
            moved = refine(held["proposals.boxes"], raw, head, self.config.box_corner)
            return moved[0, SIDES.index(target.side)]
        y, x = target.pixel
        return seen["mask_head.logits"][0, y, x, class_id]
