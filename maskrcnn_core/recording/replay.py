"""What a change touches: the first stage to run again, and the recorded tensors that stand in for those before it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from fnmatch import fnmatchcase
from operator import attrgetter
from typing import Any

import numpy as np
import tensorflow as tf

from ..config import Composing, Config, Molding, Pasting, Training
from ..files.suggestions import unknown
from ..runtime import onednn
from ..stages.anchors import Anchors
from ..stages.backbone import BackboneMaps
from ..stages.box_head import BoxHeadOutput
from ..stages.detections import DetectionOutput
from ..stages.fpn import Pyramid
from ..stages.mask_head import MaskHeadOutput
from ..stages.molding import Molded
from ..stages.pasting import Pasted
from ..stages.proposals import ProposalOutput
from ..stages.roi_align import Pooled
from ..stages.rpn import RpnOutput
from .tensors import STAGES, spec_of
from .trace import Trace

# what each stage leaves; fields are the names of its tensors
OUTPUTS: dict[str, Any] = {
    "molding": Molded,
    "backbone": BackboneMaps,
    "fpn": Pyramid,
    "anchors": Anchors,
    "rpn": RpnOutput,
    "proposals": ProposalOutput,
    "box_roi": Pooled,
    "box_head": BoxHeadOutput,
    "detections": DetectionOutput,
    "mask_roi": Pooled,
    "mask_head": MaskHeadOutput,
    "pasting": Pasted,
}
BATCHED = ("backbone", "fpn", "rpn")  # their tensors carry a leading axis of pictures inside the network
IN_NUMPY = ("molding", "anchors", "pasting")
IN_NETWORK = tuple(
    stage for stage in OUTPUTS if stage not in ("molding", "mask_head", "pasting")
)  # read there

# tensor -> the last stage that reads it
LAST_READER = {
    "image.original": "composing",
    "molding.image": "mask_head",  # its size, as long as the network runs
    "molding.window": "pasting",
    "backbone.c?": "fpn",
    "fpn.p6": "rpn",
    "fpn.p?": "mask_roi",
    "anchors.*": "proposals",
    "rpn.scores": "proposals",
    "rpn.deltas": "proposals",
    "proposals.boxes": "detections",
    "box_roi.pooled": "box_head",
    "box_head.class_probs": "detections",
    "box_head.deltas": "detections",
    "detections.boxes": "pasting",
    "detections.class_ids": "composing",
    "detections.scores": "composing",
    "mask_roi.pooled": "mask_head",
    "mask_head.probs": "pasting",
    "pasting.*": "composing",
}

# setting -> the first stage that reads it; weights depend on all others
FIRST_READER = {
    "molding.*": "molding",
    "anchors.scales": "anchors",
    "rpn.delta_std": "proposals",
    "proposals.*": "proposals",
    "box_roi.sampling": "box_roi",
    "box_roi.samples": "box_roi",
    "box_roi.canonical_size": "box_roi",
    "box_head.delta_std": "detections",
    "detections.*": "detections",
    "mask_roi.*": "mask_roi",
    "pasting.*": "pasting",
    "composing.*": "composing",
}

# numbers that a compiled network takes as arguments: a slider on one of them does not compile anything anew
LIVE = {
    "proposals.top_k": tf.int32,
    "proposals.nms_threshold": tf.float32,
    "proposals.count": tf.int32,
    "detections.min_score": tf.float32,
    "detections.nms_threshold": tf.float32,
    "detections.max_count": tf.int32,
}


def live_settings(config: Config) -> dict[str, tf.Tensor]:
    """Return the numbers of ``config`` that a compiled network takes as arguments."""
    return {name: tf.constant(attrgetter(name)(config), dtype) for name, dtype in LIVE.items()}


def compiled_part(config: Config) -> Config:
    """Return ``config`` with all that a compiled network does not depend on at one value: a key to keep it under."""
    elsewhere = dict(molding=Molding(), pasting=Pasting(), composing=Composing(), training=Training())
    return config.replace(**elsewhere, **dict.fromkeys(LIVE, 0))


def require_truth(edits: Iterable[str], given: bool) -> None:
    """Raise ValueError for an edit that no stage would meet, because targets and losses need truth."""
    late = [name for name in edits if STAGES.index(spec_of(name).stage) > STAGES.index("composing")]
    if late and not given:
        raise ValueError(
            f"edit of {', '.join(late)}: targets and losses are made with truth alone; trace with truth=..."
        )


def start_of(edits: Iterable[str], settings: Iterable[str]) -> str | None:
    """Return the first stage that edited tensors or changed settings touch; None for no change.

    Raises: ValueError for a setting that weights depend on.
    """
    touched = [spec_of(name).stage for name in edits]
    for setting in settings:
        stages = [stage for pattern, stage in FIRST_READER.items() if fnmatchcase(setting, pattern)]
        if not stages:
            hint = unknown("setting to replay", FIRST_READER, setting)
            raise ValueError(f"{setting} shapes the weights or the training; replay cannot change it. {hint}")
        touched.append(stages[0])
    return min(touched, key=STAGES.index, default=None)


def recorded_outputs(trace: Trace, start: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the outputs of the stages before ``start``, by stage, and their tensors, by name.

    Tensors that no later stage reads may be missing. Raises: ValueError naming those that are read and missing.
    """
    first = STAGES.index(start) if start else len(STAGES)
    unchanged = {name: value for name, value in trace.items() if STAGES.index(spec_of(name).stage) < first}
    if start is None:
        return {}, unchanged
    given, missing = {}, []
    for stage, output in OUTPUTS.items():
        if STAGES.index(stage) >= first:
            break
        names = [f"{stage}.{field}" for field in output._fields]
        missing += [name for name in names if name not in trace and _read_from(name, first)]
        given[stage] = output(*(_value(stage, unchanged.get(name)) for name in names))
    if "image.original" not in trace:
        missing.insert(0, "image.original")
    if missing:
        raise ValueError(
            f"replay from {start} needs {', '.join(missing)}, which this trace does not hold; "
            'record it with model.trace(picture, keep="*")'
        )
    return given, unchanged


def _read_from(name: str, first: int) -> bool:
    """Return whether a stage from index ``first`` on reads the tensor."""
    readers = [stage for pattern, stage in LAST_READER.items() if fnmatchcase(name, pattern)]
    return bool(readers) and STAGES.index(readers[0]) >= first


def _value(stage: str, value: Any) -> Any:
    """Return a recorded array as its stage left it inside the network."""
    if value is None or stage in IN_NUMPY:
        return None if value is None else np.asarray(value)
    tensor = tf.convert_to_tensor(value)
    return tensor[None] if stage in BATCHED else tensor


def said_of_switch(trace: Trace) -> str:
    """Return whether oneDNN is on now, and warn where ``trace`` was recorded under the other: rounding differs."""
    recorded, now = trace.attributes.get("onednn", ""), onednn.said()
    if recorded in ("on", "off") and recorded != now:
        warnings.warn(
            f"the trace was recorded with oneDNN {recorded}, it is {now} here: what is replayed may differ in its last "
            f"bits; start with {onednn.VARIABLE}={int(recorded == 'on')} for the same",
            stacklevel=3,
        )
    return now
