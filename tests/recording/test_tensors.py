"""The names of the tensors are a contract: frozen here, word by word."""

import re

import pytest

from maskrcnn_core.config import torchvision_v2
from maskrcnn_core.pipeline.specs import OUTPUTS
from maskrcnn_core.recording.tensors import STAGES, TENSORS, detail_of, matching, names_of, spec_of

NAMES = {
    "image": "original",
    "molding": "image window scale",
    "backbone": "c2 c3 c4 c5",
    "fpn": "merged2 merged3 merged4 merged5 p2 p3 p4 p5 p6",
    "anchors": "boxes level ratio",
    "rpn": "logits scores deltas",
    "proposals": "top_k_index top_k_scores decoded clipped nms_index boxes scores anchor_index",
    "box_roi": "level pooled",
    "box_head": "class_logits class_probs deltas",
    "detections": "candidate_proposal candidate_class candidate_score decoded clipped candidate_index "
    "proposal_index boxes class_ids scores",
    "mask_roi": "level pooled",
    "mask_head": "logits probs",
    "pasting": "boxes masks",
    "composing": "picture",
    "truth": "boxes class_ids is_crowd masks",
    "anchor_targets": "labels deltas gt_index iou",
    "roi_targets": "boxes class_ids deltas masks gt_index proposal_index",
    "losses": "rpn_objectness rpn_objectness_parts rpn_delta rpn_delta_parts class class_parts "
    "box_delta box_delta_parts mask mask_parts",
}
# inside blocks and layers, of any model; N is a number
INSIDE = {
    "backbone": "stem.conv stem.relu stem.pool cN.blockN.convN cN.blockN.reluN cN.blockN.shortcut cN.blockN.sum "
    "cN.blockN.output",
    "fpn": "lateralN upsampledN",
    "rpn": "hiddenN.pN.before_relu hiddenN.pN hidden.pN.before_relu hidden.pN",
    "box_head": "convN.before_relu convN fcN.before_relu fcN",
    "mask_head": "convN.before_relu convN deconv.before_relu deconv",
}
AXES = {
    *("y", "x", "rgb", "channel", "K", "A", "k", "n", "c", "d", "g", "r"),
    *("yxyx", "dydxdhdw", "objectness"),
}


def test_names_and_their_order_are_frozen():
    assert list(TENSORS) == [f"{stage}.{name}" for stage, names in NAMES.items() for name in names.split()]
    assert list(STAGES) == list(NAMES)


def test_names_inside_blocks_and_layers_are_frozen():
    found = dict.fromkeys(re.sub(r"\d+", "N", name) for name in detail_of())
    assert list(found) == [f"{stage}.{name}" for stage, names in INSIDE.items() for name in names.split()]
    of_one = {re.sub(r"\d+", "N", name) for name in detail_of(torchvision_v2())}
    assert of_one == set(found)


def test_every_tensor_says_axes_unit_frame_and_source():
    for name, spec in names_of().items():
        assert spec.name == name
        assert set(spec.axes) <= AXES, name
        assert all((spec.unit, spec.frame, spec.source)), name


def test_an_index_says_what_it_points_into():
    pointing = {name: spec.unit for name, spec in TENSORS.items() if name.endswith("_index")}
    assert set(pointing.values()) <= {"-> A", "-> k", "-> n", "-> c", "-> g"}
    assert pointing["detections.proposal_index"] == "-> n"
    assert pointing["proposals.nms_index"] == "-> k"


def test_fields_of_a_stage_are_its_tensors():
    for stage, output in OUTPUTS.items():
        assert [f"{stage}.{field}" for field in output._fields] == [
            n for n in TENSORS if n.split(".")[0] == stage
        ]


def test_globs_choose_names():
    assert matching("anchors.*") == {"anchors.boxes", "anchors.level", "anchors.ratio"}
    assert matching(["fpn.p2", "*.ratio"]) == {"fpn.p2", "anchors.ratio"}
    assert matching("*") == set(TENSORS)
    assert matching([]) == frozenset()


@pytest.mark.parametrize("ask", [spec_of, matching])
def test_unknown_name_raises_with_the_nearest(ask):
    with pytest.raises(KeyError, match=r"unknown tensor 'proposal\.boxes': did you mean .*proposals\.boxes"):
        ask("proposal.boxes")
