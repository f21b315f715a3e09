"""Every tensor that a trace can hold, in the order in which data flows.

The names are a contract: notebooks, saved traces and users depend on them, and a test freezes them. ``TENSORS`` are
those of every model; ``detail`` adds what is inside the blocks and layers of one configuration.

Axes: y, x, rgb, channel as usual; K classes with the background as 0; A anchors (level, y, x, ratio; the last runs
fastest); k anchors among the top scores; n proposals; c candidates, a proposal and a class each (classic: c = n);
d detections; g ground-truth objects; r sampled ROIs; yxyx the corners of a box; dydxdhdw raw deltas (dy, dx, log dh,
log dw), still to be multiplied by their std.
Frames: ``molded`` = pixels of the network's input; ``image`` = pixels of the original; ``roi`` = cells of a pooled
region; ``-`` = none.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache

from ..config import Config
from ..files.suggestions import unknown
from .detail import WIDEST, Inside, inside_of, leading_to
from .tensor_spec import TensorSpec

__all__ = ["STAGES", "TENSORS", "TensorSpec", "detail_of", "matching", "names_of", "spec_of"]

# name | axes | unit | frame | source
_TABLE = """
image.original            | y x rgb       | grey level  | image | the image, as the network's channels want it
molding.image             | y x rgb       | grey level  | molded  | resized, padded, mean subtracted
molding.window            | yxyx          | px          | molded  | the part of the network input that is image
molding.scale             |               | network-input px / image px | - | scale factor
backbone.c2               | y x channel   | activation  | stride 4  | output of ResNet stage 2
backbone.c3               | y x channel   | activation  | stride 8  | output of ResNet stage 3
backbone.c4               | y x channel   | activation  | stride 16 | output of ResNet stage 4
backbone.c5               | y x channel   | activation  | stride 32 | output of ResNet stage 5
fpn.merged2               | y x channel   | activation  | stride 4  | lateral of c2 + merged3 upsampled
fpn.merged3               | y x channel   | activation  | stride 8  | lateral of c3 + merged4 upsampled
fpn.merged4               | y x channel   | activation  | stride 16 | lateral of c4 + merged5 upsampled
fpn.merged5               | y x channel   | activation  | stride 32 | lateral of c5
fpn.p2                    | y x channel   | activation  | stride 4  | 3x3 convolution of merged2
fpn.p3                    | y x channel   | activation  | stride 8  | 3x3 convolution of merged3
fpn.p4                    | y x channel   | activation  | stride 16 | 3x3 convolution of merged4
fpn.p5                    | y x channel   | activation  | stride 32 | 3x3 convolution of merged5
fpn.p6                    | y x channel   | activation  | stride 64 | every second cell of p5
anchors.boxes             | A yxyx        | px          | molded  | reference boxes
anchors.level             | A             | level       | -       | pyramid level, 2 to 6
anchors.ratio             | A             | width/height | -      | aspect ratio
rpn.logits                | A objectness  | logit       | -       | (background, object), or object alone
rpn.scores                | A             | probability | -       | objectness
rpn.deltas                | A dydxdhdw    | raw delta   | -       | first refinement, raw network output
proposals.top_k_index     | k             | -> A        | -       | anchors of the highest scores, best first
proposals.top_k_scores    | k             | probability | -       | their objectness
proposals.decoded         | k yxyx        | px          | molded  | anchors refined by their deltas
proposals.clipped         | k yxyx        | px          | molded  | cut at the border of the network input
proposals.nms_index       | n             | -> k        | -       | survivors of non-maximum suppression, best first
proposals.boxes           | n yxyx        | px          | molded  | proposals
proposals.scores          | n             | probability | -       | their objectness
proposals.anchor_index    | n             | -> A        | -       | the anchor each came from
box_roi.level             | n             | level       | -       | pyramid level each proposal is pooled from
box_roi.pooled            | n y x channel | activation  | roi     | ROIAlign for the box head
box_head.class_logits     | n K           | logit       | -       | class scores before softmax
box_head.class_probs      | n K           | probability | -       | after softmax
box_head.deltas           | n K dydxdhdw  | raw delta   | -       | second refinement, one a class
detections.candidate_proposal | c         | -> n        | -       | the proposal of each candidate
detections.candidate_class | c            | class       | -       | its class: the most probable, or each in turn
detections.candidate_score | c            | probability | -       | its probability
detections.decoded        | c yxyx        | px          | molded  | the proposal refined by that class's deltas
detections.clipped        | c yxyx        | px          | molded  | cut at the window
detections.candidate_index | d            | -> c        | -       | the candidate each detection came from
detections.proposal_index | d             | -> n        | -       | the proposal each detection came from
detections.boxes          | d yxyx        | px          | molded  | detections, best first
detections.class_ids      | d             | class       | -       | their class
detections.scores         | d             | probability | -       | their score
mask_roi.level            | d             | level       | -       | pyramid level each detection is pooled from
mask_roi.pooled           | d y x channel | activation  | roi     | ROIAlign for the mask head
mask_head.logits          | d y x K       | logit       | roi     | a mask a class, before the sigmoid
mask_head.probs           | d y x         | probability | roi     | the mask of the detected class
pasting.boxes             | d yxyx        | px          | image | whole or real pixels, corner exclusive
pasting.masks             | d y x         | bool        | image | masks at image size
composing.picture         | y x rgb       | grey level  | image | the image with its instances
truth.boxes               | g yxyx        | px          | molded  | ground-truth boxes
truth.class_ids           | g             | class       | -       | ground-truth classes
truth.is_crowd            | g             | bool        | -       | a region of many objects, not to be matched
truth.masks               | g y x         | bool        | image | ground-truth masks
anchor_targets.labels     | A             | label       | -       | 1 object, -1 background, 0 not sampled
anchor_targets.deltas     | A dydxdhdw    | raw delta   | -       | wanted first refinement; 0 where not positive
anchor_targets.gt_index   | A             | -> g        | -       | object of the highest IoU; -1 without any
anchor_targets.iou        | A             | IoU         | -       | that IoU
roi_targets.boxes         | r yxyx        | px          | molded  | sampled proposals, positive first
roi_targets.class_ids     | r             | class       | -       | wanted class, 0 background
roi_targets.deltas        | r dydxdhdw    | raw delta   | -       | wanted second refinement; 0 where negative
roi_targets.masks         | r y x         | 0 or 1      | roi     | wanted mask; 0 where negative
roi_targets.gt_index      | r             | -> g        | -       | matched ground truth; -1 where negative
roi_targets.proposal_index | r            | -> n        | -       | the proposal; -1 where the object itself was added
losses.rpn_objectness     |               | nat         | -       | mean over sampled anchors
losses.rpn_objectness_parts | A           | nat         | -       | its share of each anchor; they sum to the scalar
losses.rpn_delta          |               | smooth L1   | -       | mean over positive anchors
losses.rpn_delta_parts    | A dydxdhdw    | smooth L1   | -       | its shares
losses.class              |               | nat         | -       | mean over sampled ROIs
losses.class_parts        | r             | nat         | -       | its shares
losses.box_delta          |               | smooth L1   | -       | mean over positive ROIs
losses.box_delta_parts    | r dydxdhdw    | smooth L1   | -       | its shares
losses.mask               |               | nat         | -       | mean over pixels of positive ROIs
losses.mask_parts         | r y x         | nat         | roi     | its shares
"""


def _parse(line: str) -> TensorSpec:
    name, axes, unit, frame, source = (part.strip() for part in line.split("|"))
    return TensorSpec(name, tuple(axes.split()), unit, frame, source)


TENSORS: dict[str, TensorSpec] = {
    spec.name: spec for spec in map(_parse, filter(None, map(str.strip, _TABLE.splitlines())))
}
STAGES: tuple[str, ...] = tuple(dict.fromkeys(spec.stage for spec in TENSORS.values()))


GLOB = set("*?[")


def names_of(config: Config | None = None) -> dict[str, TensorSpec]:
    """Return every tensor of a model of ``config``, detail too, in the order in which data flows.

    Without a configuration: what any model may have.
    """
    return _with_detail(WIDEST if config is None else inside_of(config))


def detail_of(config: Config | None = None) -> dict[str, TensorSpec]:
    """Return the tensors inside the blocks and layers, which are recorded when a pattern names them."""
    return {name: spec for name, spec in names_of(config).items() if name not in TENSORS}


@lru_cache(maxsize=64)
def _with_detail(inside: Inside) -> dict[str, TensorSpec]:
    found: dict[str, TensorSpec] = {}
    for name, spec in TENSORS.items():
        found |= {one.name: one for one in leading_to(name, inside)}
        found[name] = spec
    return found


def spec_of(name: str, config: Config | None = None) -> TensorSpec:
    """Return the spec of a tensor, of a model of ``config`` or of any. Raises: KeyError with the nearest names."""
    if name in TENSORS:
        return TENSORS[name]
    names = names_of(config)
    if name not in names:
        raise KeyError(unknown(f"tensor {name!r}", names, name))
    return names[name]


def matching(patterns: str | tuple[str, ...] | list[str], config: Config | None = None) -> frozenset[str]:
    """Return the names that any of the glob ``patterns`` matches: ``matching(["fpn.*", "rpn.scores"])``.

    A pattern that matches tensors of ``TENSORS`` means these alone; one that matches none of them means detail:
    ``backbone.*`` is C2 to C5, ``backbone.*.conv2`` a convolution of each block. ``**`` takes detail along:
    ``backbone.**``. config: of the model whose detail is meant; without it any that a model may have.

    Raises: KeyError for a pattern that matches nothing, with the nearest names.
    """
    chosen: set[str] = set()
    for pattern in (patterns,) if isinstance(patterns, str) else tuple(patterns):
        if not GLOB & set(pattern):  # most are whole names, and as many as there are tensors
            chosen.add(spec_of(pattern, config).name)
            continue
        found = set() if "**" in pattern else {name for name in TENSORS if fnmatchcase(name, pattern)}
        found = found or {name for name in names_of(config) if fnmatchcase(name, pattern)}
        chosen |= found or {spec_of(pattern, config).name}
    return frozenset(chosen)
