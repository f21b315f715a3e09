"""Trace: what is kept, what an edit may do, what is held against the table of tensors."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from maskrcnn_core.recording.tensors import TENSORS
from maskrcnn_core.recording.trace import Trace, passthrough

P2 = tf.reshape(tf.range(12.0), [1, 2, 3, 2])  # one image, 2x3 cells, 2 channels


def test_passthrough_is_the_identity():
    assert passthrough("fpn.p2", P2) is P2


def test_trace_returns_what_it_is_given():
    assert Trace()("fpn.p2", P2) is P2


def test_the_axis_of_one_image_is_left_out():
    trace = Trace()
    trace("fpn.p2", P2)
    assert isinstance(trace["fpn.p2"], np.ndarray)
    np.testing.assert_array_equal(trace["fpn.p2"], P2[0])


def test_only_what_keep_names_is_recorded():
    trace = Trace(["fpn.p?", "rpn.scores"])
    for name in ("fpn.p3", "fpn.merged2"):
        trace(name, P2)
    assert list(trace) == ["fpn.p3"]


def test_a_trace_is_a_mapping_in_the_order_of_the_tensors():
    trace = Trace()
    trace("anchors.ratio", np.ones(4))
    trace("molding.scale", np.float32(1))
    assert list(trace) == ["molding.scale", "anchors.ratio"]
    assert len(trace) == 2
    assert "anchors.ratio" in trace
    assert "fpn.p2" not in trace
    assert dict(trace.items())["molding.scale"] == 1
    assert repr(trace) == "<Trace of 2 tensors: molding.scale, anchors.ratio>"
    assert list(trace.only(frozenset(["molding.scale"]))) == ["molding.scale"]


@pytest.mark.parametrize(
    "act", [lambda t: t("fpn.q2", P2), lambda t: t["fpn.q2"], lambda t: t.shape("fpn.q2")]
)
def test_unknown_name_raises_with_the_nearest(act):
    with pytest.raises(KeyError, match=r"unknown tensor 'fpn\.q2': did you mean .*fpn\.p2"):
        act(Trace())


@pytest.mark.parametrize("arguments", [{"keep": "fpn.q2"}, {"keep": ["fnp.*"]}, {"edits": {"fpn.q2": 0}}])
def test_unknown_names_are_refused_before_anything_runs(arguments: dict):
    with pytest.raises(KeyError, match="did you mean"):
        Trace(**arguments)


def test_tensor_that_was_not_recorded_says_what_was():
    trace = Trace("fpn.p2")
    with pytest.raises(KeyError, match=r"fpn\.p3 was not recorded; this trace holds nothing"):
        trace["fpn.p3"]
    trace("fpn.p2", P2)
    with pytest.raises(KeyError, match=r"this trace holds fpn\.p2"):
        trace["fpn.p3"]


# --- edits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (lambda p2: p2, P2[0]),
        (lambda p2: p2 * 0, np.zeros((2, 3, 2))),
        (np.zeros_like, np.zeros((2, 3, 2))),
        (0, np.zeros((2, 3, 2))),
        (lambda p2: 7.0, np.full((2, 3, 2), 7)),
        (np.ones((2, 3, 2)), np.ones((2, 3, 2))),  # float64: the dtype of the tensor stays
    ],
    ids=["identity", "zero", "numpy", "number", "function to number", "array"],
)
@pytest.mark.parametrize("kind", ["tensor", "array"])
def test_an_edit_replaces_the_tensor(edit, wanted, kind: str):
    trace = Trace(edits={"fpn.p2": edit})
    returned = trace("fpn.p2", P2 if kind == "tensor" else P2.numpy())
    assert returned.shape == P2.shape
    assert returned.dtype == P2.dtype
    np.testing.assert_array_equal(returned[0], wanted)
    np.testing.assert_array_equal(trace["fpn.p2"], wanted)


def test_an_edit_in_place_stays_inside_the_trace():
    image = np.zeros((4, 4, 3), np.uint8)

    def brighten(pixels: np.ndarray) -> np.ndarray:
        pixels += 9
        return pixels

    assert Trace(edits={"image.original": brighten})("image.original", image).max() == 9
    assert image.max() == 0


def test_an_edit_need_not_be_recorded():
    trace = Trace("rpn.*", edits={"fpn.p2": 0})
    assert not np.any(trace("fpn.p2", P2))
    assert len(trace) == 0


@pytest.mark.parametrize("edit", [np.zeros((2, 3)), lambda p2: p2[:1], np.zeros((2, 3, 2, 1))])
def test_an_edit_of_another_shape_is_refused(edit):
    with pytest.raises(ValueError, match=r"edit of fpn\.p2: wanted shape \(2, 3, 2\), received"):
        Trace(edits={"fpn.p2": edit})("fpn.p2", P2)


def test_an_edit_of_a_choice_may_keep_other_rows():
    trace = Trace(edits={"proposals.nms_index": np.array([4, 1, 0])})
    kept = trace("proposals.nms_index", np.array([0, 2], np.int32))
    assert kept.tolist() == trace["proposals.nms_index"].tolist() == [4, 1, 0]
    assert kept.dtype == np.int32
    with pytest.raises(ValueError, match=r"wanted shape \(2,\), received \(3, 1\)"):
        Trace(edits={"proposals.nms_index": np.zeros((3, 1))})("proposals.nms_index", np.array([0, 2]))


# --- what is held against the table --------------------------------------------------------------------------


def test_wrong_rank_is_refused():
    with pytest.raises(ValueError, match=r"fpn\.p2: wanted axes \[y x channel\], received shape \(2, 3\)"):
        Trace()("fpn.p2", P2[0, :, :, 0])


def test_a_box_has_four_numbers():
    with pytest.raises(ValueError, match=r"proposals\.boxes: axis yxyx has 5 entries, wanted 4"):
        Trace()("proposals.boxes", np.zeros((2, 5)))


def test_axes_of_one_name_have_one_length():
    trace = Trace()
    trace("proposals.boxes", np.zeros((7, 4)))
    with pytest.raises(ValueError, match=r"proposals\.scores: axis n has 8 entries, wanted 7"):
        trace("proposals.scores", np.zeros(8))


def test_a_trace_holds_one_image():
    with pytest.raises(ValueError, match=r"fpn\.p2: a trace holds one image, received a batch of 2"):
        Trace()("fpn.p2", tf.concat([P2, P2], axis=0))


def test_update_checks_as_well():
    with pytest.raises(ValueError, match="wanted axes"):
        Trace().update({"fpn.p2": np.zeros((2, 3))})


def test_a_trace_works_inside_a_compiled_function():
    @tf.function(autograph=False)
    def run(p2: tf.Tensor) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        trace = Trace("fpn.p2", edits={"fpn.p2": lambda p2: p2 + 1})
        return trace("fpn.p2", p2), trace.tensors

    returned, recorded = run(P2)
    np.testing.assert_array_equal(returned, P2 + 1)
    np.testing.assert_array_equal(recorded["fpn.p2"], P2[0] + 1)


def test_a_trace_needs_no_tensorflow():
    program = "import sys, maskrcnn_core.recording.trace as t; t.Trace('fpn.*'); assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_everything_a_model_does_is_recorded(walked: Trace):
    assert set(walked) == {name for name in TENSORS if spec_stage(name) in STAGES_OF_DETECTION}
    assert all(isinstance(walked[name], np.ndarray) for name in walked)


def spec_stage(name: str) -> str:
    return TENSORS[name].stage


STAGES_OF_DETECTION = {TENSORS[name].stage for name in TENSORS} - {
    *("truth", "anchor_targets", "roi_targets", "losses")
}
