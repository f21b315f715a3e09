"""What is inside blocks and heads, in numbers: dead and saturated channels, neighbours by hidden vector, ablations."""

import numpy as np
import pytest

from maskrcnn_core.recording.detail import last_hidden
from maskrcnn_core.recording.trace import Trace
from maskrcnn_inspect.analysis.attribution.ablations import ablate_channels
from maskrcnn_inspect.analysis.features.blocks import block_channels, channels_of_block
from maskrcnn_inspect.analysis.features.neighbours import (
    nearest_detections,
    nearest_proposals,
    similarity_to,
)
from maskrcnn_inspect.analysis.what_if.effects import support_of
from maskrcnn_inspect.analysis.what_if.interventions import Part, make_edit, with_tensor, zero


def test_dead_and_saturated_channels_by_hand():
    features = np.zeros((2, 2, 5), np.float32)
    features[..., 1] = [[1, 2], [3, 4]]  # never cut
    features[0, 0, 2] = 5  # now and then
    features[..., 3] = np.nan
    features[0, 1, 4], features[1, 1, 4] = 1, np.nan
    found = channels_of_block("backbone.c3.block2.output", features)
    assert found.dead.tolist() == [0]
    assert found.saturated.tolist() == [1]
    assert (found.block, found.count) == ("c3.block2", 5)


def test_the_model_makes_the_outputs_that_it_records(small, walked, photo):
    recorded = small.trace(photo, keep=["backbone.*.output", "backbone.stem.relu"])
    from_trace, from_model = block_channels(recorded), block_channels(walked, small)
    assert [one.block for one in from_trace] == ["stem", *(f"c{level}.block1" for level in (2, 3, 4, 5))]
    for one, other in zip(from_trace, from_model, strict=True):
        assert one.name == other.name
        np.testing.assert_array_equal(one.dead, other.dead)
        np.testing.assert_array_equal(one.saturated, other.saturated)
    assert any(len(one.dead) for one in from_model) or any(len(one.saturated) for one in from_model)


def test_without_outputs_and_model_a_sentence_says_what_to_record(walked):
    with pytest.raises(ValueError, match=r"backbone\.\*\.output"):
        block_channels(walked)


def test_similarity_by_hand():
    vectors = np.float32([[1, 0], [2, 2], [0, 3], [-1, 0], [0, 0], [np.nan, 1]])
    found = similarity_to(vectors, 0)
    np.testing.assert_allclose(found[:5], [1, np.sqrt(0.5), 0, -1, 0], atol=1e-12)
    assert np.isnan(found[5])
    assert similarity_to(vectors, 4).tolist()[:5] == [0, 0, 0, 0, 0]
    with pytest.raises(IndexError, match="0 to 5"):
        similarity_to(vectors, 6)


def test_neighbours_leave_the_row_itself_out_and_are_ranked(small, walked):
    trace = small.replay(walked, keep=last_hidden(small.config))
    proposal = int(trace["detections.proposal_index"][0])
    near = nearest_proposals(trace, proposal, 5)
    assert proposal not in near.rows and len(near.rows) == 5
    assert (np.diff(near.similarity) <= 0).all()
    vectors = trace[last_hidden(small.config)].astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    wanted = vectors @ vectors[proposal] / (lengths * lengths[proposal])
    np.testing.assert_allclose(near.similarity, np.sort(np.delete(wanted, proposal))[::-1][:5])
    detections = nearest_detections(trace, proposal)
    assert 0 not in detections.rows
    assert sorted([*detections.rows, 0]) == list(range(len(trace["detections.scores"])))


def test_no_proposal_and_no_detection_have_no_neighbours(small, walked):
    nothing = small.replay(walked, keep=last_hidden(small.config), **{"detections.min_score": 1.0})
    assert len(nearest_detections(nothing, 0).rows) == 0
    with pytest.raises(KeyError, match=r"box_head\.fc2 was not recorded"):
        nearest_proposals(walked, 0, 3)


@pytest.mark.parametrize("name", ["backbone.c4.block1.output", "rpn.hidden.p3", "box_head.fc2"])
def test_channels_of_any_layer_can_be_taken_away(name, small, walked, photo):
    effects = ablate_channels(small, walked, name, 0, channels=[0, 3])
    assert {one.channel for one in effects} == {0, 3}
    edit = make_edit(small.trace(photo, keep=name), name, zero(), Part(channel=3))
    fresh = small.trace(photo, edits={name: edit})
    one = next(effect for effect in effects if effect.channel == 3)
    assert one.support == support_of(walked, 0, fresh)


def test_what_an_ablation_needs_is_recorded_once(small, walked):
    held = with_tensor(small, walked, "backbone.c4.block1.conv2")
    assert isinstance(held, Trace)
    assert set(held) - set(walked) == {"backbone.c4.block1.conv2"}  # its block reads C3, which is there
    assert with_tensor(small, held, "backbone.c4.block1.conv2") is held
    assert set(with_tensor(small, walked, "backbone.c2.block1.sum")) - set(walked) == {
        "backbone.c2.block1.sum",
        "backbone.stem.pool",
    }
