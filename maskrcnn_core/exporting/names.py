"""What exports are made of, by name; needs no TensorFlow, so that an engine without it knows as well."""

from __future__ import annotations

from collections.abc import Iterable

from ..config import Config
from ..recording.detail import vectors_read
from ..recording.tensors import matching

IMAGE = "image.original"  # input of the whole detector
# what the whole detector gives out
DETECTED = ("pasting.boxes", "detections.class_ids", "detections.scores", "pasting.masks")
COUNT = "detections.count"  # of a format with a fixed number of rows: how many of them are detections
# what an image's result is made of, once the network has run
RESULT = ("detections.boxes", "detections.class_ids", "detections.scores", "mask_head.probs")
# which anchor each proposal came from, and which proposal each detection: by these near ties are told
ORIGINS = ("proposals.anchor_index", "detections.proposal_index")


def tensors_of(patterns: Iterable[str], config: Config) -> frozenset[str]:
    """Return the tensors of names and patterns. Raises: KeyError for one that names none, with the nearest names."""
    return matching(list(patterns), config)


# what anchors are doubted by, see ``inference.anchor_scales``
DOUBTS = ("proposals.scores", "box_head.class_probs")


def working_set(config: Config, statistics: bool) -> tuple[str, ...]:
    """Return the tensors that the commands which detect read of a network: no more, so that engines may fuse the rest.

    statistics: whether images are compared with those that the model learned from, by C2.
    """
    seen = ("backbone.c2",) if statistics else ()
    return tuple(dict.fromkeys((*RESULT, *ORIGINS, *DOUBTS, *vectors_read(config), *seen)))
