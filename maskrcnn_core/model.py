"""The pipeline on one page: detect, trace, replay.

Enters: a picture. Leaves: its instances, and on request every tensor on the way. ``MaskRCNN.forward`` reads like the
paper's figure; ``detect`` runs it compiled, ``trace`` runs it with a recording tap, ``replay`` runs it again from the
first stage that a change touches, with the recorded tensors before that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .runtime.quiet import import_tensorflow

import_tensorflow()  # sets what suits this machine, before TensorFlow reads it

import keras
import numpy as np
import tensorflow as tf

from .config import Config
from .data.reading.images import Picture, load_picture
from .data.reading.sample import Sample
from .pipeline.compiled import CompiledNetwork
from .pipeline.replay import recorded_outputs, require_truth, said_of_switch, start_of
from .pipeline.truth import READS, record_losses, record_truth
from .recording.tensors import matching
from .recording.trace import Edit, Tap, Trace, passthrough
from .runtime import onednn
from .runtime.compiling import side_by_side
from .runtime.memory import NETWORK, WORKING, require_memory
from .stages.anchors import Anchors, make_anchors
from .stages.backbone import Backbone
from .stages.box_head import BoxHead
from .stages.composing import Result, compose, take
from .stages.detections import DetectionOutput, select
from .stages.fpn import Fpn
from .stages.mask_head import MaskHead, MaskHeadOutput
from .stages.molding import mold
from .stages.pasting import paste
from .stages.proposals import propose
from .stages.roi_align import Pooled, pool_regions
from .stages.roi_sampling import Regions
from .stages.rpn import Rpn, RpnOutput


class MaskRCNN(keras.Model):
    """Mask R-CNN (He et al. 2017) on FPN, with a name for every tensor."""

    def __init__(self, config: Config) -> None:
        super().__init__(name=config.name)
        self.config = config
        self.backbone = Backbone(config.backbone)
        self.fpn = Fpn(config.fpn, config.backbone.norm_epsilon)
        self.rpn = Rpn(config)
        self.box_head = BoxHead(config)
        self.mask_head = MaskHead(config)
        self._network = CompiledNetwork(self.forward, config.molding.channels)
        side = 64  # px: any size makes the weights, which do not depend on it
        self.forward(
            tf.zeros([1, side, side, config.molding.channels]), make_anchors((side, side), config.anchors)
        )

    def forward(
        self,
        image: tf.Tensor,
        anchors: Anchors,
        window: tf.Tensor | None = None,
        *,
        tap: Tap = passthrough,
        given: Mapping[str, Any] | None = None,
        config: Config | None = None,
    ) -> tuple[DetectionOutput, MaskHeadOutput]:
        """Run the network on one molded ``image`` (1, y, x, channel) with its ``anchors`` and ``window`` (yxyx).

        given: outputs of stages that are not to run again, by stage.
        config: settings other than the model's own, for what has no weights.
        """
        given, config = given or {}, config or self.config
        shape = tf.shape(image)[1:3]
        if window is None:
            window = tf.cast(tf.concat([[0, 0], shape], axis=0), tf.float32)

        maps = given.get("backbone") or self.backbone(image, tap=tap)
        pyramid = given.get("fpn") or self.fpn(maps, tap=tap)

        if "anchors" not in given:
            anchors = Anchors(
                *(tap(f"anchors.{n}", t) for n, t in zip(Anchors._fields, anchors, strict=True))
            )
        rpn = given.get("rpn") or self.rpn(pyramid.rpn_levels, tap=tap)
        proposals = given.get("proposals") or propose(
            RpnOutput(*(_only(t) for t in rpn)),
            anchors,
            shape,
            config,
            config.proposals.count,
            window,
            tap=tap,
        )

        def pool(boxes: tf.Tensor, stage: str) -> Pooled:
            regions = Regions(boxes, tf.zeros(tf.shape(boxes)[:1], tf.int32), shape, config.box_corner)
            return pool_regions(pyramid.roi_levels, regions, getattr(config, stage), stage, tap=tap)

        pooled = given.get("box_roi") or pool(proposals.boxes, "box_roi")
        head = given.get("box_head") or self.box_head(pooled.pooled, tap=tap)
        detections = given.get("detections") or select(proposals.boxes, head, window, config, tap=tap)

        pooled = given.get("mask_roi") or pool(detections.boxes, "mask_roi")
        masks = given.get("mask_head") or self.mask_head(pooled.pooled, detections.class_ids, tap=tap)
        return detections, masks

    def detect(self, pictures: Any) -> Any:
        """Return the ``Result`` of a picture, or a list of results for a list of pictures.

        pictures: see ``pictures.load_picture`` for what a picture may be.
        Raises: ValueError for what is not a picture, with what was wanted, received and what to do.
        """
        if isinstance(pictures, (list, tuple)):
            return side_by_side(self.detect, pictures)
        return self._run(load_picture(pictures, self.config.molding.channels), passthrough, self.config, {})

    def trace(
        self,
        picture: Any,
        keep: str | Sequence[str] = "*",
        edits: Mapping[str, Edit] | None = None,
        truth: Sample | None = None,
    ) -> Trace:
        """Return the tensors of a forward pass on ``picture``: the detections and everything on the way.

        keep: names or glob patterns. edits: name -> function or value; whatever follows is computed from the edited
        tensor. truth: the picture's objects; targets and losses are recorded too.
        Laws: detections equal those of ``detect``; an identity edit changes nothing.
        """
        require_truth(edits or {}, truth is not None)
        wanted = matching(keep if isinstance(keep, str) else list(keep))
        trace = Trace(sorted(wanted), edits, self.config)
        loaded = load_picture(picture, self.config.molding.channels)
        loaded = Picture(loaded.pixels.copy(), loaded.source)  # whatever becomes of the caller's array
        trace.attributes.update(picture=loaded.source, onednn=onednn.said())
        if truth is None:
            self._run(loaded, trace, self.config, {})
            return trace
        trace.keep = wanted | matching(READS)
        self._run(loaded, trace, self.config, {})
        record_truth(self, trace, truth)
        return trace.only(wanted)

    def replay(self, trace: Trace, edits: Mapping[str, Edit] | None = None, **settings: Any) -> Trace:
        """Run again from the first stage that ``edits`` or ``settings`` touch, from the tensors of ``trace``.

        settings: dotted names of the configuration: ``replay(trace, **{"proposals.nms_threshold": 0.5})``.
        Returns: a new trace. Tensors before that stage are those of ``trace``; without a change all are.
        Raises: ValueError for a setting that weights depend on, or where ``trace`` lacks a tensor that is needed.
        """
        require_truth(edits or {}, "truth.boxes" in trace)
        config = (trace.config or self.config).replace(**settings)
        start = start_of(edits or {}, settings)
        replayed = Trace(list(trace), edits, config)
        replayed.attributes.update(trace.attributes)
        given, unchanged = recorded_outputs(trace, start)
        replayed.update(unchanged)
        if start is not None:
            replayed.attributes["onednn"] = said_of_switch(trace)
            picture = Picture(np.asarray(trace["image.original"]), trace.attributes.get("picture", ""))
            self._run(picture, replayed, config, given)
            if "truth.boxes" in trace and "losses.mask" in trace:
                for name in (name for name in trace if name.startswith("truth.")):
                    replayed(name, trace[name])
                record_losses(self, replayed, config)
        return replayed

    def _run(self, picture: Picture, tap: Tap, config: Config, given: Mapping[str, Any]) -> Result:
        """Mold, run the network, paste and compose: the whole way of one picture."""
        _require_room(picture.pixels.shape[:2], WORKING, "")
        image = picture.pixels if given else tap("image.original", picture.pixels)
        molded = given.get("molding") or mold(image, config.molding, tap=tap)
        if "mask_head" in given:
            detections, masks = given["detections"], given["mask_head"]
        else:
            anchors = given.get("anchors") or make_anchors(molded.image.shape[:2], config.anchors)
            _require_room(molded.image.shape[:2], NETWORK, "the network on ")
            detections, masks = self._network(molded.image, molded.window, anchors, tap, config, given)
        boxes, probs = np.asarray(detections.boxes), np.asarray(masks.probs)
        pasted = given.get("pasting") or paste(boxes, probs, molded.window, image.shape[:2], config, tap=tap)
        if isinstance(tap, Trace):
            compose(Picture(image).for_display(), pasted.masks, config.composing, tap=tap)
        placed = np.flatnonzero((pasted.boxes[:, 2:] > pasted.boxes[:, :2]).all(axis=1)).tolist()
        ids, scores = np.asarray(detections.class_ids)[placed], np.asarray(detections.scores)[placed]
        found = take(pasted.masks, placed)
        return Result(pasted.boxes[placed], ids, scores, found, config.class_names, tuple(placed))


def _require_room(size: tuple[int, ...], pixel: int, where: str) -> None:
    """Raise MemoryError where ``pixel`` bytes for each of an image of ``size`` (y, x) px are more than is free."""
    what = f"{where}an image of {size[0]} x {size[1]} px"
    require_memory(pixel * size[0] * size[1], what, "--tile (detect_tiled), or scale the image down")


def _only(batch: Any) -> Any:
    """Return the tensor of the only picture of a ``batch``; None where a replayed trace holds none."""
    return None if batch is None else batch[0]
