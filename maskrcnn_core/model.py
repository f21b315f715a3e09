"""The pipeline on one page: detect, trace, replay.

Inputs: an image. Outputs: its instances, and on request every tensor on the way. ``MaskRCNN.forward`` reads like the
paper's figure; ``detect`` runs it compiled, ``trace`` runs it with a recording tap, ``replay`` runs it again from the
first stage that a change touches, with the recorded tensors before that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from .runtime.quiet import import_tensorflow

import_tensorflow()  # sets what suits this machine, before TensorFlow reads it

import keras
import numpy as np
import tensorflow as tf

from .config import Config
from .data.reading.images import SourceImage, load_image
from .data.reading.sample import Sample
from .pipeline.compiled import CompiledNetwork
from .pipeline.replay import (
    RESUMED,
    missing_from,
    recorded_outputs,
    require_truth,
    resumed_backbone,
    said_of_switch,
    start_of,
)
from .pipeline.truth import READS, record_losses, record_truth
from .pipeline.whole import run_image
from .recording.detail import vectors_of, vectors_read
from .recording.tensors import matching
from .recording.trace import Edit, Tap, Trace, passthrough
from .runtime import onednn
from .runtime.compiling import side_by_side
from .stages.anchors import Anchors
from .stages.backbone import Backbone
from .stages.box_head import BoxHead
from .stages.composing import Result
from .stages.detections import DetectionOutput, select
from .stages.fpn import Fpn
from .stages.mask_head import MaskHead, MaskHeadOutput
from .stages.proposals import propose
from .stages.roi_align import Pooled, pool_regions
from .stages.roi_sampling import Regions
from .stages.rpn import Rpn, RpnOutput


class MaskRCNN(keras.Model):
    """Mask R-CNN (He et al. 2017) on FPN, with a name for every tensor."""

    def __init__(self, config: Config) -> None:
        super().__init__(name=config.name)
        self.config = config
        self.image_statistics: Any = None  # of the images it learned from, where its file carries them
        self.backbone = Backbone(config.backbone)
        self.fpn = Fpn(config.fpn, config.backbone.norm_epsilon)
        self.rpn = Rpn(config)
        self.box_head = BoxHead(config)
        self.mask_head = MaskHead(config)
        self._network = CompiledNetwork(self.forward, config.molding.channels)
        self._make_weights()

    def _make_weights(self) -> None:
        """Make every layer's weights, whose shapes follow from the configuration: no image has to run through."""
        config = self.config
        pyramid, box, mask = config.fpn.channels, config.box_roi.size, config.mask_roi.size
        self.backbone.build((1, None, None, config.molding.channels))
        self.fpn.build([(1, None, None, channels) for channels in self.backbone.channels])
        self.rpn.build([(1, None, None, pyramid)])
        self.box_head.build((None, box, box, pyramid))
        self.mask_head.build((None, mask, mask, pyramid))

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
        """Run the network on one preprocessed ``image`` (1, y, x, channel) with its ``anchors`` and ``window`` (yxyx).

        given: outputs of stages that are not to run again, by stage.
        config: settings other than the model's own, for what has no weights.
        """
        given, config = given or {}, config or self.config
        shape = tf.shape(image)[1:3]
        if window is None:
            window = tf.cast(tf.concat([[0, 0], shape], axis=0), tf.float32)

        if RESUMED in given:
            maps = self.backbone.resume(given[RESUMED], tap=tap)
        else:
            maps = given.get("backbone") or self.backbone(image, tap=tap)
        pyramid = given.get("fpn") or self.fpn(maps, tap=tap)

        if "anchors" not in given:
            anchors = Anchors(
                *(tap(f"anchors.{n}", t) for n, t in zip(Anchors._fields, anchors, strict=True))
            )
        rpn = given.get("rpn") or self.rpn(pyramid.rpn_levels, tap=tap)
        with tf.name_scope(
            "proposals"
        ):  # layers have scopes of their own: what an operation is of is in its name
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
            with tf.name_scope(stage):
                regions = Regions(boxes, tf.zeros(tf.shape(boxes)[:1], tf.int32), shape, config.box_corner)
                return pool_regions(pyramid.roi_levels, regions, getattr(config, stage), stage, tap=tap)

        pooled = given.get("box_roi") or pool(proposals.boxes, "box_roi")
        head = given.get("box_head") or self.box_head(pooled.pooled, tap=tap)
        with tf.name_scope("detections"):
            detections = given.get("detections") or select(proposals.boxes, head, window, config, tap=tap)

        pooled = given.get("mask_roi") or pool(detections.boxes, "mask_roi")
        masks = given.get("mask_head") or self.mask_head(pooled.pooled, detections.class_ids, tap=tap)
        return detections, masks

    def detect(self, images: Any, boxed: bool = False) -> Any:
        """Return the ``Result`` of an image, or a list of results for a list of images.

        images: see ``images.load_image`` for what an image may be. boxed: masks as ``BoxedMasks``, for many objects on
        a large image: they take a bit a pixel inside their boxes, and are made whole one at a time.
        Raises: ValueError for what is not an image, with what was wanted, received and what to do.
        """
        if isinstance(images, (list, tuple)):
            return side_by_side(partial(self.detect, boxed=boxed), images)
        return self._run(
            load_image(images, self.config.molding.channels), passthrough, self.config, {}, boxed
        )

    def detect_features(self, image: Any, boxed: bool = False) -> tuple[Result, np.ndarray]:
        """Return the ``Result`` of an image, that of ``detect``, and a vector (d, channel) float32 for each instance.

        It is the box head's last hidden vector of the proposal that the instance came from: what its
        class and box were told from.
        """
        result, kept = self.detect_keeping(image, vectors_read(self.config), boxed)
        return result, vectors_of(kept, self.config, result.ranks)

    def detect_keeping(self, image: Any, names: Sequence[str], boxed: bool = False) -> tuple[Result, Trace]:
        """Return the ``Result`` of an image, that of ``detect``, and the tensors ``names`` of the same run."""
        loaded, kept = load_image(image, self.config.molding.channels), Trace(list(names), config=self.config)
        kept.attributes["image"] = loaded.source
        return self._run(loaded, kept, self.config, {}, boxed), kept

    def trace(
        self,
        image: Any,
        keep: str | Sequence[str] = "*",
        edits: Mapping[str, Edit] | None = None,
        truth: Sample | None = None,
    ) -> Trace:
        """Return the tensors of a forward pass on ``image``: the detections and everything on the way.

        keep: names or glob patterns; what is inside blocks and layers is kept where a pattern names it, see
        ``tensors.matching``. edits: name -> function or value; whatever follows is computed from the edited tensor.
        truth: the image's objects; targets and losses are recorded too.
        Laws: detections equal those of ``detect``; an identity edit changes nothing.
        """
        require_truth(edits or {}, truth is not None)
        wanted = matching(keep if isinstance(keep, str) else list(keep), self.config)
        trace = Trace(sorted(wanted), edits, self.config)
        loaded = load_image(image, self.config.molding.channels)
        loaded = SourceImage(loaded.pixels.copy(), loaded.source)  # whatever becomes of the caller's array
        trace.attributes.update(image=loaded.source, onednn=onednn.said())
        if truth is None:
            self._run(loaded, trace, self.config, {})
            return trace
        trace.keep = wanted | matching(READS)
        self._run(loaded, trace, self.config, {})
        record_truth(self, trace, truth)
        return trace.only(wanted)

    def replay(
        self,
        trace: Trace,
        edits: Mapping[str, Edit] | None = None,
        keep: str | Sequence[str] = (),
        **settings: Any,
    ) -> Trace:
        """Run again from the first stage that ``edits`` or ``settings`` touch, from the tensors of ``trace``.

        In the backbone it is the first block, or the last one before it whose input ``trace`` holds: the block's
        neighbour's ``output``, or the C of the level before.

        keep: names or glob patterns of tensors to record beside those of ``trace``; what makes them runs again too.
        settings: dotted names of the configuration: ``replay(trace, **{"proposals.nms_threshold": 0.5})``.
        Returns: a new trace. Tensors before that stage are those of ``trace``; without a change all are.
        Raises: ValueError for a setting that weights depend on, or where ``trace`` lacks a tensor that is needed.
        """
        require_truth(edits or {}, "truth.boxes" in trace)
        config = (trace.config or self.config).replace(**settings)
        more = missing_from(trace, matching(keep if isinstance(keep, str) else list(keep), config))
        touched = [*(edits or {}), *more]
        start = start_of(touched, settings)
        replayed = Trace([*trace, *more], edits, config)
        replayed.attributes.update(trace.attributes)
        given, unchanged = recorded_outputs(trace, start)
        if start == "backbone":
            resumed, before = resumed_backbone(trace, touched, config)
            given, unchanged = given | ({RESUMED: resumed} if resumed else {}), unchanged | before
        replayed.update(unchanged)
        if start is not None:
            replayed.attributes["onednn"] = said_of_switch(trace)
            image = SourceImage(np.asarray(trace["image.original"]), trace.attributes.get("image", ""))
            self._run(image, replayed, config, given)
            if "truth.boxes" in trace and "losses.mask" in trace:
                for name in (name for name in trace if name.startswith("truth.")):
                    replayed(name, trace[name])
                record_losses(self, replayed, config)
        return replayed

    def _run(
        self, source: SourceImage, tap: Tap, config: Config, given: Mapping[str, Any], boxed: bool = False
    ) -> Result:
        """Run the whole way of one image, see ``pipeline.whole``."""
        return run_image(self._network, source, tap, config, given, boxed)


def _only(batch: Any) -> Any:
    """Return the tensor of the only image of a ``batch``; None where a replayed trace holds none."""
    return None if batch is None else batch[0]
